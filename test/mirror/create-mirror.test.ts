import { describe, expect, it } from "vitest";
import { createMirror, MirrorError, PowerLostError, type Mirror } from "../../host/index.js";
import { UNREADABLE } from "../../host/sdcard-emulator/sector-contents.js";

const SMALL = { megabytes: 0.5, regionKilobytes: 4, metadataStride: 8 } as const;

function block(value: number, sectors = 1): Uint8Array {
  return new Uint8Array(512 * sectors).fill(value);
}

async function cutWhileWriting(seed: number): Promise<{ mirror: Mirror; value: number }> {
  const mirror = await createMirror({ ...SMALL, profiles: ["tlc-cached", "mlc"], seed });
  await mirror.write(8, block(1));
  await mirror.flush();
  void mirror.write(8, block(2));
  mirror.advance(4000 + seed * 10);
  mirror.cutPower();
  await mirror.reassemble();
  const read = await mirror.read(8);
  return { mirror, value: read[0]! };
}

describe("createMirror", () => {
  it("runs the example of the README", async () => {
    const mirror = await createMirror({ profiles: ["mlc", "tlc-cached"], megabytes: 8, seed: 1 });

    const log = new Uint8Array(512).fill(1);
    await mirror.write(0, log); // both cards have it
    await mirror.flush(); // and keep it

    const write = mirror.write(0, log.fill(2)); // under way ...
    mirror.advance(4_000); // ... for 4 ms of virtual time ...
    mirror.cutPower(); // ... when the power goes: each card is left in any state it may be left in
    await write.catch(() => undefined);

    await mirror.reassemble();
    const found = await mirror.read(0); // old, new, or torn; from now on always the same, whichever card is asked
    expect([1, 2]).toContain(found[0]);
    expect(mirror.regions({ not: "CLEAN" }).map((region) => region.region)).toEqual([0]);
    await mirror.sync(); // resync, then the sync gate
    expect(mirror.regions({ not: "CLEAN" })).toEqual([]);
    expect(mirror.inspect(0)).toEqual([found, found]);
  });

  it("begins with an array that is clean, equal, and reads as zeros", async () => {
    const mirror = await createMirror(SMALL);
    expect(mirror.regions({ not: "CLEAN" })).toEqual([]);
    expect(mirror.regions()).toHaveLength(mirror.sectors / 8);
    expect(await mirror.read(mirror.sectors - 3, 3)).toEqual(block(0, 3));
  });

  it("reads back what was written, in requests larger than the driver's and more than it takes at once", async () => {
    const mirror = await createMirror(SMALL);
    const big = Uint8Array.from({ length: 512 * 300 }, (_, i) => (i * 7 + (i >> 9)) & 0xff);
    await Promise.all([
      mirror.write(100, big),
      ...Array.from({ length: 40 }, (_, i) => mirror.write(i, block(i))),
    ]);
    expect(await mirror.read(100, 300)).toEqual(big);
    for (let i = 0; i < 40; i++) expect((await mirror.read(i))[0]).toBe(i);
    expect(mirror.counters().recordWrites).toBeGreaterThan(0);
  });

  it("shows the modify-while-write of the mail: the cards differ, and the region stays marked until it is rewritten", async () => {
    const buffer = block(1);
    let rewrites = 0;
    let dirty = false;
    const mirror: Mirror = await createMirror({
      ...SMALL,
      profiles: ["slc", "tlc-cached"],
      epochMs: 1000,
      onSync: async () => {
        if (!dirty) return;
        dirty = false;
        rewrites++;
        await mirror.write(16, buffer);
      },
    });
    const differ = (): boolean => {
      const [a, b] = mirror.inspect(16);
      return a![0] !== b![0] || a![511] !== b![511];
    };
    let seen = false;
    for (let race = 0; race < 400 && !seen; race++) {
      const write = mirror.write(16, buffer.fill(race & 0x7f));
      mirror.advance(95 + (race % 60));
      buffer.fill(0x80); // the application goes on while the cards take its buffer
      dirty = true;
      await write;
      seen = differ();
    }
    expect(seen).toBe(true);
    expect(mirror.regions({ not: "CLEAN" }).map((region) => region.region)).toEqual([2]);
    await mirror.sync();
    expect(rewrites).toBeGreaterThan(0);
    expect(differ()).toBe(false);
    expect(mirror.regions({ not: "CLEAN" })).toEqual([]);
  });

  it("never reads differently once read, through resync, whatever a cut of a write left", async () => {
    const values = new Set<number>();
    for (let seed = 1; seed <= 12; seed++) {
      const { mirror, value } = await cutWhileWriting(seed);
      values.add(value);
      await mirror.sync();
      expect((await mirror.read(8))[0]).toBe(value);
      const [a, b] = mirror.inspect(8);
      expect(a).toEqual(b);
    }
    expect([...values].every((value) => value === 1 || value === 2)).toBe(true);
    expect(values.size).toBe(2);
  });

  it("does the same again for the same seed", async () => {
    const [once, again] = [await cutWhileWriting(3), await cutWhileWriting(3)];
    expect(again.value).toBe(once.value);
    expect(again.mirror.nowUs).toBe(once.mirror.nowUs);
    expect(again.mirror.counters()).toEqual(once.mirror.counters());
  });

  it("keeps what was flushed, and resynchronises only what was marked", async () => {
    const mirror = await createMirror({ ...SMALL, profiles: ["tlc-cached", "tlc-cached"] });
    await mirror.write(24, block(7, 8));
    await mirror.flush();
    mirror.cutPower();
    await mirror.reassemble();
    expect(mirror.regions({ not: "CLEAN" }).map(({ region, state }) => [region, state])).toEqual([
      [3, "NEEDS_SYNC"],
    ]);
    expect(await mirror.read(24, 8)).toEqual(block(7, 8));
    await mirror.sync();
    expect(mirror.counters().sectorsResynced).toBe(8);
  });

  it("has nothing to resynchronise after a stop, and takes no requests until it is assembled again", async () => {
    const mirror = await createMirror(SMALL);
    await mirror.write(0, block(5));
    await mirror.stop();
    await expect(mirror.read(0)).rejects.toThrow("the array is not assembled: call reassemble() first");
    mirror.cutPower();
    await mirror.reassemble();
    expect(mirror.regions({ not: "CLEAN" })).toEqual([]);
    expect((await mirror.read(0))[0]).toBe(5);
  });

  it("keeps marks under the policy never, which clears at stop alone", async () => {
    const mirror = await createMirror({ ...SMALL, policy: "never" });
    await mirror.write(0, block(5));
    mirror.advance(1_000_000);
    expect(mirror.regions({ is: "MAYBE_DIRTY" }).map(({ region }) => region)).toEqual([0]);
    await expect(mirror.sync()).rejects.toThrow('policy "never" clears nothing before stop()');
    await mirror.stop();
    await mirror.reassemble();
    expect(mirror.regions({ not: "CLEAN" })).toEqual([]);
  });

  it("assembles again after a reset of the controller alone, and after one card was cut by hand", async () => {
    const mirror = await createMirror({ ...SMALL, profiles: ["ordered-cache", "slow-settle"] });
    await mirror.write(0, block(5));
    await mirror.flush();
    void mirror.write(0, block(6));
    mirror.advance(700);
    await mirror.reassemble();
    expect([5, 6]).toContain((await mirror.read(0))[0]);
    const [a, b] = [mirror.card(0), mirror.card(1)];
    a.cutPower(a.crashSpace().map(() => 0));
    b.cutPower();
    expect([a.hasPower, b.hasPower]).toEqual([false, false]);
    await mirror.reassemble();
    expect([a.hasPower, b.hasPower, a.crashOutcomes]).toEqual([true, true, 1]);
    expect([5, 6]).toContain((await mirror.read(0))[0]);
  });

  it("reports requests that the power cut took with it, and reads from the other card what one cannot read", async () => {
    const mirror = await createMirror(SMALL);
    const write = mirror.write(0, block(1));
    mirror.cutPower();
    await expect(write).rejects.toThrow(PowerLostError);
    await expect(write).rejects.toThrow("the write of sectors 0 to 0 was under way");
    await mirror.reassemble();
    const before = await mirror.read(0);
    const damage = async (...members: (0 | 1)[]): Promise<void> => {
      for (const member of members) mirror.card(member).media.set(4 * SMALL.metadataStride, UNREADABLE);
      mirror.cutPower();
      await mirror.reassemble();
    };
    await damage(0);
    expect(mirror.inspect(0)).toEqual([null, before]);
    for (let i = 0; i < 4; i++) expect(await mirror.read(0)).toEqual(before);
    mirror.advance(50_000);
    expect(mirror.inspect(0)).toEqual([before, before]);
    await damage(0, 1);
    await expect(mirror.read(0)).rejects.toThrow(
      "the read of sectors 0 to 0 failed: a sector could be read from neither card",
    );
  });

  it("says when the layer above fails a sync, and clears nothing", async () => {
    let broken = true;
    const mirror = await createMirror({
      ...SMALL,
      onSync: () => {
        if (broken) throw new Error("disk cache on fire");
      },
    });
    await mirror.write(0, block(1));
    const cause = expect.objectContaining({ message: "disk cache on fire" });
    await expect(mirror.sync()).rejects.toMatchObject({ message: /the layer above failed the sync/, cause });
    expect(mirror.regions({ not: "CLEAN" })).toHaveLength(1);
    broken = false;
    await mirror.sync();
    expect(mirror.regions({ not: "CLEAN" })).toEqual([]);
  });

  it.each([
    [{ profiles: ["mlc", "qlc"] }, 'there is no card profile "qlc": choose one of slc, mlc'],
    [{ megabytes: 0 }, "megabytes is 0, but a card has more than 0 and at most 1024 MiB"],
    [{ regionKilobytes: 3 }, "regionKilobytes is 3, but a region is a power of two from 0.5 to 16384 KiB"],
    [{ policy: "immediate" }, 'there is no policy "immediate" in the production driver'],
    [{ megabytes: 0.125 }, "format failed: a card is too small"],
    [{ epochMs: -1 }, "epochMs is -1, but it is a whole number from 0 to 3600000 (ms)"],
  ])("refuses %j with a clear sentence", async (options, sentence) => {
    await expect(createMirror(options as never)).rejects.toThrow(sentence);
  });

  it("refuses requests outside the array", async () => {
    const mirror = await createMirror(SMALL);
    await expect(mirror.read(mirror.sectors)).rejects.toThrow("lies outside the array: it has sectors 0 to");
    await expect(mirror.write(0, new Uint8Array(100))).rejects.toThrow("whole sectors of 512 bytes");
    expect(() => mirror.regions({ not: "DIRTYISH" as never })).toThrow("choose one of UNWRITTEN, CLEAN");
    expect(new MirrorError("x", 3).status).toBe(3);
  });
});
