/** What a person types to the logger over its UART, while it logs. */
import { beforeAll, expect, it } from "vitest";
import type { Board } from "../../host/rp2040/index.js";
import { POWER_ONE } from "../../host/sdcard-emulator/index.js";
import { describeWithPrograms } from "../debian-packages.js";
import { COMPILER, COMPILER_MS } from "./built-firmware.js";
import { lastTold, loggerFirmware, SMALL, type LoggerFirmware } from "./logger-firmware.js";
import { TwoCards } from "./two-cards.js";

const DATA_START = 4 * SMALL.stride;
const LIMIT = 400_000_000;

/** Sectors of the array's data in which the cards differ. */
function differing(bench: TwoCards): number[] {
  const sectors = Array.from({ length: SMALL.cardSectors - DATA_START }, (_, i) => DATA_START + i);
  return sectors.filter((sector) => bench.view(0, sector) !== bench.view(1, sector));
}

function expectSaid(board: Board, pattern: RegExp): void {
  const end = board.run({ untilCycle: board.cycle + LIMIT, untilUart: pattern });
  expect([end, board.uart]).toEqual(["uart", expect.stringMatching(pattern)]);
}

function answer(board: Board, command: string, pattern: RegExp): void {
  board.type(`${command}\n`);
  expectSaid(board, pattern);
}

describeWithPrograms(COMPILER, "commands to the logger", () => {
  let logger: LoggerFirmware;

  beforeAll(() => {
    logger = loggerFirmware({ ...SMALL, blocks: 0 });
  }, COMPILER_MS);

  it("take a card out, and another one in its place: it gets everything, and both hold the same", () => {
    const bench = new TwoCards(logger.image, { metadataEnd: DATA_START });
    const board = bench.power.powerOn();
    expectSaid(board, /flushed 2\n/);
    answer(board, "remove 1", /removed 1\n/);
    answer(board, "status", /= card 0 in sync\n= card 1 missing\n/);
    // It is pulled, and what comes into the socket has never been initialised.
    bench.power.cut({
      topology: POWER_ONE,
      first: 1,
      chooseOutcome: (card) => card.crashSpace().map(() => 0),
    });
    bench.power.powerCard(1);
    const behind = lastTold(board.uart, "flushed") + 2;
    expectSaid(board, new RegExp(`flushed ${behind}\n`));
    expect(differing(bench).length).toBeGreaterThan(0);
    answer(board, "replace 1", /replaced 1\n/);
    answer(board, "status", /= card 1 in sync\n/);
    answer(board, "scrub", /scrubbed, differing 0\n/);
    answer(board, "stop", /PASS\n/);
    expect(differing(bench)).toEqual([]);
  });

  it("are refused where the mirror would not be one any more, and when nobody knows them", () => {
    const board = new TwoCards(logger.image).power.powerOn();
    expectSaid(board, /flushed 2\n/);
    answer(board, "replace 0", /refused replaced 2\n/);
    answer(board, "remove 0", /removed 0\n/);
    answer(board, "remove 1", /refused removed 2\n/);
    for (const wrong of ["remove 2", "remove", "status now", "x".repeat(60)])
      answer(board, wrong, /unknown command\n/);
    board.type("add 0\nscrub\n");
    expectSaid(board, /busy\n/);
    expectSaid(board, /added 0\n/);
    answer(board, "counters", /= records [1-9]\d*\n[^]*= mark waits [1-9]\d*\n[^]*= errors 1 0\n/);
    answer(board, "stop", /PASS\n/);
  });

  it("flush what has been logged, though no flush is due; and answers cost no sample", () => {
    const rare = loggerFirmware({ ...SMALL, blocks: 0, flushEvery: 1000 });
    const board = new TwoCards(rare.image).power.powerOn();
    expectSaid(board, /resynced 0\n/);
    board.run({ untilCycle: board.cycle + 20_000_000 });
    expect(board.uart).not.toContain("flushed");
    answer(board, "flush", /flushed [1-9]\d*\n/);
    answer(board, "status", /= card 1 in sync\n/);
    answer(board, "counters", /= errors 1 0\n/);
    answer(board, "stop", /lost samples 0\n[^]*PASS\n/);
  });

  it("tell what this scrub has found, not those before it too", () => {
    const bench = new TwoCards(logger.image);
    const board = bench.power.powerOn();
    expectSaid(board, /flushed 6\n/);
    // A card's sector decays, of the first block, which the ring comes back to much later.
    bench.decay(1, DATA_START + 1, bench.view(1, DATA_START + 2));
    // Compared, not mended: the next scrub finds it again.
    for (const _ of [1, 2]) answer(board, "scrub", /scrubbed, differing \d+\n/);
    expect(board.uart.match(/differing \d+/g)).toEqual(["differing 1", "differing 1"]);
  });

  it("flush once, also when a flush was due anyway", () => {
    // Always due.
    const { image, symbols } = loggerFirmware({ ...SMALL, blocks: 0, flushEvery: 0 });
    const board = new TwoCards(image).power.powerOn();
    const isAsked = (): number => board.chip.readUint8(symbols.get("flush_is_asked")!.address);
    expectSaid(board, /flushed 0\n/);
    board.type("flush\n");
    for (let i = 0; i < 1000 && isAsked() === 0; i++) board.run({ untilCycle: board.cycle + 1000 });
    expect(isAsked()).toBe(1);
    expectSaid(board, /flushed \d+\n(.*\n)*flushed \d+\n/);
    expect(isAsked()).toBe(0);
  });
});
