import { describe, expect, it } from "vitest";
import * as layout from "../../assembly/layout.js";
import type { DriverOptions } from "../../host/mirror/driver-options.js";
import { OPTIONS, ScriptedHost } from "./scripted-host.js";

const { STATUS_OK } = layout;
const DATA = 4;
const READ = layout.REQUEST_READ;

describe("the one copy buffer", () => {
  it("keeps apart what a repair and a scrub find at the same time", () => {
    const host = ScriptedHost.clean();
    host.cards[1][DATA + 4]!.fill(0x55);
    host.unreadable.add(DATA).add(DATA + 1);
    host.exports.scrub(layout.SCRUB_COMPARE, 2, 90);
    for (const tag of [10, 11]) host.exports.submit(READ, 0, 2, tag, tag);
    host.tick(1);
    // Callers' reads are answered first, so that the repair comes while the scrub compares.
    while (host.pending.length > 0)
      host.answer((command) => !command.own || !host.pending.some((c) => !c.own));
    host.until(() => host.answers.has(90));
    const mismatches = host.events().filter(({ kind }) => kind === layout.RING_MISMATCH);
    expect(mismatches.map(({ subject }) => subject)).toEqual([4]);
    expect(host.unreadable.size).toBe(0);
  });

  it("comes to resync too while reads are written back without an end", () => {
    const options: DriverOptions = { ...OPTIONS, cardSectors: DATA + 256, epochMs: 1_000_000 };
    const host = new ScriptedHost("production", options.cardSectors);
    host.format(options, 6);
    expect(host.assemble(options)).toBe(STATUS_OK);
    host.tick(1);
    let tag = 1000;
    let open: number[] = [];
    for (let answers = 0; answers < 3000; answers++) {
      open = open.filter((each) => !host.answers.has(each));
      // All in the last region, which resync comes to last.
      for (; open.length < 8; open.push(tag++)) host.exports.submit(READ, 192 + (tag % 8) * 8, 8, 1, tag);
      host.answer();
    }
    expect(host.exports.counter(layout.COUNTER_SECTORS_RESYNCED)).toBeGreaterThanOrEqual(128);
    expect(host.exports.counter(layout.COUNTER_READS_WRITTEN_BACK)).toBeGreaterThan(50);
  });
});

/** Everything that uses the buffer at once: resync, pinned reads, a rewrite, a repair, a scrub. @returns tags to be answered */
function busyHost(): { host: ScriptedHost; tags: number[] } {
  const options: DriverOptions = {
    ...OPTIONS,
    cardSectors: DATA + 64,
    epochMs: 1_000_000,
    more: new Map([[layout.OPTION_FINGERPRINT, layout.FINGERPRINT_CRC32C]]),
  };
  const host = ScriptedHost.clean("production", { ...options, epochMs: 10 }, 4);
  // Regions 2 and 3 need sync after this boot, 0 and 1 are clean.
  host.write(32, 9, 500);
  host.write(48, 9, 501);
  expect(host.assemble(options)).toBe(STATUS_OK);
  expect(host.states()).toEqual([1, 1, 5, 5]);
  host.unreadable.add(DATA).add(1000 + DATA + 1);
  host.cards[0][DATA + 20]!.fill(0x77);
  const tags = [90, 10, 11, 12, 13, 14];
  host.exports.scrub(layout.SCRUB_REPAIR, 1, 90);
  host.exports.submit(READ, 0, 2, 10, 10);
  host.exports.submit(READ, 0, 2, 11, 11);
  host.exports.submit(READ, 34, 6, 12, 12);
  host.exports.submit(READ, 50, 6, 13, 13);
  host.exports.submit(layout.REQUEST_WRITE, 26, 6, 14, 14);
  host.tick(1);
  return { host, tags };
}

/** Answers one command; the two cards accept different bytes of a caller's write. */
function answerRacing(host: ScriptedHost): void {
  const [next] = host.pending;
  const races = next!.name === "write" && !next!.own;
  host.answer(undefined, undefined, races ? next!.member : 0);
}

function finish(host: ScriptedHost, tags: readonly number[]): void {
  for (let ticks = 0; ticks < 200 && !tags.every((tag) => host.answers.has(tag)); ticks++) {
    while (host.pending.length > 0) answerRacing(host);
    host.tick(1);
  }
  expect(tags.filter((tag) => !host.answers.has(tag))).toEqual([]);
}

describe("a resync, pinned reads, a rewrite, a repair and a scrub at once", () => {
  it("all come to their end", () => {
    const { host, tags } = busyHost();
    finish(host, tags);
    expect(tags.map((tag) => host.answers.get(tag))).toEqual(tags.map(() => STATUS_OK));
    expect(host.exports.counter(layout.COUNTER_FINGERPRINT_MISMATCHES)).toBe(1);
    expect(host.exports.counter(layout.COUNTER_SECTORS_REPAIRED)).toBeGreaterThanOrEqual(2);
    expect(host.exports.counter(layout.COUNTER_REGIONS_TO_SYNC)).toBe(0);
    expect(host.cards[0].slice(DATA)).toEqual(host.cards[1].slice(DATA));
  });

  it.each([0, 1])("survive the loss of card %i after any number of answers", (member) => {
    let lost = 0;
    for (let answers = 0; ; answers++) {
      const { host, tags } = busyHost();
      for (let answered = 0; answered < answers && host.pending.length > 0; answered++) answerRacing(host);
      const over = tags.every((tag) => host.answers.has(tag));
      host.absent.add(member);
      finish(host, tags);
      const statuses = tags.slice(1).map((tag) => host.answers.get(tag));
      // What only the lost card could read is gone; everything else is answered by the survivor.
      const unreadable = [STATUS_OK, layout.STATUS_READ_ERROR];
      expect(statuses.slice(0, 2).every((status) => unreadable.includes(status!))).toBe(true);
      expect(statuses.slice(2)).toEqual([STATUS_OK, STATUS_OK, STATUS_OK]);
      if (host.exports.memberState(member) === layout.MEMBER_FAULTY) lost++;
      expect(host.write(40, 3, 600)).toBe(STATUS_OK);
      expect(host.read(40, 601)).toBe(3);
      expect(host.exports.stop(602)).toBe(STATUS_OK);
      for (let ticks = 0; ticks < 20 && !host.answers.has(602); ticks++) {
        host.tick(10);
        host.settle();
        for (const epoch of host.epochs.splice(0)) host.exports.syncDone(epoch, STATUS_OK);
      }
      expect(host.answers.get(602)).toBe(STATUS_OK);
      if (over) break;
    }
    expect(lost).toBeGreaterThan(60);
  });
});
