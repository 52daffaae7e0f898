import type { TransferBuffer } from "../sdcard-emulator/card.js";

/**
 * The seam downwards: what the page cache needs of a mirror, a single card or a test double. Sectors are of
 * SECTOR_BYTES and counted from the first data sector. The buffer is live: it is sampled while the request runs and
 * may change meanwhile.
 *
 * Each request answers true = accepted, false = busy (nothing happened; try again after a completion). The cache
 * calls these only from clock events, never from inside a completion.
 */
export interface BlockDevice {
  /** Data sectors. */
  readonly sectors: number;
  read(
    sector: number,
    count: number,
    buffer: TransferBuffer,
    bufferSector: number,
    done: BlockCompletion,
    tag: number,
  ): boolean;
  write(
    sector: number,
    count: number,
    buffer: TransferBuffer,
    bufferSector: number,
    done: BlockCompletion,
    tag: number,
  ): boolean;
  /** Makes durable at least what was completed when the flush was submitted. */
  flush(done: BlockCompletion, tag: number): boolean;
}

/** Where a device answers: once for each accepted request, with the request's tag and a status from layout.ts. */
export interface BlockCompletion {
  onBlockDone(tag: number, status: number): void;
}
