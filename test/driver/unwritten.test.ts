import { describe, expect, it } from "vitest";
import * as layout from "../../assembly/layout.js";
import type { DriverOptions } from "../../host/mirror/driver-options.js";
import { OPTIONS, REGION_SHIFT, ScriptedHost, type SentCommand } from "./scripted-host.js";

const { STATUS_OK, REGION_UNWRITTEN, REGION_CLEAN } = layout;
const EMPTY: DriverOptions = { ...OPTIONS, format: layout.FORMAT_EMPTY };
const DATA = 4;

/** Card A's zeroing. */
function zeroOfA(command: SentCommand): boolean {
  return command.name === "zero" && command.member === 0;
}

/** Any other command. */
function notZeroOfA(command: SentCommand): boolean {
  return !zeroOfA(command);
}

/** A new array on cards that are full of something else. */
function newArray(options = EMPTY, regionShift = REGION_SHIFT): ScriptedHost {
  const host = new ScriptedHost("production", options.cardSectors);
  host.cards.forEach((card, member) => card.forEach((sector) => sector.fill(0x60 + member)));
  host.format(options, regionShift);
  expect(host.assemble(options)).toBe(STATUS_OK);
  host.forgetTrace();
  return host;
}

describe("a region that was never written", () => {
  it("needs no copy, and reads as zeros without asking a card", () => {
    const host = newArray();
    expect(host.states()).toEqual([0, 0, 0, 0]);
    expect(host.read(3, 1)).toBe(0);
    expect(host.trace).toEqual([]);
    expect(host.cards[0][DATA + 3]![0]).toBe(0x60);
  });

  it("is zeroed as a whole and flushed, then recorded twice, before its first data leaves", () => {
    const host = newArray();
    expect(host.write(3, 9, 1)).toBe(STATUS_OK);
    const trace = host.forgetTrace();
    expect(trace.slice(0, 4)).toEqual(["A zero 6+2", "B zero 6+2", "A flush", "B flush"]);
    const dataAt = trace.indexOf("A write 7+1");
    // Sectors 2 and 3 are the slots.
    expect(trace.slice(4, dataAt).filter((line) => / write [23]\+1/.test(line))).toHaveLength(4);
    expect(host.read(3, 2)).toBe(9);
    expect(host.read(2, 3)).toBe(0);
    expect(host.states()).toEqual([0, layout.REGION_MAYBE_DIRTY, 0, 0]);
    host.clear();
    expect(host.states()).toEqual([0, REGION_CLEAN, 0, 0]);
  });

  it("is zeroed once for two writes that come together", () => {
    const host = newArray();
    host.exports.submit(layout.REQUEST_WRITE, 2, 1, 1, 1);
    host.exports.submit(layout.REQUEST_WRITE, 3, 1, 2, 2);
    host.settle();
    expect([host.answers.get(1), host.answers.get(2)]).toEqual([STATUS_OK, STATUS_OK]);
    expect(host.trace.filter((line) => line.includes("zero"))).toEqual(["A zero 6+2", "B zero 6+2"]);
  });

  it("is read in pieces beside written ones", () => {
    const host = newArray();
    host.write(2, 7, 1);
    const buffer = host.buffers;
    host.exports.submit(layout.REQUEST_READ, 0, 8, 5, 5);
    host.settle();
    expect(host.answers.get(5)).toBe(STATUS_OK);
    const bytes = Array.from({ length: 8 }, (_, i) => buffer.get(5)![i * 512]!);
    expect(bytes).toEqual([0, 0, 7, 0, 0, 0, 0, 0]);
  });

  it("stays unwritten over a boot, and the others come back as they were", () => {
    const host = newArray();
    host.write(2, 7, 1);
    host.flush(2);
    expect(host.assemble(EMPTY)).toBe(STATUS_OK);
    expect(host.states()).toEqual([0, layout.REGION_NEEDS_SYNC, 0, 0]);
    expect([host.read(2, 1), host.read(3, 2), host.read(0, 3)]).toEqual([7, 0, 0]);
  });

  it("survives a cut at any write of its first write: old zeros or new data, on both cards", () => {
    const host = newArray();
    const cuts = [host.snapshot()];
    host.buffers.set(1, new Uint8Array(512 * 128).fill(9));
    host.exports.submit(layout.REQUEST_WRITE, 3, 1, 1, 1);
    while (host.pending.length > 0) {
      host.answer();
      cuts.push(host.snapshot());
    }
    const seen = new Set<number>();
    for (const cut of cuts) {
      host.insert(cut);
      expect(host.assemble(EMPTY)).toBe(STATUS_OK);
      expect(host.read(2, 1)).toBe(0);
      seen.add(host.read(3, 2));
    }
    expect([...seen].toSorted()).toEqual([0, 9]);
  });

  it("is not zeroed on one card alone when another joins meanwhile", () => {
    const host = newArray();
    host.exports.memberCommand(layout.MEMBER_REMOVE, 1, 50);
    host.settle();
    host.exports.submit(layout.REQUEST_WRITE, 3, 1, 1, 1);
    const zeroing = host.pending.findIndex((command) => command.name === "zero");
    expect(zeroing).toBeGreaterThanOrEqual(0);
    host.exports.memberCommand(layout.MEMBER_ADD, 1, 51);
    for (let i = 0; i < 40 && host.pending.some(notZeroOfA); i++) {
      host.answer(notZeroOfA);
      if (!host.pending.some(notZeroOfA)) host.tick(10);
    }
    host.until(() => host.answers.has(51) && host.answers.has(1));
    expect(host.cards[1].slice(DATA + 2, DATA + 4)).toEqual(host.cards[0].slice(DATA + 2, DATA + 4));
  });

  it("is zeroed again when a member leaves under the zeros and comes back", () => {
    const options: DriverOptions = { ...EMPTY, cardSectors: DATA + 2 * 512 };
    const host = newArray(options, 9);
    host.exports.submit(layout.REQUEST_WRITE, 500, 1, 1, 1);
    // The first piece of four reaches A alone.
    host.answer((command) => command.name === "zero" && command.member === 1, layout.STATUS_CARD_FAILED);
    host.answer(zeroOfA);
    while (!host.pending.some(zeroOfA)) host.answer();
    host.exports.memberCommand(layout.MEMBER_ADD, 1, 50);
    for (let i = 0; host.exports.memberState(1) !== layout.MEMBER_REBUILDING; i++) {
      expect(i).toBeLessThan(100);
      if (host.pending.every(zeroOfA)) host.tick(10);
      else host.answer(notZeroOfA);
    }
    host.until(() => host.answers.has(50) && host.answers.has(1));
    host.clear();
    expect(host.exports.regionState(0)).toBe(REGION_CLEAN);
    const [a, b] = host.cards.map((card) => card.slice(DATA, DATA + 512));
    const differ = b!.findIndex((sector, at) => !Buffer.from(sector).equals(a![at]!));
    expect(differ).toBe(-1);
  });
});

describe("a discard", () => {
  it("gives whole regions back, durably, before it is answered", () => {
    const host = newArray();
    for (const sector of [0, 2, 4]) host.write(sector, 5, sector + 1);
    host.clear();
    host.forgetTrace();
    expect(host.exports.submit(layout.REQUEST_DISCARD, 1, 5, 0, 40)).toBe(STATUS_OK);
    host.exports.submit(layout.REQUEST_READ, 2, 1, 41, 41);
    expect(host.answers.has(41)).toBe(false);
    host.settle();
    expect([host.answers.get(40), host.answers.get(41)]).toEqual([STATUS_OK, STATUS_OK]);
    expect(host.trace.filter((line) => line.includes("write"))).toHaveLength(4);
    expect(host.buffers.get(41)![0]).toBe(0);
    expect(host.states()).toEqual([REGION_CLEAN, REGION_UNWRITTEN, REGION_UNWRITTEN, REGION_UNWRITTEN]);
    expect(host.assemble(EMPTY)).toBe(STATUS_OK);
    expect([host.read(0, 1), host.read(2, 2), host.read(4, 3)]).toEqual([5, 0, 0]);
  });

  it("of less than a region is nothing, and is answered", () => {
    const host = newArray();
    host.write(0, 5, 1);
    expect(host.exports.submit(layout.REQUEST_DISCARD, 1, 2, 0, 40)).toBe(STATUS_OK);
    host.settle();
    expect(host.answers.get(40)).toBe(STATUS_OK);
    expect(host.read(0, 2)).toBe(5);
  });

  it("of more than two bitmap sectors is durable in all of them before it is answered", () => {
    const cardSectors = 4 * 3 + 3 * layout.REGIONS_PER_BITMAP_SECTOR;
    const options: DriverOptions = { ...EMPTY, cardSectors, metadataStride: 3 };
    const host = newArray(options, 0);
    const sectors = host.exports.geometry(layout.GEOMETRY_DATA_SECTORS);
    expect(sectors).toBeGreaterThan(2 * layout.REGIONS_PER_BITMAP_SECTOR);
    const middle = layout.REGIONS_PER_BITMAP_SECTOR + 1;
    host.write(middle, 9, 1);
    host.clear();
    expect(host.exports.submit(layout.REQUEST_DISCARD, 0, sectors, 0, 40)).toBe(STATUS_OK);
    while (!host.answers.has(40)) {
      if (host.pending.length === 0) host.tick(1);
      else host.answer();
    }
    expect(host.assemble(options)).toBe(STATUS_OK);
    expect(host.exports.regionState(middle)).toBe(REGION_UNWRITTEN);
  });

  it("of many regions gives back a bounded number a call, and is answered when all are", () => {
    const perCall = layout.SCAN_STEPS;
    const regions = 2 * perCall + 1;
    const options: DriverOptions = { ...EMPTY, cardSectors: 4 + regions };
    const host = newArray(options, 0);
    const written = [0, perCall, 2 * perCall];
    written.forEach((sector, i) => host.write(sector, 9, i + 1));
    host.clear();
    const unwritten = (): number =>
      written.filter((region) => host.exports.regionState(region) === REGION_UNWRITTEN).length;
    expect(host.exports.submit(layout.REQUEST_DISCARD, 0, regions, 0, 40)).toBe(STATUS_OK);
    const seen = [unwritten()];
    while (!host.answers.has(40)) {
      host.settle();
      host.tick(1);
      seen.push(unwritten());
    }
    expect(seen).toEqual([1, 2, 3, ...seen.slice(3).map(() => 3)]);
    expect(host.assemble(options)).toBe(STATUS_OK);
    expect(unwritten()).toBe(3);
  });

  it("waits for a write before it, and a write after it begins anew", () => {
    const host = newArray();
    host.write(2, 5, 1);
    host.exports.submit(layout.REQUEST_WRITE, 2, 1, 1, 2);
    host.exports.submit(layout.REQUEST_DISCARD, 2, 2, 0, 3);
    host.buffers.set(4, new Uint8Array(512 * 128).fill(8));
    host.exports.submit(layout.REQUEST_WRITE, 3, 1, 4, 4);
    host.settle();
    expect([2, 3, 4].map((tag) => host.answers.get(tag))).toEqual([STATUS_OK, STATUS_OK, STATUS_OK]);
    expect([host.read(2, 5), host.read(3, 6)]).toEqual([0, 8]);
  });
});

describe("a write with force unit access", () => {
  it("is answered after a flush of both cards that began after it", () => {
    const host = ScriptedHost.clean();
    host.exports.submit(layout.REQUEST_WRITE_FUA, 0, 1, 1, 1);
    while (!host.trace.includes("B write 4+1")) host.answer();
    host.forgetTrace();
    host.answer((command) => command.name === "write");
    host.answer((command) => command.name === "write");
    expect(host.trace).toEqual(["A flush", "B flush"]);
    host.answer();
    expect(host.answers.has(1)).toBe(false);
    host.answer();
    expect(host.answers.get(1)).toBe(STATUS_OK);
  });
});
