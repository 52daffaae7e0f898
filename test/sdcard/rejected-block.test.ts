/** A block that one card rejects: what the other one is sent again, and what not. */
import { expect, it } from "vitest";
import { profile } from "../../host/sdcard-emulator/characteristics.js";
import { DATA_START, FLUSH, LiveBuffer, OK, SpiBench, WRITE } from "./spi-bench.js";

const CONFLICTS = 6;
const STREAMS = 9;
const BLOCKS_OUT = 10;
const SECTORS = 8;
/** Start token of a block of CMD25, and what follows it: the block and its CRC16. */
const START_BLOCK_OF_STREAM = 0xfc;
const BLOCK_BYTES = 514;
/** Well inside a block of data. */
const INSIDE = 100;

const QUICK = { ...profile("mlc"), jitterPercent: 0, stallPercent: 0 };

function bytesWhileSending(bench: SpiBench, slot: number, byte: (at: number) => boolean): void {
  const watched = bench.cards[slot]!;
  let at = BLOCK_BYTES;
  watched.garble = (mosi) => {
    if (at === BLOCK_BYTES) {
      if (mosi === START_BLOCK_OF_STREAM) at = 0;
      return mosi;
    }
    return byte(at++) ? mosi ^ 1 : mosi;
  };
}

interface Cost {
  readonly conflicts: readonly number[];
  /** Of the slow partner: blocks that it accepted, and streams that it was sent. */
  readonly blocks: number;
  readonly streams: number;
}

/** A write whose block `block` is rejected once by card 0, while card 1 is behind by its `busyUs` after each block. */
function rejected(block: number, busyUs: number): Cost {
  const bench = new SpiBench({ characteristics: QUICK, options: { epochMs: 3_600_000 } });
  bench.cards[1] = bench.makeCard(1, "sdhc", { characteristics: { ...QUICK, commandUs: busyUs } });
  bench.mirror.insertSpiCard(1, bench.cards[1]);
  bench.ready();
  const write = (): number =>
    bench.request(WRITE, 0, SECTORS, new LiveBuffer(SECTORS, bench.contents.stamp(3)));
  expect(write()).toBe(OK);
  expect(bench.request(FLUSH)).toBe(OK);
  const word = (slot: number, key: number): number => bench.mirror.cardWord(slot, key);
  const before = [0, 1].map((slot) => [word(slot, BLOCKS_OUT), word(slot, STREAMS)]);
  let left = 1;
  bytesWhileSending(bench, 0, (at) => {
    return at === INSIDE && word(0, BLOCKS_OUT) === before[0]![0]! + block && left-- === 1;
  });
  expect(write()).toBe(OK);
  expect(left).toBeLessThan(1);
  for (let sector = DATA_START; sector < DATA_START + SECTORS; sector++) {
    expect(bench.cards[0]!.card.view(sector)).toBe(bench.cards[1]!.card.view(sector));
  }
  return {
    conflicts: [word(0, CONFLICTS), word(1, CONFLICTS)],
    blocks: word(1, BLOCKS_OUT) - before[1]![0]!,
    streams: word(1, STREAMS) - before[1]![1]!,
  };
}

it.each([3, 4, 5, 6, 7])("block %i, which a slow partner is far from, costs the partner nothing", (block) => {
  expect(rejected(block, 1500)).toEqual({ conflicts: [1, 0], blocks: SECTORS, streams: 1 });
});

it.each([2, 3])("block %i, which a slow partner is to send next, is sent to it twice", (block) => {
  expect(rejected(block, 150 + 40 * block)).toEqual({ conflicts: [1, 0], blocks: SECTORS + 1, streams: 2 });
});
