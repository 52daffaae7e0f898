import { beforeAll, expect, it } from "vitest";
import { POWER_ONE, POWER_SHARED } from "../../host/sdcard-emulator/index.js";
import { Prng } from "../../host/sdcard-emulator/prng.js";
import { describeWithPrograms } from "../debian-packages.js";
import { COMPILER, COMPILER_MS } from "./built-firmware.js";
import { lastTold, loggerFirmware, SMALL, type LoggerFirmware } from "./logger-firmware.js";
import { TwoCards } from "./two-cards.js";

const DATA_START = 4 * SMALL.stride;
/** Where the logger is a good way into its blocks, cycles. */
const IN_THE_MIDDLE = 36_000_000;

function expectEqualCards(bench: TwoCards): void {
  for (let sector = DATA_START; sector < SMALL.cardSectors; sector++)
    expect([sector, bench.view(1, sector)]).toEqual([sector, bench.view(0, sector)]);
}

describeWithPrograms(COMPILER, "the data logger on the emulated RP2040", () => {
  let logger: LoggerFirmware;

  beforeAll(() => {
    logger = loggerFirmware(SMALL);
  }, COMPILER_MS);

  it("logs while the DMA sends what it fills, and both cards hold the same", () => {
    const bench = new TwoCards(logger.image);
    const board = bench.power.powerOn();
    bench.expectPass(board);
    expect(board.uart).toMatch(
      /^formatted\nto resync 0\nrecovered 0\nresynced 0\n(flushed \d+\n)+written \d+\nlost/,
    );
    expect(lastTold(board.uart, "lost samples")).toBe(0);
    expectEqualCards(bench);
    // A block that was changed on its way has another CRC16 than was announced.
    bench.expectLegal(["block-crc"]);
  });

  it("finds what it had flushed after a power cut, and goes on", () => {
    const bench = new TwoCards(logger.image, { metadataEnd: DATA_START });
    const chance = new Prng(7);
    const board = bench.power.powerOn();
    board.run({ untilCycle: IN_THE_MIDDLE });
    const flushed = lastTold(board.uart, "flushed");
    expect(flushed).toBeGreaterThan(0);
    bench.power.cut({
      topology: POWER_SHARED,
      chooseOutcome: (card) => card.crashSpace().map(({ options }) => (chance.next() >>> 0) % options.length),
    });
    const next = bench.power.powerOn();
    bench.expectPass(next);
    expect(next.uart).toMatch(/^to resync [1-9]/);
    expect(lastTold(next.uart, "recovered")).toBeGreaterThanOrEqual(flushed);
    expectEqualCards(bench);
  });

  it("stops with a verdict when a card loses its power under it", () => {
    const bench = new TwoCards(logger.image);
    const board = bench.power.powerOn();
    board.run({ untilCycle: IN_THE_MIDDLE });
    bench.power.cut({
      topology: POWER_ONE,
      first: 1,
      chooseOutcome: (card) => card.crashSpace().map(() => 0),
    });
    bench.expectPass(board);
  });
});
