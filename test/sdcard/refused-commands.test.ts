/** Commands that a card refuses, or answers with its idle bit, at one place on the wire. */
import { describe, expect, it } from "vitest";
import * as layout from "../../assembly/layout.js";
import { FrameFault, R1_CRC, R1_IDLE, R1_ILLEGAL } from "./frame-fault.js";
import { DATA_START, FAULTY, FLUSH, IN_SYNC, LiveBuffer, OK, SpiBench, WRITE } from "./spi-bench.js";

const CARD_FAILED = 5;
const STATE = 0;
const OFF = 0;
const WRITE_BLOCK = 24;
const WRITE_MULTIPLE = 25;

function stateOf(bench: SpiBench, slot: number): number {
  return bench.mirror.cardWord(slot, STATE);
}

function members(bench: SpiBench): number[] {
  return [bench.module.exports.memberState(0), bench.module.exports.memberState(1)];
}

function write(bench: SpiBench, sector: number, sectors: number): number {
  return bench.request(WRITE, sector, sectors, new LiveBuffer(sectors, bench.contents.stamp(7)));
}

describe.each([1, 2] as const)("on %i buses, a card that loses its power during a command", (buses) => {
  it("stays off until it is started, and the start is taken", () => {
    const bench = new SpiBench({ buses }).ready();
    const fault = new FrameFault(bench, 1, (command) => command === WRITE_MULTIPLE, R1_IDLE);
    expect(write(bench, 0, 8)).toBe(OK);
    expect(fault.hits).toBe(1);
    expect(members(bench)).toEqual([IN_SYNC, FAULTY]);
    expect(stateOf(bench, 1)).toBe(OFF);
    const { bytes } = bench.cards[1]!;
    bench.afterStep = () => expect(stateOf(bench, 1)).toBe(OFF);
    bench.runMs(3000);
    // A bus of its own is silent.
    if (buses === 2) expect(bench.cards[1]!.bytes).toBe(bytes);
    bench.afterStep = () => undefined;
    expect(bench.mirror.start(1)).toBe(OK);
    bench.run(() => bench.mirror.startStatus[1]! >= 0);
    expect(bench.mirror.startStatus[1]).toBe(OK);
    bench.expectLegal();
  });
});

describe("a refused command", () => {
  it("fails a format, whose first one it is", () => {
    const bench = new SpiBench();
    const fault = new FrameFault(bench, 0, (command) => command === WRITE_BLOCK, R1_ILLEGAL);
    expect(bench.format()).toBe(CARD_FAILED);
    expect(fault.hits).toBe(1);
  });

  it.each([layout.SPI_STATE_READ, layout.SPI_STATE_WRITE])("in state %i is no success", (refused) => {
    const bench = new SpiBench().ready();
    expect(write(bench, 0, 8)).toBe(OK);
    const fault = new FrameFault(bench, 0, (_command, state) => state === refused, R1_ILLEGAL);
    expect(write(bench, 0, 8)).toBe(OK);
    const buffer = new LiveBuffer(8, 0);
    for (let i = 0; i < 4; i++) expect(bench.request(0, 0, 8, buffer)).toBe(OK);
    expect(fault.hits).toBe(1);
    expect(members(bench)).toEqual([FAULTY, IN_SYNC]);
    bench.expectLegal();
  });
});

/** A write whose CMD25 is answered so, so often. */
function opened(r1: number, times: number): SpiBench {
  const bench = new SpiBench({ options: { epochMs: 3_600_000 } }).ready();
  expect(write(bench, 0, 8)).toBe(OK);
  expect(bench.request(FLUSH)).toBe(OK);
  const fault = new FrameFault(bench, 0, (command) => command === WRITE_MULTIPLE, r1, times);
  expect(write(bench, 0, 8)).toBe(OK);
  expect(fault.hits).toBe(times);
  bench.runMs(200);
  bench.expectLegal();
  return bench;
}

describe("CMD25", () => {
  it("refused loses the card, and no stop token is sent: there is no stream", () => {
    const bench = opened(R1_ILLEGAL, 1);
    expect(members(bench)).toEqual([FAULTY, IN_SYNC]);
  });

  it("with a wrong CRC three times is tried again once the status is known, as no stream was", () => {
    const bench = opened(R1_CRC, 3);
    expect(members(bench)).toEqual([IN_SYNC, IN_SYNC]);
    for (let sector = DATA_START; sector < DATA_START + 8; sector++) {
      expect(bench.cards[0]!.card.view(sector)).toBe(bench.cards[1]!.card.view(sector));
    }
  });
});
