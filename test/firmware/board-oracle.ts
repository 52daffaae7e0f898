/**
 * The campaign's oracle at the border of the exported C on the emulated chip: what the logger asks and is answered, what its
 * interrupt does to a buffer under way, and which records the driver writes.
 */
import type { BitmapRecords } from "../../host/campaign/oracle/bitmap-record.js";
import { MarkOracle } from "../../host/campaign/oracle/mark-oracle.js";
import type { SectorHistory } from "../../host/campaign/oracle/sector-history.js";
import { VERDICT_NAMES, VERDICT_OK } from "../../host/campaign/oracle/sector-verdict.js";
import type { ArrayGeometry } from "../../host/campaign/world/array-geometry.js";
import type { Board, FirmwareSymbol } from "../../host/rp2040/index.js";
import { UNREADABLE, type SectorContents } from "../../host/sdcard-emulator/sector-contents.js";
import type { CallListener } from "./chip-calls.js";

const RAM_START = 0x20000000;
const SECTOR_BYTES = 512;
const PIECE_BYTES = 256;
const READ = 0;
const WRITE = 1;
const FLUSH = 2;
const READ_ERROR = 4;

interface Request {
  readonly operation: number;
  readonly sector: number;
  readonly count: number;
  /** Where its buffer lies in RAM. */
  readonly at: number;
  /** Of the history. */
  readonly id: number;
}

/** What the last thing that the driver did to metadata was: a record with more marks than the one before, or fewer. */
export type RecordKind = "none" | "mark" | "clear";

export class BoardOracle implements CallListener {
  /** Promises that were broken, in words. */
  readonly complaints: string[] = [];
  /** The record that is on its way to a card, by what it changes. */
  recordUnderWay: RecordKind = "none";
  private readonly marks: MarkOracle;
  private readonly requests = new Map<number, Request>();
  private readonly sram: Uint8Array;
  private readonly driverAt: number;
  private lastMarks = 0;
  private lastKind: RecordKind = "none";
  private lastSequence = 0;

  constructor(
    private readonly board: Board,
    symbols: ReadonlyMap<string, FirmwareSymbol>,
    private readonly contents: SectorContents,
    private readonly history: SectorHistory,
    private readonly records: BitmapRecords,
    geometry: ArrayGeometry,
    /** What is on the cards when this board boots; null for cards that are formatted empty. */
    view: ((slot: number, sector: number) => number) | null,
  ) {
    this.sram = (board.chip as unknown as { sram: Uint8Array }).sram;
    this.driverAt = symbols.get("memory")!.address - RAM_START;
    this.marks = new MarkOracle(geometry, records);
    // Regions that were never written stay so across boots, and the oracle is not told which: all may be.
    this.marks.unwritten();
    if (view !== null) this.marks.bootedFrom(view);
    this.watchStores();
  }

  called(name: string, [operation, sector, count, buffer, tag]: readonly number[]): void {
    if (name !== "submit") return;
    const at = buffer! - RAM_START;
    let id = -1;
    if (operation === WRITE) {
      this.marks.writeSubmitted(sector!, count!);
      id = this.history.writeSubmitted(sector!, count!, this.bufferAt(at), 0);
    } else if (operation === FLUSH) id = this.history.flushSubmitted();
    this.requests.set(tag!, { operation: operation!, sector: sector!, count: count!, at, id });
  }

  imported(name: string, values: readonly number[]): void {
    if (name === "upper.done") this.done(values[0]!, values[1]!);
    else if (name === "bus.sendBlock") this.sent(values[2]!, values[4] === 1);
    else if (name === "bus.queueBlock") this.sent(values[1]!, values[3] === 1);
  }

  returned(name: string, [operation]: readonly number[], result: number): void {
    if (name === "submit" && result !== 0)
      throw new Error(
        `the logger's request ${operation} was refused with ${result}: the oracle is told none of them`,
      );
  }

  private done(tag: number, status: number): void {
    const request = this.requests.get(tag);
    if (request === undefined) return;
    this.requests.delete(tag);
    const { operation, sector, count, at, id } = request;
    if (operation === WRITE) this.history.writeDone(id, status);
    else if (operation === FLUSH) this.history.flushDone(id, status);
    else if (operation === READ && status === 0) {
      for (let i = 0; i < count; i++)
        this.judge(sector + i, this.contents.internSector(this.sram, at + i * SECTOR_BYTES));
    } else if (operation === READ && status === READ_ERROR && count === 1) this.judge(sector, UNREADABLE);
  }

  private judge(sector: number, content: number): void {
    const verdict = this.history.readReturned(sector, content);
    if (verdict !== VERDICT_OK)
      this.complaints.push(`a read of sector ${sector} returned ${VERDICT_NAMES[verdict]}`);
  }

  /** P6 of what the driver writes by itself: a record marks only what was written to. */
  private sent(address: number, isOwn: boolean): void {
    this.recordUnderWay = "none";
    if (!isOwn) return;
    const record = this.records.of(this.contents.internSector(this.sram, this.driverAt + address));
    if (record === null) return;
    if (record.sequence !== this.lastSequence) {
      const marked = record.marks.reduce((sum, mark) => sum + mark, 0);
      this.lastKind = marked > this.lastMarks ? "mark" : "clear";
      this.lastMarks = marked;
      this.lastSequence = record.sequence;
    }
    this.recordUnderWay = this.lastKind;
    const region = this.marks.recordWritten(record);
    if (region >= 0) this.complaints.push(`region ${region} is marked, and nothing was written to it`);
  }

  private bufferAt(at: number): { samplePiece(sector: number, piece: number): number; storeSector(): void } {
    return {
      samplePiece: (sector, piece) =>
        this.contents.internPiece(this.sram, at + sector * SECTOR_BYTES + piece * PIECE_BYTES),
      storeSector: () => undefined,
    };
  }

  /** Every store of the core into a buffer under way. */
  private watchStores(): void {
    const { chip } = this.board;
    const store = chip.writeUint32.bind(chip);
    chip.writeUint32 = (address, value) => {
      store(address, value);
      if (this.requests.size > 0) this.stored((address >>> 0) - RAM_START);
    };
  }

  private stored(at: number): void {
    for (const { operation, at: from, count, id } of this.requests.values()) {
      const offset = at - from;
      if (operation !== WRITE || offset < 0 || offset >= count * SECTOR_BYTES) continue;
      const sector = Math.floor(offset / SECTOR_BYTES);
      const piece = Math.floor((offset % SECTOR_BYTES) / PIECE_BYTES);
      const begins = from + sector * SECTOR_BYTES + piece * PIECE_BYTES;
      this.history.bufferModified(id, sector, piece, this.contents.internPiece(this.sram, begins));
    }
  }
}
