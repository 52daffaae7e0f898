/** Blocks that are queued behind the one under way. */
import { expect, it } from "vitest";
import { profile } from "../../host/sdcard-emulator/characteristics.js";
import { DATA_START, FAULTY, IN_SYNC, LiveBuffer, OK, SpiBench, WRITE } from "./spi-bench.js";

const QUICK = { ...profile("mlc"), jitterPercent: 0, stallPercent: 0 };
const SECTORS = 8;
const BLOCKS_OUT = 10;
const STALE = 11;
const MEMBER_FAIL = 0;

function write(bench: SpiBench, stamp: number): number {
  return bench.request(WRITE, 0, SECTORS, new LiveBuffer(SECTORS, bench.contents.stamp(stamp)));
}

/** A bench whose region is marked, and which counts what is queued. */
function started(buses: 1 | 2, takes = true): { bench: SpiBench; queued: () => number } {
  const bench = new SpiBench({ buses, characteristics: QUICK, options: { epochMs: 3_600_000 } }).ready();
  const { port } = bench.mirror;
  const queueBlock = port.queueBlock.bind(port);
  let queued = 0;
  port.queueBlock = (...values) => {
    queued++;
    return takes ? queueBlock(...values) : 0;
  };
  expect(write(bench, 1)).toBe(OK);
  queued = 0;
  return { bench, queued: () => queued };
}

it("queues every block of a write but the first, on buses of their own", () => {
  const { bench, queued } = started(2);
  expect(write(bench, 2)).toBe(OK);
  expect(queued()).toBe(2 * (SECTORS - 1));
});

it("queues none where both cards share a bus: it changes hands between blocks", () => {
  const { bench, queued } = started(1);
  expect(write(bench, 2)).toBe(OK);
  expect(queued()).toBe(0);
});

it("sends the same bytes at the same times over a port that queues nothing", () => {
  const runs = [true, false].map((takes) => {
    const { bench } = started(2, takes);
    const heard: (readonly [number, number, number])[] = [];
    for (const [slot, card] of bench.cards.entries())
      card.reply = (miso, mosi) => {
        heard.push([slot, mosi, miso]);
        return miso;
      };
    for (let i = 0; i < 4; i++) expect(write(bench, 2 + i)).toBe(OK);
    return { heard, us: bench.clock.nowUs };
  });
  expect(runs[0]!.us).toBe(runs[1]!.us);
  expect(runs[0]!.heard).toEqual(runs[1]!.heard);
});

it("loses a card that stays busy past the limit before a queued block, and sends it nothing more", () => {
  const { bench } = started(2);
  const card = bench.cards[0]!;
  const before = bench.mirror.cardWord(0, BLOCKS_OUT);
  let tokens = 0;
  card.reply = (miso, mosi) => {
    const stuck = bench.mirror.cardWord(0, BLOCKS_OUT) - before >= 3;
    if (stuck && mosi !== 0xff) tokens++;
    return stuck ? 0 : miso;
  };
  const since = bench.clock.nowUs;
  expect(write(bench, 2)).toBe(OK);
  expect([0, 1].map((slot) => bench.module.exports.memberState(slot))).toEqual([FAULTY, IN_SYNC]);
  expect(tokens).toBe(0);
  // The limit of a wait, SPEC.md section 8: a second.
  expect(bench.clock.nowUs - since).toBeGreaterThan(1_000_000);
  expect(bench.clock.nowUs - since).toBeLessThan(1_100_000);
  bench.expectLegal();
});

it("cancels what is queued with the transfer of a member that is dropped", () => {
  const { bench } = started(2);
  const { module, cards, contents } = bench;
  const before = bench.mirror.cardWord(0, BLOCKS_OUT);
  let status = -1;
  const done = { onBlockDone: (_tag: number, answer: number) => (status = answer) };
  const piece = contents.stamp(2);
  bench.mirror.request(WRITE, 0, SECTORS, new LiveBuffer(SECTORS, piece), 0, done, 0);
  bench.run(() => bench.mirror.cardWord(0, BLOCKS_OUT) - before === 3, "three blocks");
  const { bytes } = cards[0]!;
  expect(bench.mirror.memberCommand(MEMBER_FAIL, 0)).toBe(OK);
  bench.run(() => status >= 0, "the write");
  expect(status).toBe(OK);
  expect(module.exports.memberState(0)).not.toBe(IN_SYNC);
  // Chip select goes high, and eight clocks follow.
  expect(cards[0]!.bytes - bytes).toBeLessThanOrEqual(1);
  expect(bench.mirror.cardWord(0, STALE)).toBe(0);
  for (let sector = DATA_START; sector < DATA_START + SECTORS; sector++)
    expect(cards[1]!.card.view(sector)).toBe(contents.sectorOf(piece, piece));
});
