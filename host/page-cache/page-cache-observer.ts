import type { TransferBuffer } from "../sdcard-emulator/card.js";

/**
 * Told everything that decides what a crash may leave: the oracle's ears. Sectors are data sectors; statuses are
 * those of layout.ts. Ids are the observer's own; they are handed back unchanged.
 */
export interface PageCacheObserver {
  /** The device accepted a write; the buffer holds at this moment what it samples as. Returns an id for the write. */
  writeSubmitted(sector: number, count: number, buffer: TransferBuffer, bufferSector: number): number;
  /** The buffer of a write under way changed. `sectorOffset` counts from the first sector of the write. */
  bufferModified(writeId: number, sectorOffset: number, piece: number, pieceId: number): void;
  writeDone(writeId: number, status: number): void;
  /** The device accepted a flush. Returns an id for it. */
  flushSubmitted(): number;
  flushDone(flushId: number, status: number): void;
  /** The device returned a sector to the cache: a content id, UNREADABLE for a read error. */
  readReturned(sector: number, content: number): unknown;
  /** A whole-device sync was answered; `kind` is one of SYNC_... (whole-sync.ts). */
  syncAcknowledged?(kind: number, status: number): void;
}
