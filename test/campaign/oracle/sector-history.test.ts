import { describe, expect, it } from "vitest";
import { STATUS_CARD_FAILED, STATUS_OK } from "../../../assembly/layout.js";
import { SectorHistory } from "../../../host/campaign/oracle/sector-history.js";
import {
  VERDICT_FLIPPED as FLIPPED,
  VERDICT_INVENTED as INVENTED,
  VERDICT_LOST as LOST,
  VERDICT_OK as OK,
  VERDICT_STALE as STALE,
  VERDICT_TORN as TORN,
  VERDICT_UNREADABLE_NOT_IN_FLIGHT as UNREADABLE_NOT_IN_FLIGHT,
  VERDICT_NAMES,
} from "../../../host/campaign/oracle/sector-verdict.js";
import type { TransferBuffer } from "../../../host/sdcard-emulator/card.js";
import {
  SectorContents,
  UNREADABLE,
  ZEROS,
  ZERO_PIECE,
} from "../../../host/sdcard-emulator/sector-contents.js";

const contents = new SectorContents();
/** Piece id of value n; 0 is the zero piece. */
const v = (n: number): number => (n === 0 ? ZERO_PIECE : contents.stamp(n));
/** Content id of a sector with the values a and b. */
const c = (a: number, b: number): number => contents.sectorOf(v(a), v(b));

/** A buffer given as pairs of values, one pair per sector. */
function buffer(...values: [number, number][]): TransferBuffer {
  return {
    samplePiece: (sector, piece) => v(values[sector]![piece]!),
    storeSector: () => {
      throw new Error("not a read buffer");
    },
  };
}

function history(atomicSector = true): SectorHistory {
  return new SectorHistory({ sectors: 8, contents, atomicSector });
}

function submit(h: SectorHistory, sector: number, a: number, b: number): number {
  return h.writeSubmitted(sector, 1, buffer([a, b]), 0);
}

function write(h: SectorHistory, sector: number, a: number, b: number): void {
  h.writeDone(submit(h, sector, a, b), STATUS_OK);
}

function flush(h: SectorHistory): void {
  h.flushDone(h.flushSubmitted(), STATUS_OK);
}

function expectVerdicts(h: SectorHistory, sector: number, table: readonly [number, number][]): void {
  for (const [content, verdict] of table) {
    expect(VERDICT_NAMES[h.permits(sector, content)], `content ${content}\n${h.describe(sector)}`).toBe(
      VERDICT_NAMES[verdict],
    );
  }
}

describe("what a crash may leave on cards with atomic sectors", () => {
  it("starts with zeros, or with the given image, and nothing else", () => {
    const zeros = history();
    expectVerdicts(zeros, 0, [
      [ZEROS, OK],
      [c(1, 1), INVENTED],
      [UNREADABLE, UNREADABLE_NOT_IN_FLIGHT],
    ]);
    const initial = { get: (sector: number) => (sector === 3 ? c(5, 6) : sector === 4 ? UNREADABLE : ZEROS) };
    const given = new SectorHistory({ sectors: 8, contents, atomicSector: true, initial });
    expectVerdicts(given, 3, [
      [c(5, 6), OK],
      [ZEROS, INVENTED],
      [c(6, 5), INVENTED],
    ]);
    expectVerdicts(given, 4, [
      [UNREADABLE, OK],
      [ZEROS, INVENTED],
    ]);
  });

  it("allows old and new while a write is in flight and after it, until it is flushed", () => {
    const h = history();
    const id = submit(h, 2, 1, 2);
    const unflushed: [number, number][] = [
      [ZEROS, OK],
      [c(1, 2), OK],
      [c(1, 0), TORN],
      [c(0, 2), TORN],
      [c(2, 1), INVENTED],
      [UNREADABLE, UNREADABLE_NOT_IN_FLIGHT],
    ];
    expectVerdicts(h, 2, unflushed);
    h.writeDone(id, STATUS_OK);
    expectVerdicts(h, 2, unflushed);
    flush(h);
    expectVerdicts(h, 2, [
      [c(1, 2), OK],
      [ZEROS, LOST],
      [c(1, 0), LOST],
      [c(3, 3), INVENTED],
    ]);
    expectVerdicts(h, 1, [[ZEROS, OK]]);
  });

  it("lets a flush cover only what was answered before the flush was submitted", () => {
    const h = history();
    write(h, 0, 1, 1);
    const inFlight = submit(h, 0, 2, 2);
    const f = h.flushSubmitted();
    h.writeDone(inFlight, STATUS_OK);
    h.flushDone(f, STATUS_OK);
    expectVerdicts(h, 0, [
      [ZEROS, LOST],
      [c(1, 1), OK],
      [c(2, 2), OK],
    ]);
    flush(h);
    expectVerdicts(h, 0, [
      [c(1, 1), LOST],
      [c(2, 2), OK],
    ]);
  });

  it("is not taken back by an older flush that is answered late", () => {
    const h = history();
    write(h, 0, 1, 1);
    const early = h.flushSubmitted();
    write(h, 0, 2, 2);
    flush(h);
    h.flushDone(early, STATUS_OK);
    expectVerdicts(h, 0, [
      [c(1, 1), LOST],
      [c(2, 2), OK],
    ]);
  });

  it("gains nothing from a failed flush, and keeps a failed write possible until a later one is flushed", () => {
    const h = history();
    write(h, 0, 1, 1);
    h.flushDone(h.flushSubmitted(), STATUS_CARD_FAILED);
    expectVerdicts(h, 0, [[ZEROS, OK]]);
    flush(h);
    h.writeDone(submit(h, 0, 2, 2), STATUS_CARD_FAILED);
    flush(h);
    expectVerdicts(h, 0, [
      [c(1, 1), OK],
      [c(2, 2), OK],
    ]);
    write(h, 0, 3, 3);
    flush(h);
    expectVerdicts(h, 0, [
      [c(2, 2), LOST],
      [c(3, 3), OK],
    ]);
  });

  it("takes everything that a buffer held during the write, and keeps it as the flushed set", () => {
    const h = history();
    const id = h.writeSubmitted(4, 2, buffer([9, 9], [1, 1], [2, 2]), 1);
    h.bufferModified(id, 1, 0, v(7));
    h.writeDone(id, STATUS_OK);
    flush(h);
    expectVerdicts(h, 4, [
      [c(1, 1), OK],
      [c(7, 1), INVENTED],
    ]);
    expectVerdicts(h, 5, [
      [c(2, 2), OK],
      [c(7, 2), OK],
      [c(2, 7), INVENTED],
      [ZEROS, LOST],
    ]);
  });
});

describe("what a crash may leave on cards whose sectors tear", () => {
  it("mixes entries piece by piece, and leaves a read error only where a write was cut", () => {
    const h = history(false);
    const id = submit(h, 0, 1, 2);
    const inFlight: [number, number][] = [
      [c(1, 0), OK],
      [c(0, 2), OK],
      [UNREADABLE, OK],
      [c(3, 2), INVENTED],
    ];
    expectVerdicts(h, 0, inFlight);
    h.writeDone(id, STATUS_OK);
    expectVerdicts(h, 0, [
      [c(1, 0), OK],
      [UNREADABLE, UNREADABLE_NOT_IN_FLIGHT],
    ]);
  });

  it("keeps a read error possible after a cut, until a later write of the sector is flushed", () => {
    const h = history(false);
    submit(h, 0, 1, 1);
    h.crashed();
    expectVerdicts(h, 0, [[UNREADABLE, OK]]);
    write(h, 0, 2, 2);
    // The cards may lose the write from their caches, and the torn sector is there again.
    expectVerdicts(h, 0, [[UNREADABLE, OK]]);
    expect(h.readReturned(0, UNREADABLE)).toBe(UNREADABLE_NOT_IN_FLIGHT);
    flush(h);
    expectVerdicts(h, 0, [
      [UNREADABLE, UNREADABLE_NOT_IN_FLIGHT],
      [c(1, 1), LOST],
      [c(2, 2), OK],
    ]);
  });

  it("pins a read error until the sector is written", () => {
    const h = history(false);
    submit(h, 0, 1, 1);
    h.crashed();
    expect(h.readReturned(0, UNREADABLE)).toBe(OK);
    expectVerdicts(h, 0, [
      [UNREADABLE, OK],
      [c(1, 1), FLIPPED],
      [ZEROS, FLIPPED],
    ]);
    submit(h, 0, 2, 2);
    expectVerdicts(h, 0, [
      [UNREADABLE, OK],
      [c(2, 2), OK],
      [c(2, 0), FLIPPED],
    ]);
  });
});

describe("crashes", () => {
  it("drop nothing: what was unflushed or in flight stays possible through further crashes", () => {
    const h = history();
    write(h, 0, 1, 1);
    submit(h, 0, 2, 2);
    const before = h.version;
    h.crashed();
    h.crashed();
    expect(h.version).toBe(before);
    expectVerdicts(h, 0, [
      [ZEROS, OK],
      [c(1, 1), OK],
      [c(2, 2), OK],
    ]);
  });

  it("make a later flush worth nothing for a write that was answered before the crash", () => {
    const h = history();
    write(h, 0, 1, 1);
    h.crashed();
    flush(h);
    expectVerdicts(h, 0, [[ZEROS, OK]]);
    write(h, 0, 2, 2);
    flush(h);
    expectVerdicts(h, 0, [
      [ZEROS, LOST],
      [c(1, 1), LOST],
      [c(2, 2), OK],
    ]);
  });

  it("end what was under way: an answer after it is a bug of the caller", () => {
    const h = history();
    const id = submit(h, 0, 1, 1);
    const f = h.flushSubmitted();
    h.crashed();
    expect(() => h.writeDone(id, STATUS_OK)).toThrow(/under way in this boot/);
    expect(() => h.bufferModified(id, 0, 0, v(2))).toThrow(/under way in this boot/);
    expect(() => h.flushDone(f, STATUS_OK)).toThrow(/under way in this boot/);
  });

  it("are followed by reads that pin: every later read gives the same, through further crashes", () => {
    const h = history();
    write(h, 0, 1, 1);
    submit(h, 0, 2, 2);
    h.crashed();
    expect(h.readReturned(0, c(1, 1))).toBe(OK);
    expect(h.readReturned(0, c(2, 2))).toBe(FLIPPED);
    h.crashed();
    expectVerdicts(h, 0, [
      [c(1, 1), OK],
      [c(2, 2), FLIPPED],
      [ZEROS, FLIPPED],
      [c(8, 8), INVENTED],
    ]);
    expect(h.readReturned(0, ZEROS)).toBe(FLIPPED);
  });

  it("are followed by reads that pin one value of a flushed set", () => {
    const h = history();
    const id = submit(h, 0, 1, 1);
    h.bufferModified(id, 0, 0, v(2));
    h.writeDone(id, STATUS_OK);
    flush(h);
    h.crashed();
    expect(h.readReturned(0, c(2, 1))).toBe(OK);
    expectVerdicts(h, 0, [
      [c(2, 1), OK],
      [c(1, 1), FLIPPED],
    ]);
  });

  it("do not let a bad read pin anything", () => {
    const h = history();
    write(h, 0, 1, 1);
    h.crashed();
    expect(h.readReturned(0, c(1, 0))).toBe(TORN);
    expectVerdicts(h, 0, [
      [ZEROS, OK],
      [c(1, 1), OK],
    ]);
  });
});

describe("reads of the running system", () => {
  it("show the last answered write of this boot", () => {
    const h = history();
    write(h, 0, 1, 1);
    write(h, 0, 2, 2);
    expect(h.readReturned(0, c(2, 2))).toBe(OK);
    expect(h.readReturned(0, c(1, 1))).toBe(STALE);
    expect(h.readReturned(0, ZEROS)).toBe(STALE);
    expect(h.readReturned(0, c(5, 5))).toBe(INVENTED);
    expect(h.readReturned(0, UNREADABLE)).toBe(UNREADABLE_NOT_IN_FLIGHT);
    // Such a read pins nothing: the write is not flushed.
    expectVerdicts(h, 0, [[ZEROS, OK]]);
    flush(h);
    expect(h.readReturned(0, c(2, 2))).toBe(OK);
    expect(h.readReturned(0, c(1, 1))).toBe(STALE);
  });

  it("may show a write in flight, or what was last answered before it, but nothing older", () => {
    const h = history();
    submit(h, 1, 1, 1);
    expect(h.readReturned(1, ZEROS)).toBe(OK);
    expect(h.readReturned(1, c(1, 1))).toBe(OK);
    write(h, 0, 1, 1);
    submit(h, 0, 2, 2);
    expect(h.readReturned(0, c(1, 1))).toBe(OK);
    expect(h.readReturned(0, c(2, 2))).toBe(OK);
    expect(h.readReturned(0, ZEROS)).toBe(STALE);
  });

  it("are no excuse for a read error: a write in flight without a crash leaves none", () => {
    const h = history(false);
    submit(h, 0, 1, 1);
    expect(h.readReturned(0, UNREADABLE)).toBe(UNREADABLE_NOT_IN_FLIGHT);
    h.crashed();
    submit(h, 0, 2, 2);
    expect(h.readReturned(0, UNREADABLE)).toBe(OK);
  });

  it("are judged by submit order even if the device answers overlapping writes in another", () => {
    const h = history();
    const first = submit(h, 0, 1, 1);
    const second = submit(h, 0, 2, 2);
    h.writeDone(second, STATUS_OK);
    expect(h.readReturned(0, c(1, 1))).toBe(OK);
    h.writeDone(first, STATUS_OK);
    expect(h.readReturned(0, c(1, 1))).toBe(STALE);
    expect(h.readReturned(0, c(2, 2))).toBe(OK);
  });
});

describe("versions, forks and limits", () => {
  it("changes the version exactly when answers may change", () => {
    const h = history();
    const steps: [string, () => void, boolean][] = [];
    let id = 0;
    steps.push(["submit", () => (id = submit(h, 0, 1, 1)), true]);
    steps.push(["same value", () => h.bufferModified(id, 0, 0, v(1)), false]);
    steps.push(["new value", () => h.bufferModified(id, 0, 0, v(2)), true]);
    steps.push(["done", () => h.writeDone(id, STATUS_OK), false]);
    steps.push(["flush", () => flush(h), true]);
    steps.push(["empty flush", () => flush(h), false]);
    steps.push(["crash", () => h.crashed(), false]);
    steps.push(["pin", () => h.readReturned(0, c(2, 1)), true]);
    steps.push(["read again", () => h.readReturned(0, c(2, 1)), false]);
    for (const [name, step, changes] of steps) {
      const before = h.sectorVersion(0);
      const whole = h.version;
      step();
      expect(h.sectorVersion(0) !== before, name).toBe(changes);
      expect(h.version !== whole, name).toBe(changes);
      expect(h.sectorVersion(1), name).toBe(0);
    }
  });

  it("forks into independent futures whose versions never coincide", () => {
    const h = history();
    const id = submit(h, 0, 1, 1);
    const f = h.flushSubmitted();
    const other = h.fork();
    expect(other.sectorVersion(0)).toBe(h.sectorVersion(0));
    h.writeDone(id, STATUS_OK);
    flush(h);
    expectVerdicts(h, 0, [[ZEROS, LOST]]);
    expectVerdicts(other, 0, [[ZEROS, OK]]);
    other.writeDone(id, STATUS_OK);
    other.flushDone(f, STATUS_OK);
    expectVerdicts(other, 0, [[ZEROS, OK]]);
    flush(other);
    expectVerdicts(other, 0, [[ZEROS, LOST]]);
    expect(other.sectorVersion(0)).not.toBe(h.sectorVersion(0));
  });

  it("describes a sector in plain words", () => {
    const h = history();
    const id = submit(h, 3, 1, 1);
    h.bufferModified(id, 0, 0, v(2));
    h.writeDone(id, STATUS_OK);
    flush(h);
    submit(h, 3, 3, 3);
    h.crashed();
    expect(h.describe(3)).toBe(
      [
        "sector 3 may hold, oldest first:",
        `  base: {#${v(1)} or #${v(2)}} {#${v(1)}} (write 0, flushed)`,
        `  since: {#${v(3)}} {#${v(3)}} (write 1, in flight at a crash)`,
      ].join("\n"),
    );
    expect(h.describe(4)).toContain("base: {zeros} {zeros} (given)");
  });

  it("refuses what lies outside, and a sector that is never flushed", () => {
    const h = history();
    expect(() => h.writeSubmitted(7, 2, buffer([1, 1], [1, 1]), 0)).toThrow(/outside the 8 sectors/);
    expect(() => h.permits(8, ZEROS)).toThrow(/outside the 8 sectors/);
    expect(() => {
      for (let i = 0; i < 2000; i++) write(h, 0, 1, 1);
    }).toThrow(/flush more often/);
  });
});
