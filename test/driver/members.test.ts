import { describe, expect, it } from "vitest";
import * as layout from "../../assembly/layout.js";
import { readDriver } from "../../host/mirror/driver-binary.js";
import { DriverModule } from "../../host/mirror/driver-module.js";
import type { DriverOptions } from "../../host/mirror/driver-options.js";
import { DEGRADED, addedUpTo, degraded, isInSync, stateOf } from "./degraded-array.js";
import { OPTIONS, ScriptedHost } from "./scripted-host.js";

const { STATUS_OK } = layout;

function choosing(slot: number): DriverOptions {
  return { ...OPTIONS, more: new Map([[layout.OPTION_CHOOSE, slot + 1]]) };
}

function silent(command: { readonly member: number }): boolean {
  return command.member === 1;
}

function lineageOf(card: readonly Uint8Array[]): Buffer {
  return Buffer.from(card[0]!.subarray(layout.SUPERBLOCK_LINEAGE_AT, layout.SUPERBLOCK_LINEAGE_AT + 8));
}

function flagsOf(card: readonly Uint8Array[]): number {
  return Buffer.from(card[0]!).readUInt32LE(layout.SUPERBLOCK_FLAGS_AT);
}

describe("the member table", () => {
  const STATES = ["MISSING", "IN_SYNC", "FAULTY", "REBUILDING"];
  const TABLE: Readonly<Record<string, string>> = {
    MISSING: "IN_SYNC REBUILDING - - -",
    IN_SYNC: "- - - FAULTY MISSING",
    FAULTY: "- REBUILDING - - -",
    REBUILDING: "- - IN_SYNC FAULTY MISSING",
  };
  const { memberTransition } = new DriverModule(readDriver("production")).exports;

  it.each(STATES.map((name, state) => [name, state] as const))("every cell of %s", (name, state) => {
    expect([STATES.length, layout.MEMBER_EVENTS]).toEqual([layout.MEMBER_STATES, 5]);
    const row = Array.from({ length: layout.MEMBER_EVENTS }, (_, event) => {
      const next = memberTransition(state, event);
      return next === layout.TRANSITION_IMPOSSIBLE ? "-" : next === state ? "." : STATES[next]!;
    });
    expect(row.join(" ")).toBe(TABLE[name]);
  });
});

describe("a member that is lost", () => {
  it("is recorded on the survivor, both copies, before anybody is answered", () => {
    const host = ScriptedHost.clean();
    const before = lineageOf(host.cards[0]);
    host.exports.submit(layout.REQUEST_WRITE, 0, 1, 5, 1);
    host.exports.submit(layout.REQUEST_READ, 2, 1, 6, 2);
    host.absent.add(1);
    while (host.pending.length > 0) {
      const recorded = [0, 1].every((copy) => (host.cards[0][copy]![layout.SUPERBLOCK_FLAGS_AT]! & 1) !== 0);
      if (!recorded) expect([host.answers.get(1), host.answers.get(2)]).not.toContain(STATUS_OK);
      host.answer();
    }
    expect([host.answers.get(1), host.answers.get(2)]).toEqual([STATUS_OK, STATUS_OK]);
    expect(stateOf(host)).toEqual([layout.MEMBER_IN_SYNC, layout.MEMBER_FAULTY]);
    expect(flagsOf(host.cards[0])).toBe(layout.SUPERBLOCK_ALONE);
    expect(host.cards[0][0]).toEqual(host.cards[0][1]);
    expect(lineageOf(host.cards[0])).not.toEqual(before);
    expect(host.cards[0][0]!.subarray(56, 64)).toEqual(new Uint8Array(before));
  });

  it.each([0, 1])("leaves an array that reads, writes and keeps its marks: slot %i", (lost) => {
    const host = ScriptedHost.clean();
    host.absent.add(lost);
    expect(host.write(2, 7, 1)).toBe(STATUS_OK);
    expect(host.read(2, 2)).toBe(7);
    for (let i = 0; i < 20; i++) host.tick(10);
    host.settle();
    expect(host.epochs).toEqual([]);
    expect(host.states()[1]).toBe(layout.REGION_MAYBE_DIRTY);
  });

  it("is lost when it owes an answer for longer than its deadline", () => {
    const host = ScriptedHost.clean("production", {
      ...OPTIONS,
      more: new Map([[layout.OPTION_DEADLINE_MS, 100]]),
    });
    host.write(0, 1, 1);
    host.exports.submit(layout.REQUEST_WRITE, 0, 1, 5, 2);
    host.answer((command) => !silent(command));
    host.tick(100);
    expect(stateOf(host)[1]).toBe(layout.MEMBER_IN_SYNC);
    host.tick(1);
    expect(stateOf(host)[1]).toBe(layout.MEMBER_FAULTY);
    while (host.pending.some((command) => !silent(command))) host.answer((command) => !silent(command));
    expect(host.answers.get(2)).toBe(STATUS_OK);
    const stale = host.exports.counter(layout.COUNTER_STALE_ANSWERS);
    host.settle();
    expect(host.exports.counter(layout.COUNTER_STALE_ANSWERS)).toBe(stale + 1);
  });

  it.each([
    ["fail", layout.MEMBER_FAIL, layout.MEMBER_MISSING],
    ["remove", layout.MEMBER_REMOVE, layout.MEMBER_MISSING],
    ["reinitialised", layout.MEMBER_REINITIALISED, layout.MEMBER_FAULTY],
  ])("by command: %s", (_, command, state) => {
    const host = ScriptedHost.clean();
    expect(host.exports.memberCommand(command, 1, 50)).toBe(STATUS_OK);
    expect(host.answers.has(50)).toBe(false);
    host.settle();
    expect(host.answers.get(50)).toBe(STATUS_OK);
    expect(stateOf(host)).toEqual([layout.MEMBER_IN_SYNC, state]);
    expect(flagsOf(host.cards[0])).toBe(layout.SUPERBLOCK_ALONE);
    // The only card can't be taken out; but if it has lost its cache, the array has failed.
    const lost = command === layout.MEMBER_REINITIALISED;
    expect(host.exports.memberCommand(command, 0, 51)).toBe(lost ? STATUS_OK : layout.STATUS_STATE);
    if (lost) expect(host.answers.get(51)).toBe(layout.STATUS_CARD_FAILED);
    if (!lost) expect(host.exports.memberCommand(99, 0, 51)).toBe(layout.STATUS_RANGE);
  });
});

describe("a command about a member that assembly rebuilds", () => {
  it.each([
    ["fail", layout.MEMBER_FAIL, layout.MEMBER_MISSING],
    ["remove", layout.MEMBER_REMOVE, layout.MEMBER_MISSING],
    ["reinitialised", layout.MEMBER_REINITIALISED, layout.MEMBER_FAULTY],
  ])("%s: is answered for itself, not for the rebuild", (_, command, state) => {
    const host = degraded();
    host.absent.clear();
    expect(host.assemble()).toBe(STATUS_OK);
    host.until(() => stateOf(host)[1] === layout.MEMBER_REBUILDING);
    expect(host.exports.memberCommand(command, 1, 50)).toBe(STATUS_OK);
    host.until(() => host.answers.has(50));
    expect([host.answers.get(50), stateOf(host)[1]]).toEqual([STATUS_OK, state]);
  });
});

describe("the next boot", () => {
  it("with both cards: the survivor wins, and the other gets what it missed and no more", () => {
    const host = degraded();
    host.absent.clear();
    expect(host.assemble()).toBe(STATUS_OK);
    expect(host.read(0, 1)).toBe(2);
    host.forgetTrace();
    host.until(() => isInSync(host));
    expect(host.trace.filter((line) => line.startsWith("A read"))).toEqual(["A read 4+2"]);
    expect(host.cards[1][4]![0]).toBe(2);
    expect(flagsOf(host.cards[0])).toBe(0);
    expect(lineageOf(host.cards[0])).toEqual(lineageOf(host.cards[1]));
    host.clear();
    expect(host.assemble()).toBe(STATUS_OK);
    expect(isInSync(host)).toBe(true);
    expect(host.states()).toEqual([1, 1, 1, 1]);
  });

  it("with the survivor alone runs; with the other alone is for a person", () => {
    const host = degraded();
    expect(host.assemble()).toBe(STATUS_OK);
    expect(host.read(0, 1)).toBe(2);
    host.absent.clear();
    host.absent.add(0);
    expect(host.assemble()).toBe(layout.STATUS_ONE_CARD);
  });

  it("after both ran alone is a split, until a person chooses", () => {
    const host = degraded();
    const mine = host.snapshot()[0];
    host.absent.clear();
    host.absent.add(0);
    expect(host.assemble(DEGRADED)).toBe(STATUS_OK);
    expect(host.write(0, 3, 1)).toBe(STATUS_OK);
    host.insert([mine, host.snapshot()[1]]);
    const before = host.snapshot();
    expect(host.assemble()).toBe(layout.STATUS_SPLIT);
    expect(host.snapshot()).toEqual(before);
    expect(host.exports.superblockWord(0, layout.SUPERBLOCK_LINEAGE_AT)).not.toBe(
      host.exports.superblockWord(1, layout.SUPERBLOCK_LINEAGE_AT),
    );
    expect(host.assemble(choosing(1))).toBe(STATUS_OK);
    expect(host.read(0, 1)).toBe(3);
    host.until(() => isInSync(host));
    expect(host.cards[0].slice(4)).toEqual(host.cards[1].slice(4));
  });

  it("takes swapped cards for what they are", () => {
    const host = degraded();
    const [a, b] = host.snapshot();
    host.insert([b, a]);
    expect(host.assemble()).toBe(STATUS_OK);
    expect(host.read(0, 1)).toBe(2);
    host.until(() => isInSync(host));
    expect(host.cards[0][4]![0]).toBe(2);
  });
});

describe("a card that is put in", () => {
  it("again gets what it missed, under way", () => {
    const host = degraded();
    host.absent.clear();
    expect(host.exports.memberCommand(layout.MEMBER_ADD, 1, 60)).toBe(STATUS_OK);
    expect(host.exports.memberCommand(layout.MEMBER_ADD, 1, 61)).toBe(layout.STATUS_BUSY);
    host.until(() => host.answers.has(60));
    expect(host.answers.get(60)).toBe(STATUS_OK);
    expect(isInSync(host)).toBe(true);
    expect(host.cards[1][4]![0]).toBe(2);
  });

  it("again is flushed, although it was lost while it owed a flush", () => {
    const host = ScriptedHost.clean();
    host.exports.submit(layout.REQUEST_FLUSH, 0, 0, 0, 1);
    host.answer((command) => command.name === "flush" && command.member === 1, layout.STATUS_CARD_FAILED);
    host.until(() => host.answers.has(1));
    host.exports.submit(layout.REQUEST_WRITE, 0, 1, 2, 2);
    host.exports.memberCommand(layout.MEMBER_ADD, 1, 60);
    host.until(() => host.answers.has(60) && host.answers.has(2));
    expect([host.answers.get(2), host.answers.get(60), isInSync(host)]).toEqual([STATUS_OK, STATUS_OK, true]);
  });

  it.each([
    ["add", layout.MEMBER_ADD],
    ["replace", layout.MEMBER_REPLACE],
  ])("and answers nothing is given up, as often as it is tried: %s", (_, command) => {
    const host = degraded();
    for (const tag of [60, 61]) {
      expect(host.exports.memberCommand(command, 1, tag)).toBe(STATUS_OK);
      host.settle();
      expect(host.answers.get(tag)).toBe(layout.STATUS_ABORTED);
    }
    host.absent.clear();
    expect(host.exports.memberCommand(command, 1, 62)).toBe(STATUS_OK);
    host.until(() => host.answers.has(62));
    expect([host.answers.get(62), isInSync(host)]).toEqual([STATUS_OK, true]);
  });

  it("is told when the only complete card cannot read a sector, and added once that is written", () => {
    const host = degraded();
    host.absent.clear();
    host.unreadable.add(4);
    expect(host.exports.memberCommand(layout.MEMBER_ADD, 1, 60)).toBe(STATUS_OK);
    host.until(() => host.answers.has(60));
    expect(host.answers.get(60)).toBe(layout.STATUS_SOURCE_UNREADABLE);
    expect(
      host
        .events()
        .some(({ kind, detail }) => kind === layout.RING_LOSS && detail === layout.CAUSE_SOURCE_UNREADABLE),
    ).toBe(true);
    host.write(0, 3, 61);
    expect(host.exports.memberCommand(layout.MEMBER_ADD, 1, 62)).toBe(STATUS_OK);
    host.until(() => host.answers.has(62));
    expect([host.answers.get(62), isInSync(host), host.read(0, 63)]).toEqual([STATUS_OK, true, 3]);
  });

  it("is refused if it is foreign, and replaces the member on command", () => {
    const host = degraded();
    host.absent.clear();
    host.cards[1].forEach((sector) => sector.fill(0x77));
    expect(host.exports.memberCommand(layout.MEMBER_ADD, 1, 60)).toBe(STATUS_OK);
    host.until(() => host.answers.has(60));
    expect(host.answers.get(60)).toBe(layout.STATUS_FOREIGN);
    expect(host.cards[1].every((sector) => sector.every((byte) => byte === 0x77))).toBe(true);
    host.exports.configure(layout.OPTION_CARD_B_ID_0, 0x99);
    expect(host.exports.memberCommand(layout.MEMBER_REPLACE, 1, 62)).toBe(STATUS_OK);
    host.until(() => host.answers.has(62));
    expect(host.answers.get(62)).toBe(STATUS_OK);
    expect(host.cards[1].slice(4)).toEqual(host.cards[0].slice(4));
    expect(host.exports.superblockWord(0, layout.SUPERBLOCK_PARTNER_ID_AT)).toBe(0x99);
    host.clear();
    expect(host.assemble()).toBe(STATUS_OK);
    expect(isInSync(host)).toBe(true);
  });

  it("as a spare that was replaced and went stale never wins: three cards", () => {
    const host = degraded();
    const stale = host.snapshot()[1];
    host.absent.clear();
    host.cards[1].forEach((sector) => sector.fill(0));
    host.exports.memberCommand(layout.MEMBER_REPLACE, 1, 60);
    host.until(() => host.answers.has(60));
    host.write(0, 9, 70);
    host.flush(71);
    host.clear();
    // The stale card claims more events than any other.
    for (const copy of [0, 1]) {
      const superblock = Buffer.from(stale[copy]!.buffer);
      superblock.writeUInt32LE(1000, layout.SUPERBLOCK_SEQUENCE_AT);
      superblock.writeUInt32LE(crc32c(superblock.subarray(0, 508)), 508);
    }
    const [a, c] = host.snapshot();
    for (const pair of [
      [a, stale],
      [stale, a],
      [c, stale],
    ] as const) {
      host.insert(pair);
      expect([layout.STATUS_LINEAGE, layout.STATUS_SAME_MEMBER]).toContain(host.assemble());
      expect(host.snapshot()).toEqual(pair);
    }
  });
});

function crc32c(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ ((crc & 1) * 0x82f63b78);
  }
  return ~crc >>> 0;
}

/** Runs `story`, and after each answer of a card puts copies of both cards aside. */
function everyCut(
  host: ScriptedHost,
  story: (step: () => boolean) => void,
): (readonly [Uint8Array[], Uint8Array[]])[] {
  const cuts: (readonly [Uint8Array[], Uint8Array[]])[] = [host.snapshot()];
  story(() => {
    if (host.pending.length === 0) return false;
    const { name } = host.answer();
    if (name === "write") cuts.push(host.snapshot());
    return true;
  });
  return cuts;
}

/** Ticks and answers, one at a time, until `reached`. */
function stepUntil(host: ScriptedHost, step: () => boolean, reached: () => boolean): void {
  for (let ticks = 0; !reached(); ticks++) {
    if (ticks === 2000) throw new Error("it never comes to that");
    while (step());
    host.tick(10);
    while (step());
    for (const epoch of host.epochs.splice(0)) host.exports.syncDone(epoch, STATUS_OK);
  }
}

/** Boots these cards with both, and with each alone; sector 0 must read as one of `values` wherever it is served. */
function judge(
  cuts: readonly (readonly [Uint8Array[], Uint8Array[]])[],
  values: readonly number[],
): Set<string> {
  const seen = new Set<string>();
  const host = new ScriptedHost("production");
  for (const cut of cuts) {
    host.insert(cut);
    expect(host.assemble(), "both cards").toBe(STATUS_OK);
    expect(values).toContain(host.read(0, 1));
    host.until(() => isInSync(host));
    host.clear();
    expect(host.cards[0].slice(4)).toEqual(host.cards[1].slice(4));
    const statuses: number[] = [];
    for (const alone of [0, 1]) {
      host.insert(cut);
      host.absent.add(1 - alone);
      const status = host.assemble(DEGRADED);
      statuses.push(status);
      if (status === STATUS_OK) seen.add(`${alone} reads ${host.read(0, 1)}`);
      else expect(status).toBe(layout.STATUS_HALF_REBUILT);
    }
    expect(statuses).toContain(STATUS_OK);
    seen.add(statuses.join(" "));
  }
  return seen;
}

describe("a stop", () => {
  it("at any step of a rebuild is answered, so is the rebuild, and the next boot goes on with it", () => {
    const start = degraded();
    const statuses = new Set<number | undefined>();
    for (let step = 0; !statuses.has(STATUS_OK); step++) {
      expect(step).toBeLessThan(200);
      const host = addedUpTo(start, step);
      host.exports.stop(61);
      stepUntil(
        host,
        () => host.pending.length > 0 && host.answer() !== undefined,
        () => host.answers.has(61),
      );
      expect([host.answers.get(61), host.pending]).toEqual([STATUS_OK, []]);
      statuses.add(host.answers.get(60));
      expect(host.assemble()).toBe(STATUS_OK);
      host.until(() => isInSync(host));
      expect(host.cards[1].slice(4)).toEqual(host.cards[0].slice(4));
      expect(host.read(0, 1)).toBe(2);
    }
    expect([...statuses].toSorted()).toEqual([STATUS_OK, layout.STATUS_ABORTED].toSorted());
  });
});

describe("a cut at any write of", () => {
  it("a loss", () => {
    const host = ScriptedHost.clean();
    host.write(0, 1, 1);
    host.flush(2);
    const cuts = everyCut(host, (step) => {
      host.absent.add(1);
      host.buffers.get(1)!.fill(2);
      host.exports.submit(layout.REQUEST_WRITE, 0, 1, 1, 3);
      while (step());
    });
    expect(cuts.length).toBeGreaterThan(2);
    expect(judge(cuts, [1, 2])).toContain("0 reads 2");
  });

  it("a partial rebuild", () => {
    const host = degraded();
    host.absent.clear();
    const cuts = everyCut(host, (step) => {
      host.exports.memberCommand(layout.MEMBER_ADD, 1, 60);
      stepUntil(host, step, () => host.answers.has(60));
    });
    expect(cuts.length).toBeGreaterThan(10);
    const seen = judge(cuts, [2]);
    expect(seen).toContain(`${STATUS_OK} ${layout.STATUS_HALF_REBUILT}`);
    expect(seen).toContain("1 reads 2");
  });

  it("a full rebuild of a blank card", () => {
    const host = degraded();
    host.absent.clear();
    host.cards[1].forEach((sector) => sector.fill(0));
    const blank = everyCut(host, (step) => {
      host.exports.memberCommand(layout.MEMBER_REPLACE, 1, 60);
      stepUntil(host, step, () => host.answers.has(60));
    });
    // Until the target says that it is one, it is no card of the array and the source runs alone.
    const begun = blank.filter(([, b]) => [0, 1].some((copy) => b[copy]!.some((byte) => byte !== 0)));
    expect(begun.length).toBeGreaterThan(8);
    judge(begun, [2]);
  });
});
