import { describe, expect, it } from "vitest";
import { CardImage } from "../../host/sdcard-emulator/card-image.js";
import { profile, type CardCharacteristics } from "../../host/sdcard-emulator/characteristics.js";
import { VICTIMS_EACH, spareLastCopy, victimOf } from "../../host/sdcard-emulator/collateral.js";
import { SectorContents, UNREADABLE } from "../../host/sdcard-emulator/sector-contents.js";
import { VirtualClock } from "../../host/sdcard-emulator/virtual-clock.js";
import type { SdCardOptions } from "../../host/sdcard-emulator/card.js";
import { CardOnBench, exact } from "./card-on-bench.js";

const METADATA_END = 4;

/** A card with collateral damage; stamps 1 to 12 lie in sectors 0 to 11, durable. */
function filled(
  changes: Partial<CardCharacteristics> = {},
  options: Partial<SdCardOptions> = {},
  seed = 1,
  sectors = 12,
): CardOnBench {
  const bench = new CardOnBench(
    exact("collateral", changes),
    seed,
    new VirtualClock(),
    new SectorContents(),
    { metadataEnd: METADATA_END, ...options },
  );
  for (let sector = 0; sector < sectors; sector++) {
    bench.write(sector, sector + 1);
    bench.drain();
  }
  bench.flush();
  bench.drain();
  return bench;
}

function victims(bench: CardOnBench): number[] {
  return bench.card
    .crashSpace()
    .flatMap((axis) => axis.options.flatMap(({ destroys }) => (destroys === undefined ? [] : [destroys])));
}

/** The victims offered at 30 writes in turn. */
function samples(seed: number): number[][] {
  const bench = filled({}, {}, seed);
  return Array.from({ length: 30 }, (_, i) => {
    bench.write(6, 100 + i);
    bench.steps(1);
    const found = victims(bench);
    bench.drain();
    return found;
  });
}

describe("collateral damage", () => {
  it("threatens nothing while nothing is being programmed", () => {
    expect(filled().card.crashSpace()).toEqual([]);
  });

  it("is no outcome on a card without it", () => {
    const bench = filled({ collateral: false });
    bench.write(6, 99);
    bench.steps(2);
    expect(victims(bench)).toEqual([]);
  });

  it("offers a bounded sample of durable sectors as one axis: a cut has at most one victim", () => {
    const bench = filled();
    bench.write(6, 99);
    bench.steps(2);
    const space = bench.card.crashSpace();
    const axes = space.filter((axis) => axis.options.some((option) => option.destroys !== undefined));
    expect(axes).toHaveLength(1);
    const found = victims(bench);
    expect(found.filter((sector) => sector < METADATA_END)).toHaveLength(VICTIMS_EACH);
    expect(found.filter((sector) => sector >= METADATA_END)).toHaveLength(VICTIMS_EACH);
    expect(found).not.toContain(6);
    for (const option of axes[0]!.options.slice(1)) {
      expect(option).toEqual({
        sectors: [option.destroys],
        contents: [UNREADABLE],
        destroys: option.destroys,
      });
    }
    expect(bench.card.crashSpace()).toBe(space);
  });

  it("makes the victim read as an error until it is written, and remembers what lay there", () => {
    const bench = filled();
    bench.write(6, 99);
    bench.steps(2);
    const space = bench.card.crashSpace();
    const choice = space.map((axis) => (axis.options[1]!.destroys === undefined ? 0 : 1));
    const victim = victimOf(space, choice);
    expect(
      victimOf(
        space,
        space.map(() => 0),
      ),
    ).toBe(-1);
    bench.card.cutPower(choice);
    expect(bench.card.media.get(victim)).toBe(UNREADABLE);
    expect(bench.durable.at(-1)).toEqual([victim, UNREADABLE]);
    expect(bench.card.overlay.at(victim)).toEqual({
      cause: "collateral",
      pristine: bench.content(victim + 1),
    });
    const pristine = bench.card.overlay.pristine(bench.card.media);
    expect(pristine.get(victim)).toBe(bench.content(victim + 1));
    expect(bench.card.media.differences(pristine, 9)).toEqual([victim]);
    bench.card.powerUp();
    bench.write(victim, 77);
    bench.drain();
    expect(bench.card.media.get(victim)).toBe(bench.content(77));
    expect(bench.card.overlay.size).toBe(0);
  });

  it("has no victim that is unreadable already, or was never written", () => {
    const bench = filled({}, { mayDestroy: (_, victim) => victim >= 10 });
    bench.write(9, 99);
    bench.steps(1);
    expect(victims(bench)).toEqual([10, 11]);
    bench.card.spoil(10);
    expect(victims(bench)).toEqual([11]);
  });

  it("and rollback, on a card that has both, change different sectors", () => {
    const bench = filled({ rollback: true }, {}, 1, 16);
    bench.write(15, 99);
    bench.steps(2);
    const own = bench.card
      .crashSpace()
      .map((axis) => new Set(axis.options.flatMap((option) => option.sectors)));
    expect(own).toHaveLength(3);
    expect(new Set(own.flatMap((sectors) => [...sectors])).size).toBe(
      own.reduce((sum, sectors) => sum + sectors.size, 0),
    );
  });

  it("stays in the erase block of what is being programmed", () => {
    const bench = filled({ eraseBlockSectors: 3 });
    bench.write(7, 99);
    bench.steps(1);
    expect(victims(bench)).toEqual([6, 8]);
  });

  it("obeys whoever says what an array keeps apart", () => {
    const bench = filled({}, { mayDestroy: (programmed, victim) => programmed === 6 && victim === 2 });
    bench.write(6, 99);
    bench.steps(1);
    expect(victims(bench)).toEqual([2]);
    bench.drain();
    bench.write(7, 99);
    bench.steps(1);
    expect(victims(bench)).toEqual([]);
  });

  it("comes from a cache that has unflushed sectors, and not from a flushed one", () => {
    const bench = filled({ cache: "unordered" });
    bench.write(6, 99);
    bench.drain();
    expect(victims(bench).length).toBeGreaterThan(0);
    expect(victims(bench)).not.toContain(6);
    bench.flush();
    bench.drain();
    expect(victims(bench)).toEqual([]);
  });

  it("comes from a transfer even where sectors are atomic", () => {
    const bench = filled({ atomicSector: true });
    const before = bench.card.crashVersion;
    bench.write(6, 99);
    bench.steps(1);
    expect(bench.card.crashVersion).not.toBe(before);
    expect(victims(bench).length).toBeGreaterThan(0);
  });

  it("reaches what became durable last, however far away it is in the same block", () => {
    const bench = filled({}, {}, 1, 0);
    bench.write(31, 1);
    bench.drain();
    bench.write(0, 2);
    bench.steps(1);
    expect(victims(bench)).toEqual([31]);
  });

  it("wanders over all candidates, the same way for the same seed", () => {
    const once = samples(1);
    expect(samples(1)).toEqual(once);
    expect(samples(2)).not.toEqual(once);
    expect(new Set(once.flat()).size).toBe(11);
  });

  it("costs no more the more a card holds: the options stay bounded", () => {
    const bench = filled({}, { media: new CardImage(1 << 20) }, 1, 200);
    for (let sector = 0; sector < 100; sector += 3) bench.card.spoil(sector);
    bench.write(101, 99);
    bench.steps(2);
    expect(bench.card.crashSpace().map((axis) => axis.options.length)).toEqual([1 + VICTIMS_EACH, 5]);
  });
});

/** Options of the collateral axis that destroy this sector; 0 for every other axis. */
function destroying(bench: CardOnBench, victim: number): number[] {
  return bench.card.crashSpace().map(({ options }) =>
    Math.max(
      0,
      options.findIndex(({ destroys }) => destroys === victim),
    ),
  );
}

/** A card with a write under way that can destroy this sector and no other. */
function under(only: number): CardOnBench {
  const bench = filled({}, { mayDestroy: (_, victim) => victim === only });
  bench.write(6, 99);
  bench.steps(2);
  return bench;
}

describe("sparing the last copy", () => {
  it("takes back a victim whose other copy reads as an error, if it is data", () => {
    for (const [victim, spared] of [
      [7, true],
      [2, false],
    ] as const) {
      const [a, b] = [under(victim), filled()];
      const choice = destroying(a, victim);
      const spare = (): number[] =>
        spareLastCopy(a.card.crashSpace(), choice, METADATA_END, b.card.media, -1);
      expect(victimOf(a.card.crashSpace(), choice)).toBe(victim);
      expect(spare()).toEqual(choice);
      b.card.spoil(victim);
      expect(victimOf(a.card.crashSpace(), spare())).toBe(spared ? -1 : victim);
    }
  });

  it("takes back a torn sector that the other card lost as a victim", () => {
    const a = under(8);
    const space = a.card.crashSpace();
    const torn = space.map(({ sector, options }) =>
      sector === 6 ? options.findIndex(({ contents }) => contents[0] === UNREADABLE) : 0,
    );
    expect(torn.some((option) => option > 0)).toBe(true);
    const other = filled().card.media;
    expect(spareLastCopy(space, torn, METADATA_END, other, -1)).toEqual(torn);
    expect(spareLastCopy(space, torn, METADATA_END, other, 6)).toEqual(space.map(() => 0));
  });
});

describe("the collateral profile", () => {
  it("is mlc with one more fault", () => {
    expect(profile("collateral")).toEqual({ ...profile("mlc"), name: "collateral", collateral: true });
  });
});
