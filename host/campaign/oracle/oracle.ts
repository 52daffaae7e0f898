import { AREA_BITMAP_SLOT_0, STATUS_OK } from "../../../assembly/layout.js";
import type { TransferBuffer } from "../../sdcard-emulator/card.js";
import { UNREADABLE, type SectorContents } from "../../sdcard-emulator/sector-contents.js";
import type { ArrayGeometry } from "../world/array-geometry.js";
import type { DurableObserver } from "../world/bare-requests.js";
import type { BitmapRecords } from "./bitmap-record.js";
import type { MarkOracle } from "./mark-oracle.js";
import type { SectorHistory } from "./sector-history.js";
import { VERDICT_NAMES, VERDICT_OK } from "./sector-verdict.js";
import { promisesOfVerdict, type BrokenPromise } from "./violation.js";

/** Where the oracle tells of a promise broken by the running system. */
export type OracleComplaint = (promises: readonly BrokenPromise[], sector: number, text: string) => void;

/** The cards in sync hold different contents. */
export const CARDS_DIFFER = -1;

/** Hears what the layer above does and what the driver writes, and keeps both models. */
export class Oracle implements DurableObserver {
  constructor(
    private readonly history: SectorHistory,
    private readonly marks: MarkOracle,
    private readonly records: BitmapRecords,
    private readonly contents: SectorContents,
    private readonly geometry: ArrayGeometry,
    private readonly memory: Uint8Array,
    private readonly complain: OracleComplaint,
    /** What the cards in sync hold of a data sector, or CARDS_DIFFER; null without a transfer fingerprint. */
    private readonly contentOnCards: ((sector: number) => number) | null = null,
  ) {}

  writeSubmitted(sector: number, count: number, buffer: TransferBuffer, bufferSector: number): number {
    return this.history.writeSubmitted(sector, count, buffer, bufferSector);
  }

  bufferModified(writeId: number, sectorOffset: number, piece: number, pieceId: number): void {
    this.history.bufferModified(writeId, sectorOffset, piece, pieceId);
  }

  writeDone(writeId: number, status: number): void {
    if (status === STATUS_OK) this.settle(writeId);
    this.history.writeDone(writeId, status);
  }

  /** Nobody changes the buffer of such a write, and a discard leaves the cards as they are. */
  durableDone(writeId: number, status: number): void {
    this.history.durableDone(writeId, status);
  }

  /** With a transfer fingerprint an answered write has left the same bytes on both cards (P1), and these alone count. */
  private settle(writeId: number): void {
    if (this.contentOnCards === null) return;
    const { sector, count } = this.history.extentOf(writeId);
    for (let offset = 0; offset < count; offset++) {
      const content = this.contentOnCards(sector + offset);
      if (content === CARDS_DIFFER) {
        const text = `an answered write left sector ${sector + offset} different on the cards`;
        this.complain(["P1"], sector + offset, text);
      } else if (content !== UNREADABLE) {
        this.history.writeSettled(writeId, offset, content);
      }
    }
  }

  flushSubmitted(): number {
    return this.history.flushSubmitted();
  }

  flushDone(flushId: number, status: number): void {
    this.history.flushDone(flushId, status);
  }

  readReturned(sector: number, content: number): void {
    const verdict = this.history.readReturned(sector, content);
    if (verdict === VERDICT_OK) return;
    this.complain(
      promisesOfVerdict(verdict),
      sector,
      `a read of sector ${sector} returned ${VERDICT_NAMES[verdict]}`,
    );
  }

  /** The driver writes card sectors from its own memory: a bitmap record is looked into, a copy must be due. */
  ownWrite(sector: number, count: number, address: number): void {
    if (sector >= this.geometry.dataStart) {
      this.copyWritten(sector - this.geometry.dataStart, count);
      return;
    }
    const area = Math.floor((sector - this.geometry.baseSector) / this.geometry.metadataStride);
    if (area < AREA_BITMAP_SLOT_0) return;
    const record = this.records.of(this.contents.internSector(this.memory, address));
    if (record === null) {
      this.complain(["P6"], -1, `the driver writes an invalid bitmap record to sector ${sector}`);
      return;
    }
    const region = this.marks.recordWritten(record);
    if (region < 0) return;
    const text = `region ${region} is marked in record ${record.sequence}, but nothing was written to it`;
    this.complain(["P6"], region << this.geometry.regionShift, text);
  }

  private copyWritten(sector: number, count: number): void {
    const region = this.marks.copyWritten(sector, count);
    if (region < 0) return;
    this.complain(
      ["P6"],
      sector,
      `the driver copies into region ${region}, which its newest record does not mark`,
    );
  }
}
