/**
 * A card reads ahead in CMD18, and an error of a block that nobody asked for stays in its status (SD Physical Layer
 * Simplified Specification 6.00, 7.3.4): it says nothing of the writes before it, nor of those after it.
 */
import { expect, it } from "vitest";
import { profile } from "../../host/sdcard-emulator/characteristics.js";
import { DATA_START, DISCARD, FLUSH, IN_SYNC, LiveBuffer, OK, READ, SpiBench, WRITE } from "./spi-bench.js";

const STATE = 0;
const COMMAND = 2;
const FRAME_BYTES = 6;
const SECTORS = 8;
/** Bits of the second byte of R2 (7.3.2.3). */
const ERROR = 0x04;
const CARD_ECC_FAILED = 0x10;
const SEND_STATUS = 13;

/** A bench on which sector 8 cannot be read, on either card, and the 8 before it were read by one CMD18 of each card. */
function readUpToBadSector(buses: 1 | 2): SpiBench {
  // No time between blocks: the next one begins while CMD12 is on the wire.
  const characteristics = { ...profile("mlc"), readSectorUs: 0 };
  const bench = new SpiBench({ buses, characteristics }).ready();
  expect(bench.request(WRITE, 0, 2 * SECTORS, new LiveBuffer(2 * SECTORS, bench.contents.stamp(1)))).toBe(OK);
  bench.runMs(300);
  for (const { card } of bench.cards) card.spoil(DATA_START + SECTORS);
  for (let i = 0; i < 4; i++) expect(bench.request(READ, 0, SECTORS, new LiveBuffer(SECTORS, 0))).toBe(OK);
  return bench;
}

function members(bench: SpiBench): number[] {
  const { memberState } = bench.module.exports;
  return [memberState(0), memberState(1)];
}

/** Counts CMD13, and turns bits of their answers on: `bits(nth)` of the second byte of the nth answer of this card. */
function watchStatus(bench: SpiBench, slot: number, bits: (nth: number) => number): { asked: number } {
  const watched = bench.cards[slot]!;
  const seen = { asked: 0 };
  let [inFrame, command, sinceFrame, responded] = [0, 0, -1, false];
  watched.reply = (miso, mosi) => {
    const kind = bench.module.spi.cardStateKind(bench.mirror.cardWord(slot, STATE));
    if (inFrame > 0) {
      if (--inFrame === 0) [sinceFrame, responded] = [0, false];
    } else if (kind === COMMAND && (mosi & 0xc0) === 0x40) {
      [inFrame, command, sinceFrame] = [FRAME_BYTES - 1, mosi & 0x3f, -1];
      if (command === SEND_STATUS) seen.asked++;
    } else if (sinceFrame >= 0) {
      if (responded) {
        sinceFrame = -1;
        return command === SEND_STATUS ? miso | bits(seen.asked) : miso;
      }
      responded = (miso & 0x80) === 0;
    }
    return miso;
  };
  return seen;
}

it.each([1, 2] as const)("on %i buses an error of a block that was read ahead loses no member", (buses) => {
  for (const next of ["flush", "write", "erase", "rest"] as const) {
    const bench = readUpToBadSector(buses);
    // The status still has the error, and only a CMD13 takes it away: what comes next meets it.
    const met = [0, 1].map((slot) => watchStatus(bench, slot, () => 0));
    if (next === "write") {
      expect(bench.request(WRITE, 32, SECTORS, new LiveBuffer(SECTORS, bench.contents.stamp(2)))).toBe(OK);
    }
    // The first write to a region that was given back erases it.
    if (next === "erase") {
      expect(bench.request(DISCARD, 64, 8)).toBe(OK);
      expect(bench.request(WRITE, 64, 1, new LiveBuffer(1, bench.contents.stamp(2)))).toBe(OK);
    }
    if (next === "rest") bench.runMs(1500);
    expect(bench.request(FLUSH)).toBe(OK);
    expect({ next, members: members(bench) }).toEqual({ next, members: [IN_SYNC, IN_SYNC] });
    for (const { asked } of met) expect(asked).toBeGreaterThan(0);
    bench.expectLegal();
  }
});

it("the test's cards do read ahead", () => {
  const bench = readUpToBadSector(2);
  const answers: number[] = [];
  for (const slot of [0, 1]) {
    const watched = bench.cards[slot]!;
    bench.mirror.halt();
    watched.card.select(true);
    for (const byte of [0x4d, 0, 0, 0, 0, 0x0d]) watched.card.exchange(byte);
    let r1 = 0xff;
    while ((r1 & 0x80) !== 0) r1 = watched.card.exchange(0xff);
    answers.push(watched.card.exchange(0xff));
    watched.card.select(false);
  }
  expect(answers).toContain(CARD_ECC_FAILED);
});

it("costs no command between reads, and one before the next write", () => {
  const bench = new SpiBench().ready();
  bench.runMs(300);
  const asked = [0, 1].map((slot) => watchStatus(bench, slot, () => 0));
  for (let i = 0; i < 8; i++)
    expect(bench.request(READ, 8 * i, SECTORS, new LiveBuffer(SECTORS, 0))).toBe(OK);
  expect(asked.map((count) => count.asked)).toEqual([0, 0]);
});

it.each([
  ["a general error at a flush", ERROR, "flush"],
  ["an ECC error after a write", CARD_ECC_FAILED, "write"],
  ["an ECC error after an erase", CARD_ECC_FAILED, "erase"],
] as const)("%s is still taken for a failure", (_, bit, what) => {
  // No pass of the sync gate flushes in between.
  const bench = new SpiBench({ options: { epochMs: 60_000 } }).ready();
  const write = (sector: number, sectors: number): number =>
    bench.request(WRITE, sector, sectors, new LiveBuffer(sectors, bench.contents.stamp(1)));
  expect(write(0, 16)).toBe(OK);
  if (what === "erase") expect(bench.request(DISCARD, 64, 8)).toBe(OK);
  expect(bench.request(FLUSH)).toBe(OK);
  for (let i = 0; i < 4; i++) expect(bench.request(READ, 0, SECTORS, new LiveBuffer(SECTORS, 0))).toBe(OK);
  // Reads of a region that is not clean go to card 0.
  const { asked } = watchStatus(bench, 0, () => bit);
  expect(asked).toBe(0);
  // The mark of the region is there: nothing is flushed, and no status is asked for, before the write.
  if (what === "write") expect(write(0, SECTORS)).toBe(OK);
  if (what === "erase") expect(write(64, 1)).toBe(OK);
  expect(bench.request(FLUSH)).toBe(OK);
  expect(members(bench)[0]).not.toBe(IN_SYNC);
});
