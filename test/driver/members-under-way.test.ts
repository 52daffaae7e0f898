import { describe, expect, it } from "vitest";
import * as layout from "../../assembly/layout.js";
import type { DriverOptions } from "../../host/mirror/driver-options.js";
import { addedUpTo, degraded, isInSync, stateOf } from "./degraded-array.js";
import { OPTIONS, ScriptedHost } from "./scripted-host.js";

const { STATUS_OK } = layout;

const LARGE: DriverOptions = {
  cardSectors: 1204,
  metadataStride: 1,
  epochMs: 10,
  format: layout.FORMAT_EMPTY,
};

/** 1200 regions of a sector; region 1000 was copied after a crash, and all is clean. */
function copiedBefore(): ScriptedHost {
  const host = ScriptedHost.clean("production", LARGE, 0);
  host.write(1000, 1, 1);
  host.insert(host.snapshot());
  expect(host.assemble(LARGE)).toBe(STATUS_OK);
  host.until(() => host.exports.counter(layout.COUNTER_REGIONS_TO_SYNC) === 0);
  host.clear();
  return host;
}

function ticked(host: ScriptedHost): void {
  for (let i = 0; i < 500 && !host.answers.has(60); i++) {
    if (host.pending.length > 0) host.answer();
    host.tick(1);
  }
  host.until(() => host.answers.has(60));
}

describe("a card that runs alone", () => {
  it("says so in both copies, also after a cut between the two", () => {
    const host = ScriptedHost.clean();
    host.write(0, 1, 1);
    host.flush(2);
    host.clear();
    host.absent.add(0);
    host.buffers.get(1)!.fill(2);
    host.exports.submit(layout.REQUEST_WRITE, 0, 1, 1, 3);
    const saysAlone = (c: number): boolean => (host.cards[1][c]![layout.SUPERBLOCK_FLAGS_AT]! & 1) !== 0;
    while (![0, 1].some(saysAlone)) host.answer();
    // Cut; B alone is booted, runs, answers and flushes, and stops.
    host.insert(host.snapshot());
    host.absent.add(0);
    expect(host.assemble()).toBe(STATUS_OK);
    expect(host.write(0, 9, 10)).toBe(STATUS_OK);
    expect(host.flush(11)).toBe(STATUS_OK);
    host.exports.stop(12);
    host.until(() => host.answers.has(12));
    const alone = [0, 1].filter(saysAlone);
    expect.soft(alone).toEqual([0, 1]);
    // One sector of B can't be read any more; A is back.
    host.unreadable.add(1000 + alone[0]!);
    host.absent.clear();
    expect.soft(host.assemble()).toBe(STATUS_OK);
    expect(host.read(0, 20)).toBe(9);
  });
});

describe("a card that initialises itself anew", () => {
  it("is noticed while the array stops", () => {
    const host = ScriptedHost.clean();
    const before = host.snapshot();
    expect(host.write(0, 7, 1)).toBe(STATUS_OK);
    expect(host.exports.stop(2)).toBe(STATUS_OK);
    expect(host.epochs.length).toBe(1);
    // B initialised itself anew: the write, never flushed, is gone
    host.cards[1][4]!.set(before[1][4]!);
    expect.soft(host.exports.memberCommand(layout.MEMBER_REINITIALISED, 1, 3)).toBe(STATUS_OK);
    host.exports.syncDone(host.epochs[0]!, STATUS_OK);
    host.until(() => host.answers.has(2));
    host.insert(host.snapshot());
    expect(host.assemble()).toBe(STATUS_OK);
    expect(host.exports.regionState(0)).not.toBe(layout.REGION_CLEAN);
    expect([host.read(0, 10), host.read(0, 11)]).toEqual([7, 7]);
  });

  it("is noticed of a target that is no member yet", () => {
    const host = degraded();
    host.absent.clear();
    const before = host.snapshot()[1];
    host.exports.memberCommand(layout.MEMBER_ADD, 1, 60);
    // until the target's superblock says REBUILDING in both copies, unflushed second copy
    for (let i = 0; i < 200 && stateOf(host)[1] !== layout.MEMBER_REBUILDING; i++) {
      const c = host.answer();
      if (c.member === 1 && c.name === "write" && c.sector < 2) {
        // cache lost: what it was just given is gone
        host.cards[1][c.sector]!.set(before[c.sector]!);
        const st = host.exports.memberCommand(layout.MEMBER_REINITIALISED, 1, 70 + c.sector);
        expect.soft(st).toBe(STATUS_OK);
      }
      if (host.pending.length === 0) host.tick(10);
      if (host.answers.has(60)) break;
    }
    expect(
      host.cards[1][0]![layout.SUPERBLOCK_FLAGS_AT]! & 2 || stateOf(host)[1] !== layout.MEMBER_REBUILDING,
    ).toBeTruthy();
  });
});

describe("the target of a rebuild", () => {
  it("is not charged with the read errors of the card whose place it takes", () => {
    const options: DriverOptions = { ...OPTIONS, more: new Map([[layout.OPTION_READ_ERRORS_MAX, 3]]) };
    const host = ScriptedHost.clean("production", options);
    host.write(0, 1, 1);
    host.clear();
    for (let i = 0; host.exports.memberState(1) === layout.MEMBER_IN_SYNC; i++) {
      host.unreadable.add(1004);
      host.read(0, 100 + i);
      host.settle();
      host.clear();
      expect(i).toBeLessThan(50);
    }
    host.unreadable.clear();
    host.cards[1].forEach((sector) => sector.fill(0));
    host.exports.configure(layout.OPTION_CARD_B_ID_0, 0x99);
    host.exports.memberCommand(layout.MEMBER_REPLACE, 1, 60);
    host.until(() => host.answers.has(60));
    host.clear();
    expect(host.exports.memberState(1)).toBe(layout.MEMBER_IN_SYNC);
    host.unreadable.add(1004);
    for (let i = 0; i < 4 && host.unreadable.size > 0; i++) host.read(0, 300 + i);
    host.settle();
    expect(host.exports.memberState(1)).toBe(layout.MEMBER_IN_SYNC);
  });

  it("may initialise itself anew at any step: that ends the rebuild, and the next one succeeds", () => {
    const start = degraded();
    const statuses = new Set<number | undefined>();
    for (let step = 0; !statuses.has(STATUS_OK); step++) {
      expect(step).toBeLessThan(200);
      const host = addedUpTo(start, step);
      statuses.add(host.answers.get(60));
      host.endTransfersOf(1);
      expect(host.exports.memberCommand(layout.MEMBER_REINITIALISED, 1, 61)).toBe(STATUS_OK);
      host.until(() => host.answers.has(61));
      expect(host.answers.get(60)).not.toBeUndefined();
      // Busy while its loss is being recorded.
      host.until(() => host.exports.memberCommand(layout.MEMBER_ADD, 1, 62) === STATUS_OK);
      host.until(() => host.answers.has(62));
      expect(host.answers.get(62)).toBe(STATUS_OK);
      host.clear();
      expect(host.cards[1].slice(4)).toEqual(host.cards[0].slice(4));
    }
    expect([...statuses]).toEqual([undefined, STATUS_OK]);
  });

  it("gets the records of scheme single too: what is first written meanwhile is there when it is alone", () => {
    const options: DriverOptions = {
      ...OPTIONS,
      more: new Map([[layout.OPTION_BITMAP_SCHEME, layout.BITMAP_SINGLE]]),
      format: layout.FORMAT_EMPTY,
    };
    const host = ScriptedHost.clean("production", options);
    host.write(0, 1, 1);
    host.flush(2);
    expect(host.exports.memberCommand(layout.MEMBER_FAIL, 1, 3)).toBe(STATUS_OK);
    host.settle();
    expect(host.write(0, 2, 4)).toBe(STATUS_OK);
    host.exports.memberCommand(layout.MEMBER_ADD, 1, 60);
    while (host.exports.memberState(1) !== layout.MEMBER_REBUILDING) host.answer();
    // Region 2 is written for the first time, and everything is flushed.
    expect(host.write(4, 7, 5)).toBe(STATUS_OK);
    expect(host.flush(6)).toBe(STATUS_OK);
    // The layer above is slow with its sync.
    for (let i = 0; i < 200 && !host.answers.has(60); i++) {
      host.tick(10);
      host.settle();
    }
    expect([host.answers.get(60), isInSync(host)]).toEqual([STATUS_OK, true]);
    expect(host.flush(7)).toBe(STATUS_OK);
    expect(host.read(4, 70)).toBe(7);
    // A goes; B says so, and answers.
    host.exports.memberCommand(layout.MEMBER_FAIL, 0, 8);
    host.settle();
    expect(host.read(4, 9)).toBe(7);
    host.absent.add(0);
    expect(host.assemble(options)).toBe(STATUS_OK);
    expect(host.read(4, 10)).toBe(7);
  });
});

describe("a member of an array with more regions than one call sweeps", () => {
  it.each([
    ["is added again while what it marked itself is copied", layout.MEMBER_ADD],
    ["is replaced", layout.MEMBER_REPLACE],
  ])("%s", (_, command) => {
    const host = copiedBefore();
    expect(host.write(1100, 5, 2)).toBe(STATUS_OK);
    host.exports.memberCommand(layout.MEMBER_FAIL, 1, 3);
    host.settle();
    host.exports.memberCommand(command, 1, 60);
    ticked(host);
    expect(host.answers.get(60)).toBe(STATUS_OK);
  });
});

const slow = (c: { name: string; sector: number }): boolean => c.name === "zero" && c.sector >= 8;

describe("a first write over several regions", () => {
  it("ends, and so does all else, when a member joins and there is a soft cap", () => {
    const options: DriverOptions = {
      ...OPTIONS,
      format: layout.FORMAT_EMPTY,
      more: new Map([[layout.OPTION_MARKED_MAX, 2]]),
    };
    const host = ScriptedHost.clean("production", options);
    host.exports.memberCommand(layout.MEMBER_FAIL, 1, 3);
    host.settle();
    expect(host.write(0, 1, 4)).toBe(STATUS_OK);
    // Given back: nothing to prove there, but the next pass looks at it.
    host.exports.submit(layout.REQUEST_DISCARD, 0, 2, 0, 6);
    host.settle();
    expect(host.answers.get(6)).toBe(STATUS_OK);
    host.tick(100);
    host.exports.memberCommand(layout.MEMBER_ADD, 1, 60);
    // Until B is told that it is being rebuilt: no record begins meanwhile. A record may be left to the next call.
    while (!host.pending.some((c) => c.member === 1 && c.name === "write" && c.sector < 2)) {
      if (host.pending.length > 0) host.answer();
      else host.tick(0);
    }
    // Regions 1, 2 and 3 are written for the first time; region 1 is zeroed on A alone, region 2 is being.
    host.exports.submit(layout.REQUEST_WRITE, 2, 6, 9, 5);
    host.answer((c) => c.name === "zero" && c.sector === 6);
    host.answer((c) => c.name === "flush" && c.member === 0);
    expect(host.pending.some(slow)).toBe(true);
    for (let i = 0; i < 100; i++) {
      while (host.pending.some((c) => !slow(c))) host.answer((c) => !slow(c));
      host.tick(10);
      for (const epoch of host.epochs.splice(0)) host.exports.syncDone(epoch, STATUS_OK);
    }
    expect(host.exports.memberState(1)).toBe(layout.MEMBER_REBUILDING);
    // The zeros come through, and from here on everybody answers at once.
    host.until(() => host.answers.has(5) && host.answers.has(60));
  });
});
