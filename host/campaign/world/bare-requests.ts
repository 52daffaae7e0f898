import { REQUEST_DISCARD, REQUEST_WRITE_FUA, STATUS_OK } from "../../../assembly/layout.js";
import type { TimedMirror } from "../../mirror/timed-mirror.js";
import type { PageCacheObserver } from "../../page-cache/page-cache-observer.js";
import type { BlockCompletion } from "../../page-cache/block-device.js";
import type { TransferBuffer } from "../../sdcard-emulator/card.js";
import { PIECES_PER_SECTOR, ZERO_PIECE, type SectorContents } from "../../sdcard-emulator/sector-contents.js";

/** What the oracle must know of requests that are durable when they are answered. */
export interface DurableObserver extends PageCacheObserver {
  /** The write was answered, and what it wrote is durable. */
  durableDone(writeId: number, status: number): void;
}

/** A buffer that nobody changes. */
class StillBuffer implements TransferBuffer {
  constructor(private readonly pieces: readonly number[]) {}

  samplePiece(sector: number, piece: number): number {
    return this.pieces[sector * PIECES_PER_SECTOR + piece]!;
  }

  storeSector(): void {
    throw new Error("a buffer that is written was read into");
  }
}

interface OpenRequest {
  readonly writeId: number;
  /** Sectors of the write that the oracle was told of; 0 for a discard of less than a region. */
  readonly count: number;
}

/**
 * Requests that no page cache makes: writes that are durable when they are answered, and discards. A request that finds
 * the driver busy is not made.
 */
export class BareRequests implements BlockCompletion {
  private readonly open = new Map<number, OpenRequest>();
  private serial = 0;

  constructor(
    private readonly mirror: TimedMirror,
    private readonly observer: DurableObserver,
    private readonly contents: SectorContents,
    private readonly regionSectors: number,
  ) {}

  /** @param firstStamp serial number of the first value that it writes; each piece has its own */
  writeDurably(sector: number, count: number, firstStamp: number): boolean {
    const pieces = Array.from({ length: count * PIECES_PER_SECTOR }, (_, i) =>
      this.contents.stamp(firstStamp + i),
    );
    return this.send(REQUEST_WRITE_FUA, sector, count, sector, count, new StillBuffer(pieces));
  }

  /** Gives sectors back: the regions that lie in them as a whole become zeros. */
  discard(sector: number, count: number): boolean {
    const first = Math.ceil(sector / this.regionSectors) * this.regionSectors;
    const end = Math.floor((sector + count) / this.regionSectors) * this.regionSectors;
    const sectors = Math.max(0, end - first);
    const zeros = new StillBuffer(Array.from({ length: sectors * PIECES_PER_SECTOR }, () => ZERO_PIECE));
    return this.send(REQUEST_DISCARD, sector, count, first, sectors, zeros);
  }

  onBlockDone(tag: number, status: number): void {
    const request = this.open.get(tag);
    if (request === undefined) return;
    this.open.delete(tag);
    if (request.count > 0) this.observer.durableDone(request.writeId, status);
  }

  /** Memory is gone. */
  crash(): void {
    this.open.clear();
  }

  private send(
    operation: number,
    sector: number,
    count: number,
    changedFrom: number,
    changed: number,
    buffer: TransferBuffer,
  ): boolean {
    const tag = ++this.serial;
    const status = this.mirror.request(operation, sector, count, buffer, 0, this, tag);
    if (status !== STATUS_OK) return false;
    const writeId = changed > 0 ? this.observer.writeSubmitted(changedFrom, changed, buffer, 0) : -1;
    this.open.set(tag, { writeId, count: changed });
    return true;
  }
}
