/** What of a mirror's requests survives a cut of the power: FUA writes, discards, and cards cut one by one. */
import { describe, expect, it } from "vitest";
import { createMirror, MirrorCard } from "../../host/index.js";
import { block, REGION, smallCard, smallMirror } from "./small-mirror.js";

const SEEDS = [1, 2, 3, 4, 5, 6, 7, 8];

/** Whether a write of sector 0 that was answered is there after a cut, for each seed. */
async function survivals(fua: boolean): Promise<boolean[]> {
  const found: boolean[] = [];
  for (const seed of SEEDS) {
    const cards = [smallCard(seed, "tlc-cached"), smallCard(seed + 100, "tlc-cached")] as const;
    const mirror = await smallMirror({ cards, epochMs: 10_000 });
    await mirror.write(0, block(1));
    await mirror.flush();
    await mirror.write(0, block(2), { fua });
    mirror.cutPower();
    await mirror.reassemble();
    found.push((await mirror.read(0))[0] === 2);
  }
  return found;
}

describe("a cut of the power", () => {
  it("leaves a FUA write that was answered, and need not leave another one", async () => {
    expect(await survivals(true)).toEqual(SEEDS.map(() => true));
    expect(await survivals(false)).toContain(false);
  });

  it("leaves the zeros of a discard, of whole regions alone", async () => {
    const mirror = await smallMirror();
    await mirror.write(0, block(7, 4 * REGION));
    await mirror.flush();
    expect(await mirror.discard(REGION - 1, 2 * REGION + 2)).toBe(2);
    expect(await mirror.discard(1, REGION)).toBe(0);
    mirror.cutPower();
    await mirror.reassemble();
    expect(mirror.regions({ is: "UNWRITTEN" }).map(({ region }) => region)).toEqual([1, 2]);
    expect(await mirror.read(0, REGION)).toEqual(block(7, REGION));
    expect(await mirror.read(REGION, 2 * REGION)).toEqual(block(0, 2 * REGION));
    expect(await mirror.read(3 * REGION, REGION)).toEqual(block(7, REGION));
    await mirror.write(REGION, block(1));
    await mirror.sync();
    expect(mirror.inspect(REGION + 1)).toEqual([block(0), block(0)]);
    await expect(mirror.discard(0, mirror.sectors + 1)).rejects.toThrow("lies outside the array");
    expect(await mirror.discard(0, mirror.sectors)).toBe(mirror.sectors / REGION);
    await mirror.stop();
    await expect(mirror.discard(0, 8)).rejects.toThrow("the array is not assembled");
  });

  it("of each ready-made card leaves an array to assemble again", async () => {
    const [a, b] = [1, 2].map((seed) => new MirrorCard({ profile: "tlc-cached", seed })) as [
      MirrorCard,
      MirrorCard,
    ];
    expect([a.hasPower, b.hasPower]).toEqual([false, false]);
    const mirror = await createMirror({ cards: [a, b], policy: "sync-gated" });
    await mirror.write(0, block(5));
    expect([a.hasPower, mirror.card(0) === a]).toEqual([true, true]);
    a.cutPower();
    b.cutPower();
    await mirror.reassemble();
    expect(mirror.regions({ not: "CLEAN" }).map(({ region }) => region)).toEqual([0]);
    await mirror.sync();
    expect(mirror.regions({ not: "CLEAN" })).toEqual([]);
    expect(mirror.inspect(0)[0]).toEqual(mirror.inspect(0)[1]);
  });
});
