/** CMD12 ends a read with R1b: busy may follow it, and nothing is sent to a busy card. */
import { expect, it } from "vitest";
import { SPI_STATE_READ_BLOCK } from "../../assembly/layout.js";
import { LiveBuffer, OK, READ, SpiBench, WRITE } from "./spi-bench.js";

const STATE = 0;
const READ_AGAIN = 8;
const FRAME_BYTES = 6;
const STOP_FRAME = 0x4c;
/** Well inside a block of data. */
const INSIDE = 100;

it.each([1, 2] as const)("on %i buses nothing is sent to a card that is busy after CMD12", (buses) => {
  const bench = new SpiBench({ buses, card: { stopBusyUs: 300 } }).ready();
  expect(bench.request(WRITE, 0, 16, new LiveBuffer(16, bench.contents.stamp(1)))).toBe(OK);
  bench.runMs(100);
  const early: string[] = [];
  for (const [slot, watched] of bench.cards.entries()) {
    let [inFrame, inBlock, garbled] = [0, 0, 0];
    watched.reply = (miso, mosi) => {
      const begins = inFrame === 0 && (mosi & 0xc0) === 0x40;
      if (begins) inFrame = FRAME_BYTES;
      if (inFrame > 0) inFrame--;
      // CMD12 comes while the data of the read go out.
      if (begins && miso === 0 && mosi !== STOP_FRAME) early.push(`card ${slot}: CMD${mosi & 0x3f}`);
      inBlock = bench.mirror.cardWord(slot, STATE) === SPI_STATE_READ_BLOCK ? inBlock + 1 : 0;
      return inBlock === INSIDE && garbled++ === 0 ? miso ^ 1 : miso;
    };
  }
  for (let i = 0; i < 4; i++) expect(bench.request(READ, 0, 16, new LiveBuffer(16, 0))).toBe(OK);
  expect(bench.mirror.cardWord(0, READ_AGAIN) + bench.mirror.cardWord(1, READ_AGAIN)).toBeGreaterThan(0);
  expect(early).toEqual([]);
  bench.expectLegal();
});
