import { UNREADABLE, ZERO_PIECE } from "../../sdcard-emulator/sector-contents.js";
import {
  VERDICT_FLIPPED,
  VERDICT_INVENTED,
  VERDICT_LOST,
  VERDICT_OK,
  VERDICT_TORN,
  VERDICT_UNREADABLE_NOT_IN_FLIGHT,
  type Verdict,
} from "./sector-verdict.js";

/** Contents known exactly: formatted, or of the image that the history started with. */
export const ENTRY_GIVEN = 0;
/** Contents known exactly, because a read after a crash returned them. */
export const ENTRY_PINNED = 1;
/** A write without an answer yet, or (of an earlier boot) cut by a crash. */
export const ENTRY_IN_FLIGHT = 2;
/** A write that was answered with STATUS_OK. */
export const ENTRY_DONE = 3;
/** A write that was answered with an error: it may or may not have landed. */
export const ENTRY_FAILED = 4;

const STATE_NAMES = ["given", "pinned by a read", "in flight", "done", "failed"];

/** Unflushed writes to one sector; more means that nothing ever flushes, and every judgement becomes slow. */
const ENTRIES_MAX = 1024;
/** Different values of one piece in one buffer during one write. */
const VALUES_MAX = 1024;
/** Values remembered for each piece to tell "lost" from "invented"; beyond it a wrong value is called lost. */
const SEEN_MAX = 128;
/** Contents whose verdict is remembered until the sector's version changes. */
const MEMO_CONTENTS = 4;

/** One write of a sector, or its base: the piece ids that its buffer held between submit and completion. */
export class SectorEntry {
  readonly first: number[] = [];
  readonly second: number[] = [];
  state = ENTRY_GIVEN;
  /** -1 where no write is behind the entry. */
  writeId = -1;
  /** Position among all completed writes, from 1; 0 = not completed. */
  doneOrder = 0;
  /** Known to be a read error (given or pinned); both sets are empty then. */
  unreadable = false;
  /** What both cards hold since its answer, where a fingerprint says so; -1 where not. Counts once it is flushed. */
  settled = -1;

  copy(): SectorEntry {
    const other = new SectorEntry();
    other.first.push(...this.first);
    other.second.push(...this.second);
    other.state = this.state;
    other.writeId = this.writeId;
    other.doneOrder = this.doneOrder;
    other.unreadable = this.unreadable;
    other.settled = this.settled;
    return other;
  }
}

/** Everything that one sector may hold: entry 0 is the base, the later ones are writes in submit order. */
export class SectorRecord {
  entries: SectorEntry[] = [];
  /** Every value that was ever in a buffer at this place, per piece, oldest first. */
  private readonly seen: readonly [number[], number[]] = [[], []];
  version = 0;
  /** Listed by the history for its next flush, because there is more than a base. */
  unflushed = false;
  private readonly memoContents = new Int32Array(MEMO_CONTENTS);
  private readonly memoVerdicts = new Uint8Array(MEMO_CONTENTS);
  private memoCount = 0;
  private memoNext = 0;

  constructor(
    readonly sector: number,
    private readonly atomicSector: boolean,
    private readonly answersAtAcceptance = false,
  ) {}

  copy(): SectorRecord {
    const other = new SectorRecord(this.sector, this.atomicSector, this.answersAtAcceptance);
    for (const entry of this.entries) other.entries.push(entry.copy());
    other.seen[0].push(...this.seen[0]);
    other.seen[1].push(...this.seen[1]);
    other.version = this.version;
    other.unflushed = this.unflushed;
    return other;
  }

  /** The answers may differ from now on: a new version, and nothing remembered. */
  changed(version: number): void {
    this.version = version;
    this.memoCount = 0;
    this.memoNext = 0;
  }

  append(entry: SectorEntry): void {
    if (this.entries.length >= ENTRIES_MAX) {
      throw new Error(
        `sector ${this.sector} has ${ENTRIES_MAX} writes since its last flush: let the workload flush more often`,
      );
    }
    this.entries.push(entry);
  }

  /** A value of the entry's buffer. True if it is new there. */
  addValue(entry: SectorEntry, piece: number, pieceId: number): boolean {
    const values = piece === 0 ? entry.first : entry.second;
    if (values.includes(pieceId)) return false;
    if (values.length >= VALUES_MAX) {
      throw new Error(
        `sector ${this.sector}, write ${entry.writeId}: more than ${VALUES_MAX} values in one buffer during one write`,
      );
    }
    values.push(pieceId);
    const seen = piece === 0 ? this.seen[0] : this.seen[1];
    if (seen.length < SEEN_MAX && !seen.includes(pieceId)) seen.push(pieceId);
    return true;
  }

  entryOf(writeId: number): SectorEntry {
    for (let i = this.entries.length - 1; i >= 0; i--) {
      const entry = this.entries[i]!;
      if (entry.writeId === writeId) return entry;
    }
    throw new Error(
      `sector ${this.sector} knows no write ${writeId}: was it flushed away before its answer?`,
    );
  }

  /** The last entry, in submit order, that completed after `afterOrder` and not after `lastOrder`; -1 if none did. */
  lastDone(afterOrder: number, lastOrder: number): number {
    for (let i = this.entries.length - 1; i >= 0; i--) {
      const order = this.entries[i]!.doneOrder;
      if (order > afterOrder && order <= lastOrder) return i;
    }
    return -1;
  }

  /** The first write of this boot (ids from `firstWriteId`) that has no good answer; -1 if there is none. */
  firstUnfinished(firstWriteId: number): number {
    for (let i = 0; i < this.entries.length; i++) {
      const entry = this.entries[i]!;
      if (entry.writeId >= firstWriteId && entry.state !== ENTRY_DONE) return i;
    }
    return -1;
  }

  /** Entry `index` becomes the base; what was before it is gone (into `spare`, for reuse). */
  dropBefore(index: number, spare: SectorEntry[]): void {
    for (let i = 0; i < index; i++) spare.push(this.entries[i]!);
    this.entries.copyWithin(0, index);
    this.entries.length -= index;
  }

  /** Is a crash's outcome, with every unanswered write cut now, allowed? Remembered per version. */
  permits(content: number, firstPiece: number, secondPiece: number): Verdict {
    for (let i = 0; i < this.memoCount; i++) {
      if (this.memoContents[i] === content) return this.memoVerdicts[i]!;
    }
    const verdict = this.judge(0, content, firstPiece, secondPiece, Number.MAX_SAFE_INTEGER);
    this.memoContents[this.memoNext] = content;
    this.memoVerdicts[this.memoNext] = verdict;
    this.memoNext = (this.memoNext + 1) % MEMO_CONTENTS;
    if (this.memoCount < MEMO_CONTENTS) this.memoCount++;
    return verdict;
  }

  /**
   * Compares contents with the entries from index `from` on. Writes without an answer count as cut by a crash if
   * their id is below `cutBelowId`; only such writes (and failed ones) can leave a read error, and where cards answer at
   * acceptance also those that were answered and not flushed: all but the base.
   */
  judge(from: number, content: number, firstPiece: number, secondPiece: number, cutBelowId: number): Verdict {
    const entries = this.entries;
    if (content === UNREADABLE) {
      for (let i = from; i < entries.length; i++) {
        const entry = entries[i]!;
        if (entry.unreadable) return VERDICT_OK;
        if (this.atomicSector) continue;
        if (entry.state === ENTRY_FAILED) return VERDICT_OK;
        const mayTear = entry.state === ENTRY_IN_FLIGHT || (this.answersAtAcceptance && i > 0);
        if (mayTear && entry.writeId < cutBelowId) return VERDICT_OK;
      }
      return VERDICT_UNREADABLE_NOT_IN_FLIGHT;
    }
    let firstAllowed = false;
    let secondAllowed = false;
    for (let i = from; i < entries.length; i++) {
      const entry = entries[i]!;
      const first = entry.first.includes(firstPiece);
      const second = entry.second.includes(secondPiece);
      if (first && second) return VERDICT_OK;
      firstAllowed ||= first;
      secondAllowed ||= second;
    }
    if (firstAllowed && secondAllowed) return this.atomicSector ? VERDICT_TORN : VERDICT_OK;
    if (!this.wasSeen(0, firstPiece) || !this.wasSeen(1, secondPiece)) return VERDICT_INVENTED;
    return entries[0]!.state === ENTRY_PINNED ? VERDICT_FLIPPED : VERDICT_LOST;
  }

  private wasSeen(piece: number, pieceId: number): boolean {
    const seen = piece === 0 ? this.seen[0] : this.seen[1];
    return seen.length >= SEEN_MAX || seen.includes(pieceId);
  }

  /** One line per entry, for a person; ids from `firstWriteId` on are writes of this boot. */
  describe(firstWriteId: number): string {
    const lines = [`sector ${this.sector} may hold, oldest first:`];
    this.entries.forEach((entry, index) => {
      const isOld = entry.writeId >= 0 && entry.writeId < firstWriteId;
      let state = STATE_NAMES[entry.state]!;
      if (isOld && entry.state === ENTRY_IN_FLIGHT) state = "in flight at a crash";
      if (isOld && entry.state === ENTRY_DONE) state = "done before a crash, never flushed";
      if (index === 0 && entry.state === ENTRY_DONE) state = "flushed";
      const what = entry.writeId >= 0 ? `write ${entry.writeId}, ${state}` : state;
      const place = index === 0 ? "base" : "since";
      const value = entry.unreadable ? "read error" : `${pieces(entry.first)} ${pieces(entry.second)}`;
      lines.push(`  ${place}: ${value} (${what})`);
    });
    return lines.join("\n");
  }
}

function pieces(values: readonly number[]): string {
  return `{${values.map((id) => (id === ZERO_PIECE ? "zeros" : `#${id}`)).join(" or ")}}`;
}
