/** Every option of createMirror reaches the driver or is refused; none is silently ignored. */
import { describe, expect, it } from "vitest";
import { createMirror } from "../../host/index.js";
import { planMirror } from "../../host/mirror/mirror-plan.js";
import { assembled, block, REGION, smallCard, smallMirror } from "./small-mirror.js";

/** How many races left the cards different after the write was answered, and how many the driver noticed. */
async function differing(fingerprint: "none" | "crc16" | "crc32c"): Promise<number[]> {
  const cards = [smallCard(1, "slc"), smallCard(2, "tlc-cached")] as const;
  const mirror = await smallMirror({ cards, fingerprint, epochMs: 10_000 });
  const buffer = block(1);
  let differ = 0;
  for (let race = 0; race < 60; race++) {
    const write = mirror.write(0, buffer.fill(race + 2));
    mirror.advance(95 + 3 * race);
    buffer.fill(1);
    await write;
    const [a, b] = mirror.inspect(0);
    if (Buffer.compare(a!, b!) !== 0) differ++;
  }
  const noted = mirror.events().filter((event) => event.kind === "fingerprint").length;
  expect(noted).toBe(mirror.counters().fingerprintMismatches);
  return [differ, mirror.counters().fingerprintMismatches];
}

/** Records of the bitmap that a first mark takes. */
async function records(bitmap: "serial" | "single"): Promise<number> {
  const mirror = await smallMirror({ bitmap });
  await mirror.write(0, block(1));
  await mirror.stop();
  const next = await assembled([mirror.pull(0), mirror.pull(1)]);
  const before = next.counters().recordWrites;
  await next.write(0, block(2));
  return next.counters().recordWrites - before;
}

describe("the options of createMirror", () => {
  it.each([
    [{ epochMS: 5 }, 'createMirror has no option "epochMS": choose of cards, profiles, megabytes, format'],
    [{ deadlineMs: 1.5 }, "deadlineMs is 1.5, but it is a whole number from 0 to 3600000 (ms)"],
    [{ settleMs: -1 }, "settleMs is -1, but it is a whole number from 0 to 3600000 (ms)"],
    [{ quietMs: 1e9 }, "quietMs is 1000000000, but it is a whole number from 0 to 3600000 (ms)"],
    [{ metadataStride: 0 }, "metadataStride is 0, but it is a whole number from 1 to 1048576 (sectors)"],
    [{ baseSector: -8 }, "baseSector is -8, but it is a whole number"],
    [{ markAhead: 65 }, "markAhead is 65, but it is a whole number from 0 to 64 (regions)"],
    [{ markedMax: -1 }, "markedMax is -1, but it is a whole number"],
    [{ readErrorsMax: -1 }, "readErrorsMax is -1, but it is a whole number"],
    [{ resyncMinRate: -1 }, "resyncMinRate is -1, but it is a whole number"],
    [{ resyncShare: 101 }, "resyncShare is 101, but it is a whole number from 0 to 100 (percent)"],
    [{ seed: 0.5 }, "seed is 0.5, but it is a whole number"],
    [{ fingerprint: "crc8" }, 'fingerprint is "crc8", but it is one of none, crc16, crc32c'],
    [{ bitmap: "double" }, 'bitmap is "double", but it is one of serial, single'],
    [{ format: "full" }, 'format is "full", but it is one of keep, empty, none'],
    [{ startDegraded: 1 }, "startDegraded is 1, but it is true or false"],
    [{ choose: 0 }, 'choose is 0, but a new array has one history: it needs format: "none"'],
    [{ format: "none" }, 'format is "none", but new cards carry no array'],
    [
      { format: "none", bitmap: "single" },
      'bitmap is of a new array, but with format: "none" the cards have',
    ],
    [
      { cards: [smallCard(1), smallCard(2)], profiles: ["slc", "slc"] },
      "profiles is of new cards, but cards is",
    ],
    [
      { cards: [smallCard(1), smallCard(2)], megabytes: 1 },
      "megabytes is of new cards, but cards is given too",
    ],
    [{ cards: [smallCard(1), null] }, "cards leaves a slot empty, but a new array needs two cards"],
    [{ cards: ["mlc", "mlc"] }, "cards takes two MirrorCards: make each with new MirrorCard("],
    [{ cards: [smallCard(1), smallCard(1)] }, "the card for slot 1 has the id of the card in slot 0"],
    [
      { cards: [smallCard(1), smallCard(2)], format: "none", choose: 2 },
      "choose is 2, but the slots are 0 and 1",
    ],
  ])("refuse %j with a clear sentence", async (options, sentence) => {
    await expect(createMirror(options as never)).rejects.toThrow(sentence);
  });

  it("are refused by reassemble too", async () => {
    const mirror = await smallMirror();
    await expect(mirror.reassemble({ chose: 1 } as never)).rejects.toThrow(
      'reassemble has no option "chose": choose of policy, choose, startDegraded',
    );
    await expect(mirror.reassemble({ choose: 2 as never })).rejects.toThrow("choose is 2");
    await expect(mirror.reassemble({ startDegraded: "yes" as never })).rejects.toThrow("true or false");
    await expect(mirror.reassemble({ policy: "immediate" as never })).rejects.toThrow("there is no policy");
    expect((await mirror.read(0))[0]).toBe(0);
  });

  it("give the driver the deadline, the limits and the throttle by their numbers", () => {
    const { more } = planMirror({
      deadlineMs: 2,
      readErrorsMax: 3,
      markAhead: 4,
      markedMax: 5,
      quietMs: 6,
      resyncMinRate: 7,
      resyncShare: 8,
      fingerprint: "crc32c",
      bitmap: "single",
    });
    // Numbers of OPTION_... in SPEC.md.
    expect(Object.fromEntries(more)).toEqual({
      16: 2,
      19: 2,
      20: 3,
      22: 1,
      23: 4,
      24: 5,
      25: 6,
      26: 7,
      27: 8,
    });
  });

  it("fingerprint: a buffer that changes in flight is written again before the write is answered", async () => {
    const [without, unnoticed] = await differing("none");
    expect([without! > 0, unnoticed]).toEqual([true, 0]);
    for (const level of ["crc16", "crc32c"] as const) {
      const [differ, noticed] = await differing(level);
      expect([differ, noticed! > 0]).toEqual([0, true]);
    }
  });

  it("format: empty is an array that was never written, whatever is on the cards", async () => {
    const first = await smallMirror();
    await first.write(0, block(1, 8));
    await first.stop();
    const cards = [first.pull(0), first.pull(1)] as const;
    const mirror = await smallMirror({ cards, format: "empty" });
    expect(mirror.regions({ not: "UNWRITTEN" })).toEqual([]);
    expect(await mirror.read(0, 8)).toEqual(block(0, 8));
    await mirror.write(3, block(2));
    await mirror.sync();
    expect(mirror.regions({ is: "CLEAN" }).map(({ region }) => region)).toEqual([0]);
    expect(mirror.inspect(0)).toEqual([block(0), block(0)]);
    expect(mirror.counters().regionsZeroed).toBe(1);
  });

  it("bitmap: single writes half the records, and stays what it is on the cards", async () => {
    expect([await records("serial"), await records("single")]).toEqual([2, 1]);
  });

  it("markAhead, quietMs and readErrorsMax show in what the driver does", async () => {
    const ahead = await smallMirror({ markAhead: 8, quietMs: 20 });
    for (let region = 0; region < 4; region++) await ahead.write(region * REGION, block(1, REGION));
    expect(ahead.counters().regionsMarked).toBeGreaterThan(4);
    ahead.advance(3_000_000);
    expect(ahead.counters().regionsMarked).toBe(0);
    const fussy = await smallMirror({ readErrorsMax: 2 });
    for (const at of [32, 33, 34, 35]) fussy.card(1).spoil(at);
    for (let i = 0; i < 12; i++) await fussy.read(i % 4);
    expect(fussy.members.state(1)).toBe("FAULTY");
    expect(fussy.events()).toContainEqual(expect.objectContaining({ kind: "loss", cause: "READ_ERRORS" }));
  });

  it("baseSector leaves what is in front of the mirror alone", async () => {
    const mirror = await smallMirror({ baseSector: 64 });
    const without = await smallMirror();
    expect(without.sectors - mirror.sectors).toBe(64);
    await mirror.write(0, block(1));
    for (let sector = 0; sector < 64; sector++) expect(mirror.card(0).bytesOf(sector)).toEqual(block(0));
    await mirror.stop();
    const cards = [mirror.pull(0), mirror.pull(1)] as const;
    await expect(assembled(cards)).rejects.toMatchObject({ statusName: "NO_SUPERBLOCK" });
    expect((await (await assembled(cards, { baseSector: 64 })).read(0))[0]).toBe(1);
  });
});
