import type { TransferBuffer } from "../sdcard-emulator/card.js";
import { PIECES_PER_SECTOR, ZERO_PIECE, type SectorContents } from "../sdcard-emulator/sector-contents.js";

/** One page: a live buffer, which cards sample while threads store into it, and its place in the cache's affairs. */
export class Page implements TransferBuffer {
  /** First data sector. */
  readonly sector: number;
  /** Piece ids: sector within the page * PIECES_PER_SECTOR + piece. */
  readonly pieces: Int32Array;
  /** The buffer holds what the cache believes the sectors to be. */
  present = false;
  /** To be written again; set by PageTable only. */
  dirty = false;
  dirtySinceUs = 0;
  /** Waits for its turn at the device. */
  queued = false;
  /** A write is under way. A forgotten page is `writing` and not `present` until that write ends. */
  writing = false;
  /** The observer's id of the write under way. */
  writeId = 0;
  /** A read is under way or wanted. */
  loading = false;
  /** While loading: -1 = the whole page at once, else the sector that is read by itself after an error. */
  loadSector = -1;
  loadStatus = 0;
  /** Stores that wait for this page (PageModifier). */
  waitingStores = 0;
  /** Readers that wait for this page. */
  waitingReaders = 0;
  /** Counts departures from the cache: a late dirty flag of an earlier life is void. */
  life = 0;
  /** Syncs (bit = slot of WholeSync) that need one more write of this page to begin ... */
  syncsToWrite = 0;
  /** ... and those that wait for the end of the write under way. */
  syncsInFlight = 0;

  constructor(
    readonly number: number,
    /** Sectors of this page; the last page of a device may have fewer than the others. */
    readonly sectors: number,
    sectorsPerPage: number,
    private readonly contents: SectorContents,
  ) {
    this.sector = number * sectorsPerPage;
    this.pieces = new Int32Array(sectors * PIECES_PER_SECTOR).fill(ZERO_PIECE);
  }

  samplePiece(sector: number, piece: number): number {
    const id = this.pieces[sector * PIECES_PER_SECTOR + piece];
    if (id === undefined) {
      throw new Error(
        `page ${this.number} has ${this.sectors} sectors: piece ${piece} of sector ${sector} sampled`,
      );
    }
    return id;
  }

  storeSector(sector: number, content: number): void {
    if (!this.loading || sector < 0 || sector >= this.sectors) {
      throw new Error(`page ${this.number}: a read delivered sector ${sector}, which nobody is waiting for`);
    }
    // Overwritten as a whole meanwhile: what was read is of no use any more.
    if (this.present) return;
    for (let piece = 0; piece < PIECES_PER_SECTOR; piece++) {
      this.pieces[sector * PIECES_PER_SECTOR + piece] = this.contents.pieceOf(content, piece);
    }
  }

  /** Content id of one sector as the buffer holds it now. */
  contentOf(sector: number): number {
    return this.contents.sectorOf(this.samplePiece(sector, 0), this.samplePiece(sector, 1));
  }
}
