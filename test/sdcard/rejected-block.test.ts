/** A block that one card rejects: what the other one is sent again, and what not. */
import { expect, it } from "vitest";
import { SPI_STATE_WRITE_BLOCK } from "../../assembly/layout.js";
import { profile } from "../../host/sdcard-emulator/characteristics.js";
import { DATA_START, FLUSH, LiveBuffer, OK, SpiBench, WRITE } from "./spi-bench.js";

const STATE = 0;
const CONFLICTS = 6;
const STREAMS = 9;
const BLOCKS_OUT = 10;
const SECTORS = 8;
/** Well inside a block of data. */
const INSIDE = 100;

const QUICK = { ...profile("mlc"), jitterPercent: 0, stallPercent: 0 };

function bytesWhileSending(bench: SpiBench, slot: number, byte: (at: number) => boolean): void {
  const watched = bench.cards[slot]!;
  let at = 0;
  watched.garble = (mosi) => {
    if (bench.mirror.cardWord(slot, STATE) !== SPI_STATE_WRITE_BLOCK) at = 0;
    return byte(at++) ? mosi ^ 1 : mosi;
  };
}

it.each([2, 3, 4, 5, 6, 7])(
  "block %i, while a slow partner is at an earlier one, costs the partner nothing",
  (block) => {
    const bench = new SpiBench({ characteristics: QUICK, options: { epochMs: 3_600_000 } });
    bench.cards[1] = bench.makeCard(1, "sdhc", {
      characteristics: { ...QUICK, commandUs: 150 + 40 * block },
    });
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
    expect([word(0, CONFLICTS), word(1, CONFLICTS)]).toEqual([1, 0]);
    expect(word(1, BLOCKS_OUT) - before[1]![0]!).toBe(SECTORS);
    expect(word(1, STREAMS) - before[1]![1]!).toBe(1);
    for (let sector = DATA_START; sector < DATA_START + SECTORS; sector++) {
      expect(bench.cards[0]!.card.view(sector)).toBe(bench.cards[1]!.card.view(sector));
    }
  },
);
