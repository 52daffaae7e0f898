import { STATUS_OK } from "../../../assembly/layout.js";
import type { TransferBuffer } from "../../sdcard-emulator/card.js";
import { PIECES_PER_SECTOR, UNREADABLE, ZEROS } from "../../sdcard-emulator/sector-contents.js";
import {
  ENTRY_DONE,
  ENTRY_FAILED,
  ENTRY_GIVEN,
  ENTRY_IN_FLIGHT,
  ENTRY_PINNED,
  SectorEntry,
  SectorRecord,
} from "./sector-record.js";
import { VERDICT_FLIPPED, VERDICT_LOST, VERDICT_OK, VERDICT_STALE, type Verdict } from "./sector-verdict.js";

/** The part of SectorContents that the oracle needs: which piece ids a content id stands for. */
export interface PieceReader {
  pieceOf(content: number, piece: number): number;
}

/** Contents of the data sectors at the beginning, as content ids. It must not change afterwards. */
export interface InitialContents {
  get(sector: number): number;
}

export interface SectorHistoryOptions {
  /** Data sectors, numbered from 0. */
  readonly sectors: number;
  readonly contents: PieceReader;
  /** Whether both cards write a sector whole or not at all. */
  readonly atomicSector: boolean;
  /**
   * Whether a write is answered when the cards have accepted it and still program it, as by the SPI driver: a cut may then
   * leave a read error of what was not flushed, as P3 says of cards without atomic sectors. Default: no.
   */
  readonly answersAtAcceptance?: boolean;
  /** Default: zeros everywhere. */
  readonly initial?: InitialContents;
}

interface OpenWrite {
  readonly sector: number;
  readonly count: number;
}

/**
 * The oracle's memory: what each data sector may contain after a crash, by promises P2, P3 and P4 with the
 * transfer fingerprint off (the last flushed value is a *set*: whatever the buffer held during the write). It knows
 * nothing of the driver, only what the layer above saw: requests and answers.
 *
 * Rules:
 * - a write adds an entry; every value that its buffer holds between submit and answer belongs to it;
 * - a flush makes, for each sector, the last write that was *answered in this boot before the flush was submitted*
 *   the base, and drops what is older (a write answered before a crash and never flushed proves nothing later);
 * - a crash drops nothing; a read that follows it and precedes any write of the boot pins the sector;
 * - a read error may be left by a write that was cut or failed, or not flushed (answersAtAcceptance), and stays possible as long as that entry does: a
 *   later write that is answered but not flushed may be lost again and leave the error visible.
 */
export class SectorHistory {
  readonly sectors: number;
  /** Changes whenever any answer of permits() may have changed; a version is never used by two forks. */
  version: number;
  private readonly contents: PieceReader;
  private readonly atomicSector: boolean;
  private readonly initial: InitialContents | null;
  private records: (SectorRecord | undefined)[];
  private touched: SectorRecord[] = [];
  private unflushed: SectorRecord[] = [];
  /** Histories of cards that were left behind with writes under way. */
  private readonly leftBehind: SectorHistory[] = [];
  private readonly openWrites = new Map<number, OpenWrite>();
  /** Flush id -> number of writes answered before it was submitted. */
  private readonly openFlushes = new Map<number, number>();
  private readonly spoiledSectors = new Set<number>();
  private nextWriteId = 0;
  private nextFlushId = 0;
  private answered = 0;
  /** Writes of this boot have ids from here on ... */
  private bootWriteId = 0;
  /** ... and were answered after this many. */
  private bootAnswered = 0;
  private readonly spare: SectorEntry[] = [];

  constructor(
    private readonly options: SectorHistoryOptions,
    private readonly versions: { last: number } = { last: 0 },
  ) {
    if (!Number.isInteger(options.sectors) || options.sectors <= 0) {
      throw new Error(`a history of ${options.sectors} sectors is impossible: give a positive whole number`);
    }
    this.version = ++versions.last;
    this.sectors = options.sectors;
    this.contents = options.contents;
    this.atomicSector = options.atomicSector;
    this.initial = options.initial ?? null;
    this.records = Array.from({ length: options.sectors }, () => undefined);
  }

  /** A write was accepted. Samples the whole buffer as it is now. Returns the write's id. */
  writeSubmitted(sector: number, count: number, buffer: TransferBuffer, bufferSector: number): number {
    if (!(count > 0 && sector >= 0 && sector + count <= this.sectors)) {
      throw new Error(
        `write of ${count} sectors at ${sector} is outside the ${this.sectors} sectors of the history`,
      );
    }
    const id = this.nextWriteId++;
    for (let offset = 0; offset < count; offset++) {
      const record = this.recordOf(sector + offset);
      const entry = this.newEntry(ENTRY_IN_FLIGHT, id);
      record.append(entry);
      for (let piece = 0; piece < PIECES_PER_SECTOR; piece++) {
        record.addValue(entry, piece, buffer.samplePiece(bufferSector + offset, piece));
      }
      this.listUnflushed(record);
      this.change(record);
    }
    this.openWrites.set(id, { sector, count });
    return id;
  }

  /** The buffer of a write under way changed: `sectorOffset` counts from the write's first sector. */
  bufferModified(id: number, sectorOffset: number, piece: number, pieceId: number): void {
    const write = this.openWrite(id);
    if (sectorOffset < 0 || sectorOffset >= write.count) {
      throw new Error(`write ${id} has ${write.count} sectors: none at offset ${sectorOffset}`);
    }
    const record = this.recordOf(write.sector + sectorOffset);
    if (record.addValue(record.entryOf(id), piece, pieceId)) this.change(record);
    for (const past of this.leftBehind) {
      if (past.openWrites.has(id)) past.bufferModified(id, sectorOffset, piece, pieceId);
    }
  }

  /** The write was answered; `status` from layout.ts. After an error it stays possible, landed or not. */
  writeDone(id: number, status: number): void {
    const write = this.openWrite(id);
    this.openWrites.delete(id);
    const order = status === STATUS_OK ? ++this.answered : 0;
    for (let offset = 0; offset < write.count; offset++) {
      const record = this.recordOf(write.sector + offset);
      const entry = record.entryOf(id);
      entry.state = status === STATUS_OK ? ENTRY_DONE : ENTRY_FAILED;
      entry.doneOrder = order;
      // What a crash may leave changes only where sectors can tear: this one is no longer in flight.
      if (status === STATUS_OK && !this.atomicSector) this.change(record);
    }
  }

  /** As writeDone, of a write that is durable when it is answered: what is older is gone. */
  durableDone(id: number, status: number): void {
    const write = this.openWrite(id);
    this.writeDone(id, status);
    if (status !== STATUS_OK) return;
    for (let offset = 0; offset < write.count; offset++) {
      const record = this.recordOf(write.sector + offset);
      const index = record.entries.indexOf(record.entryOf(id));
      if (index === 0) continue;
      this.makeBase(record, index);
      this.change(record);
    }
  }

  /** Sectors of a write under way. */
  extentOf(id: number): { readonly sector: number; readonly count: number } {
    return this.openWrite(id);
  }

  /**
   * With a transfer fingerprint, a write that was answered well has left one content on both cards. As long as it is
   * not flushed a cut may still leave any value that its buffer had.
   */
  writeSettled(id: number, offset: number, content: number): void {
    const write = this.openWrite(id);
    this.recordOf(write.sector + offset).entryOf(id).settled = content;
  }

  /** A sector of one card has gone bad: if the other card is lost too, it is a read error and nobody's fault. */
  spoiled(sector: number): void {
    this.spoiledSectors.add(sector);
    this.version = ++this.versions.last;
  }

  get hasSpoiled(): boolean {
    return this.spoiledSectors.size > 0;
  }

  /** Becomes what another history is: of two futures of one past, that one came. */
  adopt(other: SectorHistory): void {
    const copy = other.fork();
    this.records = copy.records;
    this.touched = copy.touched;
    this.unflushed = copy.unflushed;
    this.openWrites.clear();
    this.openFlushes.clear();
    this.nextWriteId = Math.max(this.nextWriteId, other.nextWriteId);
    this.answered = Math.max(this.answered, other.answered);
    this.crashed();
    this.version = ++this.versions.last;
  }

  /** A flush was accepted: it covers what was answered before, no more. Returns the flush's id. */
  flushSubmitted(): number {
    const id = this.nextFlushId++;
    this.openFlushes.set(id, this.answered);
    return id;
  }

  flushDone(id: number, status: number): void {
    const covered = this.openFlushes.get(id);
    if (covered === undefined) throw new Error(`no flush ${id} is under way in this boot`);
    this.openFlushes.delete(id);
    if (status !== STATUS_OK) return;
    let kept = 0;
    for (const record of this.unflushed) {
      const index = record.lastDone(this.bootAnswered, covered);
      if (index > 0) {
        this.makeBase(record, index);
        this.change(record);
      }
      if (record.entries.length > 1) this.unflushed[kept++] = record;
      else record.unflushed = false;
    }
    this.unflushed.length = kept;
  }

  /** Power cut or controller reset: nothing under way will ever be answered. No answer of permits() changes. */
  crashed(): void {
    this.openWrites.clear();
    this.openFlushes.clear();
    this.leftBehind.length = 0;
    this.bootWriteId = this.nextWriteId;
    this.bootAnswered = this.answered;
  }

  /** May the sector hold these contents if the power is cut now (and before, as often as it was)? */
  permits(sector: number, content: number): Verdict {
    const record = this.records[sector] ?? this.recordOf(sector);
    if (content === UNREADABLE && this.spoiledSectors.has(sector)) return VERDICT_OK;
    if (content === UNREADABLE) return record.permits(content, 0, 0);
    return record.permits(content, this.contents.pieceOf(content, 0), this.contents.pieceOf(content, 1));
  }

  /**
   * The running system read these contents (UNREADABLE for a read error). Checks them; if the sector was not written
   * in this boot, a good answer pins it. The driver serialises overlapping requests, so an answer given after a write
   * was answered must show that write or a later one.
   */
  readReturned(sector: number, content: number): Verdict {
    const record = this.recordOf(sector);
    if (content === UNREADABLE && this.spoiledSectors.has(sector)) return VERDICT_OK;
    const first = content === UNREADABLE ? 0 : this.contents.pieceOf(content, 0);
    const second = content === UNREADABLE ? 0 : this.contents.pieceOf(content, 1);
    const lastWrite = record.entries[record.entries.length - 1]!.writeId;
    if (lastWrite < this.bootWriteId) {
      const verdict = record.judge(0, content, first, second, this.bootWriteId);
      if (verdict === VERDICT_OK) this.pin(record, content, first, second);
      return verdict;
    }
    const done = record.lastDone(this.bootAnswered, this.answered);
    const unfinished = record.firstUnfinished(this.bootWriteId);
    const from = done < 0 ? 0 : unfinished >= 0 && unfinished < done ? unfinished : done;
    const verdict = record.judge(from, content, first, second, this.bootWriteId);
    return done >= 0 && (verdict === VERDICT_LOST || verdict === VERDICT_FLIPPED) ? VERDICT_STALE : verdict;
  }

  /** Changes whenever an answer of permits() for this sector may have changed. Equal versions, equal answers. */
  sectorVersion(sector: number): number {
    return this.records[sector]?.version ?? 0;
  }

  /**
   * The history of a card that is left behind now. It still takes what it has under way, from a live buffer: a write that
   * is open now may leave there whatever its buffer comes to hold.
   */
  leaveBehind(): SectorHistory {
    const past = this.fork();
    if (this.openWrites.size > 0) this.leftBehind.push(past);
    return past;
  }

  /** An independent copy, writes under way included: the two futures of one past. */
  fork(): SectorHistory {
    const other = new SectorHistory(this.options, this.versions);
    for (const record of this.touched) {
      const copy = record.copy();
      other.records[copy.sector] = copy;
      other.touched.push(copy);
      if (copy.unflushed) other.unflushed.push(copy);
    }
    for (const [id, write] of this.openWrites) other.openWrites.set(id, write);
    for (const [id, covered] of this.openFlushes) other.openFlushes.set(id, covered);
    other.version = this.version;
    other.nextWriteId = this.nextWriteId;
    other.nextFlushId = this.nextFlushId;
    other.answered = this.answered;
    other.bootWriteId = this.bootWriteId;
    other.bootAnswered = this.bootAnswered;
    return other;
  }

  /** The sector's entries in plain words, one line each, for the story of a broken promise. */
  describe(sector: number): string {
    return this.recordOf(sector).describe(this.bootWriteId);
  }

  /** An entry is durable: what is older is gone, and so is what it does not hold any more. */
  private makeBase(record: SectorRecord, index: number): void {
    record.dropBefore(index, this.spare);
    const base = record.entries[0]!;
    if (base.settled < 0) return;
    base.first.length = 0;
    base.second.length = 0;
    this.fillKnown(record, base, base.settled, ...this.piecesOf(base.settled));
  }

  private piecesOf(content: number): [number, number] {
    return [this.contents.pieceOf(content, 0), this.contents.pieceOf(content, 1)];
  }

  private pin(record: SectorRecord, content: number, first: number, second: number): void {
    const base = record.entries[0]!;
    const isExact = base.unreadable || (base.first.length === 1 && base.second.length === 1);
    if (record.entries.length === 1 && isExact) return;
    // Everything goes, the base included, which may have had a set of values.
    record.dropBefore(record.entries.length, this.spare);
    const entry = this.newEntry(ENTRY_PINNED, -1);
    this.fillKnown(record, entry, content, first, second);
    record.append(entry);
    this.change(record);
  }

  private fillKnown(
    record: SectorRecord,
    entry: SectorEntry,
    content: number,
    first: number,
    second: number,
  ): void {
    entry.unreadable = content === UNREADABLE;
    if (entry.unreadable) return;
    record.addValue(entry, 0, first);
    record.addValue(entry, 1, second);
  }

  private recordOf(sector: number): SectorRecord {
    const known = this.records[sector];
    if (known !== undefined) return known;
    if (!(sector >= 0 && sector < this.sectors)) {
      throw new Error(`sector ${sector} is outside the ${this.sectors} sectors of the history`);
    }
    const record = new SectorRecord(sector, this.atomicSector, this.options.answersAtAcceptance);
    const content = this.initial === null ? ZEROS : this.initial.get(sector);
    const entry = this.newEntry(ENTRY_GIVEN, -1);
    const isKnown = content !== UNREADABLE;
    const first = isKnown ? this.contents.pieceOf(content, 0) : 0;
    const second = isKnown ? this.contents.pieceOf(content, 1) : 0;
    this.fillKnown(record, entry, content, first, second);
    record.append(entry);
    this.records[sector] = record;
    this.touched.push(record);
    return record;
  }

  private newEntry(state: number, writeId: number): SectorEntry {
    const entry = this.spare.pop() ?? new SectorEntry();
    entry.first.length = 0;
    entry.second.length = 0;
    entry.state = state;
    entry.writeId = writeId;
    entry.doneOrder = 0;
    entry.unreadable = false;
    entry.settled = -1;
    return entry;
  }

  private listUnflushed(record: SectorRecord): void {
    if (record.unflushed) return;
    record.unflushed = true;
    this.unflushed.push(record);
  }

  private openWrite(id: number): OpenWrite {
    const write = this.openWrites.get(id);
    if (write === undefined) throw new Error(`no write ${id} is under way in this boot`);
    return write;
  }

  private change(record: SectorRecord): void {
    this.version = ++this.versions.last;
    record.changed(this.version);
  }
}
