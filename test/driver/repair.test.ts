import { describe, expect, it } from "vitest";
import * as layout from "../../assembly/layout.js";
import type { DriverOptions } from "../../host/mirror/driver-options.js";
import { OPTIONS, ScriptedHost } from "./scripted-host.js";

const { STATUS_OK } = layout;
const DATA = 4;

/** Card sectors 4 and 5 (region 0) hold 1 and 2 on both cards, everything CLEAN. */
function written(options: DriverOptions = OPTIONS): ScriptedHost {
  const host = ScriptedHost.clean("production", options);
  host.write(0, 1, 1);
  host.write(1, 2, 2);
  host.clear();
  host.forgetTrace();
  return host;
}

describe("a sector that one card can't read", () => {
  it("is served by the other, and mended in place behind its mark", () => {
    const host = written();
    host.unreadable.add(DATA).add(1000 + DATA + 1);
    for (let tag = 10; tag < 14; tag++) {
      expect(host.exports.submit(layout.REQUEST_READ, 0, 2, tag, tag)).toBe(STATUS_OK);
      host.settle();
      expect(host.answers.get(tag)).toBe(STATUS_OK);
      expect([host.buffers.get(tag)![0], host.buffers.get(tag)![512]]).toEqual([1, 2]);
    }
    expect(host.unreadable.size).toBe(0);
    expect(host.cards[0][DATA]).toEqual(host.cards[1][DATA]);
    const mended = host.trace.findIndex((line) => /^[AB] write [45]\+1/.test(line));
    const marks = host.trace.slice(0, mended).filter((line) => / write [23]\+1/.test(line));
    expect(marks).toHaveLength(2);
    expect(host.exports.counter(layout.COUNTER_SECTORS_REPAIRED)).toBe(2);
    host.clear();
    expect(host.states()[0]).toBe(layout.REGION_CLEAN);
  });

  it("nor the other is an error until it is written", () => {
    const host = written();
    host.unreadable.add(DATA).add(1000 + DATA);
    expect(host.read(0, 10)).toBe(-layout.STATUS_READ_ERROR);
    expect(host.read(1, 11)).toBe(2);
    expect(host.write(0, 9, 12)).toBe(STATUS_OK);
    expect(host.read(0, 13)).toBe(9);
  });

  it("is counted, and a card that can't too often is dropped", () => {
    const host = written({ ...OPTIONS, more: new Map([[layout.OPTION_READ_ERRORS_MAX, 2]]) });
    host.unreadable.add(1000 + DATA).add(1000 + DATA + 1);
    for (let tag = 10; host.exports.memberState(1) === layout.MEMBER_IN_SYNC; tag++) {
      expect(tag).toBeLessThan(40);
      expect(host.read(tag & 1, tag)).toBe((tag & 1) + 1);
      host.unreadable.add(1000 + DATA).add(1000 + DATA + 1);
    }
    expect(host.exports.counter(layout.COUNTER_READ_ERRORS_1)).toBeGreaterThanOrEqual(2);
    expect(host.read(0, 50)).toBe(1);
  });

  it("is no reason to drop the last card", () => {
    const host = written({ ...OPTIONS, more: new Map([[layout.OPTION_READ_ERRORS_MAX, 2]]) });
    host.absent.add(1);
    host.write(2, 3, 10);
    host.unreadable.add(DATA);
    for (let tag = 20; tag < 30; tag++) expect(host.read(0, tag)).toBe(-layout.STATUS_READ_ERROR);
    expect(host.exports.counter(layout.COUNTER_READ_ERRORS_0)).toBeGreaterThanOrEqual(10);
    expect(host.exports.memberState(0)).toBe(layout.MEMBER_IN_SYNC);
    expect(host.read(2, 40)).toBe(3);
  });

  it("is lost when the other can't either, which is counted and listed", () => {
    const host = written();
    host.unreadable.add(DATA).add(1000 + DATA);
    expect(host.read(0, 10)).toBe(-layout.STATUS_READ_ERROR);
    expect(host.exports.counter(layout.COUNTER_SECTORS_LOST)).toBe(1);
    expect(host.events().at(-1)).toMatchObject({ kind: layout.RING_LOST, subject: 0 });
  });

  it("is mended alone: what the two cards have taken differently beside it reads as before", () => {
    const host = written();
    host.write(0, 5, 10);
    // The buffer has changed in flight.
    host.cards[1][DATA + 1]!.fill(7);
    expect(host.read(1, 12)).toBe(2);
    host.unreadable.add(DATA);
    host.exports.submit(layout.REQUEST_READ, 0, 2, 13, 13);
    host.settle();
    expect(host.unreadable.size).toBe(0);
    expect(host.read(1, 14)).toBe(2);
    expect(host.exports.counter(layout.COUNTER_SECTORS_REPAIRED)).toBe(1);
  });

  it("is nothing to mend once its region was discarded", () => {
    const host = written();
    host.unreadable.add(DATA);
    for (const tag of [10, 11]) host.exports.submit(layout.REQUEST_READ, 0, 1, tag, tag);
    host.exports.submit(layout.REQUEST_DISCARD, 0, 2, 0, 12);
    host.settle();
    expect(host.answers.get(12)).toBe(STATUS_OK);
    expect(host.read(0, 13)).toBe(0);
    expect(host.write(0, 3, 14)).toBe(STATUS_OK);
    expect(host.read(0, 15)).toBe(3);
  });
});

function scrub(host: ScriptedHost, mode: number, first = 0): void {
  host.answers.delete(90);
  expect(host.exports.scrub(mode, first, 90)).toBe(STATUS_OK);
  host.until(() => host.answers.has(90));
}

describe("a scrub", () => {
  it("finds nothing where both cards are the same, and writes nothing", () => {
    const host = written();
    scrub(host, layout.SCRUB_REPAIR);
    expect(host.answers.get(90)).toBe(STATUS_OK);
    expect(host.exports.counter(layout.COUNTER_SECTORS_SCRUBBED)).toBe(8);
    expect(host.exports.counter(layout.COUNTER_SCRUB_MISMATCHES)).toBe(0);
    expect(host.trace.some((line) => line.includes("write"))).toBe(false);
  });

  it("counts and lists what differs, and leaves it when it only compares", () => {
    const host = written();
    host.cards[1][DATA + 2]!.fill(0x55);
    scrub(host, layout.SCRUB_COMPARE);
    expect(host.exports.counter(layout.COUNTER_SCRUB_MISMATCHES)).toBe(1);
    expect(host.cards[1][DATA + 2]![0]).toBe(0x55);
    expect(host.events().filter(({ kind }) => kind === layout.RING_MISMATCH)).toMatchObject([
      { subject: 2, detail: layout.SCRUB_REASON_SOURCE << 8 },
    ]);
  });

  it("mends by evidence: what can be read, then the card with fewer errors, then the source", () => {
    const host = written();
    host.unreadable.add(DATA + 4);
    scrub(host, layout.SCRUB_REPAIR);
    expect(host.unreadable.size).toBe(0);
    host.cards[0][DATA + 2]!.fill(0x55);
    scrub(host, layout.SCRUB_REPAIR, 1);
    expect(host.cards[0][DATA + 2]![0]).toBe(0);
    const repairs = host.events().filter(({ kind }) => kind === layout.RING_REPAIR);
    expect(repairs.map(({ subject, detail }) => [subject, detail])).toEqual([
      [4, 1 | (layout.SCRUB_REASON_UNREADABLE << 8)],
      [2, 1 | (layout.SCRUB_REASON_FEWER_ERRORS << 8)],
    ]);
    host.clear();
    expect(host.states()).toEqual([1, 1, 1, 1]);
  });

  it("looks at the rest of a region in which it has mended something", () => {
    const host = ScriptedHost.clean("production", { ...OPTIONS, cardSectors: DATA + 64 }, 5);
    for (const sector of [2, 20, 33]) host.cards[1][DATA + sector]!.fill(0x55);
    scrub(host, layout.SCRUB_REPAIR);
    expect(host.exports.counter(layout.COUNTER_SECTORS_REPAIRED)).toBe(3);
    expect(host.exports.counter(layout.COUNTER_SECTORS_SCRUBBED)).toBe(64);
    expect(host.cards[0].slice(DATA)).toEqual(host.cards[1].slice(DATA));
  });

  it("passes over what is being discarded", () => {
    const host = written();
    host.cards[1][DATA]!.fill(0x55);
    host.exports.submit(layout.REQUEST_DISCARD, 0, 2, 0, 12);
    scrub(host, layout.SCRUB_REPAIR);
    expect(host.exports.counter(layout.COUNTER_SCRUB_MISMATCHES)).toBe(0);
    expect(host.write(0, 3, 13)).toBe(STATUS_OK);
  });

  it("says how far it came, for the next one to go on from there", () => {
    const host = written();
    expect(host.exports.scrub(layout.SCRUB_COMPARE, 1, 90)).toBe(STATUS_OK);
    while (host.exports.counter(layout.COUNTER_SCRUB_REGION) < 2) {
      if (host.pending.length === 0) host.tick(1);
      else host.answer();
    }
    host.exports.scrub(layout.SCRUB_STOP, 0, 91);
    // The piece under way is looked at to its end.
    host.settle();
    expect(host.exports.counter(layout.COUNTER_SCRUB_REGION)).toBe(3);
    scrub(host, layout.SCRUB_COMPARE, 3);
    expect(host.exports.counter(layout.COUNTER_SCRUB_REGION)).toBe(4);
    // Regions 1 to 3 of two sectors, each once.
    expect(host.exports.counter(layout.COUNTER_SECTORS_SCRUBBED)).toBe(6);
  });

  it("can be stopped, goes on from a region, and ends when a member is lost", () => {
    const host = written();
    expect(host.exports.scrub(layout.SCRUB_COMPARE, 4, 90)).toBe(layout.STATUS_RANGE);
    expect(host.exports.scrub(layout.SCRUB_STOP, 0, 90)).toBe(layout.STATUS_STATE);
    expect(host.exports.scrub(layout.SCRUB_COMPARE, 0, 90)).toBe(STATUS_OK);
    expect(host.exports.scrub(layout.SCRUB_COMPARE, 0, 91)).toBe(layout.STATUS_STATE);
    expect(host.exports.scrub(layout.SCRUB_STOP, 0, 92)).toBe(STATUS_OK);
    expect(host.answers.get(90)).toBe(layout.STATUS_ABORTED);
    host.settle();
    scrub(host, layout.SCRUB_COMPARE, 3);
    expect(host.answers.get(90)).toBe(STATUS_OK);
    host.answers.delete(90);
    host.exports.scrub(layout.SCRUB_REPAIR, 0, 90);
    host.absent.add(1);
    host.settle();
    host.write(0, 1, 93);
    expect(host.answers.get(90)).toBe(layout.STATUS_ABORTED);
    expect(host.exports.scrub(layout.SCRUB_COMPARE, 0, 94)).toBe(layout.STATUS_STATE);
  });
});

/** Sectors that resync copies while a caller reads all the time, which is for 1 s. */
function copiedBeside(rate: number, ticks = 100, tickMs = 10): number {
  const options: DriverOptions = {
    cardSectors: 4 + 4096,
    metadataStride: 1,
    epochMs: 10,
    more: new Map([[layout.OPTION_RESYNC_MIN_RATE, rate]]),
  };
  const host = new ScriptedHost("production", options.cardSectors);
  host.format(options, 6);
  expect(host.assemble(options)).toBe(STATUS_OK);
  for (let tick = 0; tick < ticks; tick++) {
    host.exports.submit(layout.REQUEST_READ, 0, 1, 1, 1000 + tick);
    host.tick(tickMs);
    host.settle();
  }
  return host.exports.counter(layout.COUNTER_SECTORS_RESYNCED);
}

describe("the throttle of copies", () => {
  it("gives them their rate beside callers, and all the time without", () => {
    const slow = copiedBeside(200);
    expect(slow).toBeGreaterThan(180);
    expect(slow).toBeLessThan(260);
    expect(copiedBeside(0)).toBe(4096);
  });

  it("gives the slowest rate too, which is less than a piece in a second", () => {
    const slowest = copiedBeside(1, 40, 1000);
    expect(slowest).toBeGreaterThanOrEqual(32);
    expect(slowest).toBeLessThanOrEqual(44);
  });

  it("gives them their share of the time without callers, between ticks", () => {
    const options: DriverOptions = {
      cardSectors: 4 + 4096,
      metadataStride: 1,
      epochMs: 1_000_000,
      more: new Map([[layout.OPTION_RESYNC_SHARE, 25]]),
    };
    const host = new ScriptedHost("production", options.cardSectors);
    host.format(options, 6);
    expect(host.assemble(options)).toBe(STATUS_OK);
    let busy = 0;
    for (let tick = 0; tick < 40; tick++) {
      const before = host.exports.counter(layout.COUNTER_SECTORS_RESYNCED);
      host.tick(10);
      for (let answers = 0; answers < 40 && host.pending.length > 0; answers++) host.answer();
      // The piece under way when an interval ends goes on in the next one.
      if (host.exports.counter(layout.COUNTER_SECTORS_RESYNCED) > before + 8) busy++;
    }
    expect(busy).toBe(10);
  });
});

describe("a scrub", () => {
  it("passes over nothing, although a chunk of a stopped one is still read", () => {
    const host = ScriptedHost.clean();
    host.write(0, 7, 1);
    host.flush(2);
    host.clear();
    host.cards[1][4]![0] = 99;
    host.exports.scrub(layout.SCRUB_COMPARE, 0, 10);
    host.tick(1);
    expect(host.pending.length).toBeGreaterThan(0);
    host.exports.scrub(layout.SCRUB_STOP, 0, 11);
    expect(host.exports.scrub(layout.SCRUB_REPAIR, 0, 12)).toBe(STATUS_OK);
    host.until(() => host.answers.has(12));
    expect(host.answers.get(12)).toBe(STATUS_OK);
    expect(host.cards[1][4]![0]).toBe(host.cards[0][4]![0]);
  });
});
