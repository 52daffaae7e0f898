/** Cards that are pulled, that lose their power, and that come back. */
import { describe, expect, it } from "vitest";
import { profile } from "../../host/sdcard-emulator/characteristics.js";
import {
  DATA_START,
  FAULTY,
  FLUSH,
  IN_SYNC,
  LiveBuffer,
  MEMBER_ADD,
  OK,
  READ,
  SpiBench,
  WRITE,
} from "./spi-bench.js";

const MEMBER_REPLACE = 3;
const STATE = 0;
const SECTORS = 1;
const ID_0 = 2;
const ID_1 = 3;
const FEATURES = 4;
const CARD_FAILED = 5;
const OFF = 0;

function members(bench: SpiBench): number[] {
  return [bench.module.exports.memberState(0), bench.module.exports.memberState(1)];
}

function write(bench: SpiBench, sector: number, value: number): number {
  return bench.request(WRITE, sector, 8, new LiveBuffer(8, bench.contents.stamp(value)));
}

function addAgain(bench: SpiBench, slot: number, command = MEMBER_ADD): void {
  expect(bench.mirror.start(slot)).toBe(OK);
  bench.run(() => bench.mirror.startStatus[slot]! >= 0, "the start");
  expect(bench.mirror.startStatus[slot]).toBe(OK);
  expect(bench.mirror.memberCommand(command, slot)).toBe(OK);
  bench.run(() => bench.module.exports.memberState(slot) === IN_SYNC, "the rebuild");
}

function expectEqual(bench: SpiBench): void {
  const [a, b] = bench.cards;
  for (let sector = DATA_START; sector < DATA_START + 256; sector++) {
    expect(a!.card.view(sector)).toBe(b!.card.view(sector));
  }
}

describe.each([1, 2] as const)("on %i buses", (buses) => {
  it("a card that is pulled under load is lost, and its partner goes on", () => {
    const bench = new SpiBench({ buses }).ready();
    expect(write(bench, 0, 1)).toBe(OK);
    let answered = -1;
    const done = { onBlockDone: (_tag: number, status: number) => (answered = status) };
    bench.mirror.request(WRITE, 0, 8, new LiveBuffer(8, bench.contents.stamp(2)), 0, done, 0);
    bench.runMs(1);
    bench.mirror.insertSpiCard(1, null);
    bench.run(() => answered >= 0);
    expect(answered).toBe(OK);
    expect(members(bench)).toEqual([IN_SYNC, FAULTY]);
    expect(bench.mirror.cardWord(1, STATE)).toBe(OFF);
    expect(write(bench, 64, 3)).toBe(OK);
    expect(bench.request(READ, 0, 8, new LiveBuffer(8, 0))).toBe(OK);
    expect(bench.request(FLUSH)).toBe(OK);
    bench.cards[0]!.expectLegal();
    // What goes to the empty slot is none of its neighbour's.
    expect(bench.mirror.start(1)).toBe(OK);
    bench.run(() => bench.mirror.startStatus[1]! >= 0, "the start");
    bench.runMs(60);
    bench.cards[0]!.expectLegal();
  });

  it("a card that is pulled at rest is noticed within two seconds", () => {
    const bench = new SpiBench({ buses }).ready();
    bench.runMs(200);
    bench.mirror.insertSpiCard(0, null);
    expect(members(bench)).toEqual([IN_SYNC, IN_SYNC]);
    bench.runMs(2000);
    expect(members(bench)).toEqual([FAULTY, IN_SYNC]);
  });

  it("a card that lost its power is never believed again, and can be added", () => {
    const bench = new SpiBench({ buses, characteristics: profile("tlc-cached") }).ready();
    expect(write(bench, 0, 1)).toBe(OK);
    const card = bench.cards[1]!;
    card.card.cutPower(card.card.crashSpace().map(() => 0));
    card.powerUp();
    expect(bench.request(FLUSH)).toBe(OK);
    expect(members(bench)).toEqual([IN_SYNC, FAULTY]);
    expect(write(bench, 40, 2)).toBe(OK);
    addAgain(bench, 1);
    expect(bench.request(FLUSH)).toBe(OK);
    expectEqual(bench);
  });

  it("another card may take its place", () => {
    const bench = new SpiBench({ buses }).ready();
    expect(write(bench, 0, 1)).toBe(OK);
    bench.mirror.insertSpiCard(1, null);
    expect(write(bench, 8, 2)).toBe(OK);
    expect(members(bench)).toEqual([IN_SYNC, FAULTY]);
    const fresh = bench.makeCard(1, "sdxc", {}, 77);
    bench.cards[1] = fresh;
    bench.mirror.insertSpiCard(1, fresh);
    addAgain(bench, 1, MEMBER_REPLACE);
    expectEqual(bench);
    // The identity that it was given in the superblock is its own.
    expect(bench.module.exports.superblockWord(1, 36) >>> 0).toBe(1077);
  });
});

describe("a slot whose card was pulled", () => {
  it("says nothing of that card once a start has begun, nor after it has failed", () => {
    const bench = new SpiBench().ready();
    bench.mirror.insertSpiCard(1, null);
    bench.runMs(2000);
    expect(members(bench)).toEqual([IN_SYNC, FAULTY]);
    const known = () => [SECTORS, ID_0, ID_1, FEATURES].map((key) => bench.mirror.cardWord(1, key));
    expect(known()).not.toContain(0);
    expect(bench.mirror.start(1)).toBe(OK);
    expect(known()).toEqual([0, 0, 0, 0]);
    bench.run(() => bench.mirror.startStatus[1]! >= 0, "the start");
    expect(bench.mirror.startStatus[1]).toBe(CARD_FAILED);
    expect(known()).toEqual([0, 0, 0, 0]);
  });
});

describe("an idle bit", () => {
  it("is told as a card that has initialised itself anew", () => {
    const bench = new SpiBench().ready();
    const { card } = bench.cards[0]!;
    // In SPI mode, but idle: what a dip of its power leaves of some cards.
    const exchange = card.exchange.bind(card);
    card.select(true);
    for (const byte of [0x40, 0, 0, 0, 0, 0x95, 0xff, 0xff, 0xff]) exchange(byte);
    card.select(false);
    bench.runMs(2000);
    expect(members(bench)).toEqual([FAULTY, IN_SYNC]);
    const causes = eventCauses(bench);
    expect(causes).toContain(3);
  });
});

/** Causes of the losses in the event ring. */
function eventCauses(bench: SpiBench): number[] {
  const { exports, memory } = bench.module;
  const view = new DataView(memory.buffer, exports.eventRing());
  const count = Math.min(view.getUint32(0, true), 32);
  const entries = Array.from({ length: count }, (_, i) => 16 + 16 * i);
  return entries
    .filter((at) => view.getUint32(at + 4, true) === 2)
    .map((at) => view.getUint32(at + 12, true));
}
