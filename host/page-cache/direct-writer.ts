import type { TransferBuffer } from "../sdcard-emulator/card.js";
import { PIECES_PER_SECTOR, ZERO_PIECE } from "../sdcard-emulator/sector-contents.js";
import type { BlockCompletion } from "./block-device.js";
import type { DeviceQueue, QueueClient } from "./device-queue.js";
import type { PageCacheObserver } from "./page-cache-observer.js";

/**
 * A writer beside the page cache (direct I/O): one buffer of its own, used again and again, for writes of any sectors,
 * over the cache's pages too. No sync knows of it, and what it stores during a write is never written again.
 */
export class DirectWriter implements QueueClient {
  /** From start() until the answer; the request may still wait for the device. */
  underWay = false;
  /** Answered writes. */
  writes = 0;
  private accepted = false;
  private writeId = 0;
  private sector = 0;
  private count = 0;
  private done: BlockCompletion | null = null;
  private tag = 0;
  private buffer: DirectBuffer;

  constructor(
    private readonly queue: DeviceQueue,
    private readonly observer: PageCacheObserver,
    /** Sectors of the buffer. */
    private readonly sectorsMax: number,
  ) {
    this.buffer = new DirectBuffer(sectorsMax);
  }

  /** Stores a piece id into the buffer now, whether or not it is being written. */
  store(sectorOffset: number, piece: number, pieceId: number): void {
    this.buffer.pieces[this.buffer.indexOf(sectorOffset, piece)] = pieceId;
    if (!this.accepted || sectorOffset >= this.count) return;
    this.observer.bufferModified(this.writeId, sectorOffset, piece, pieceId);
  }

  /**
   * Writes the first `count` sectors of the buffer to `sector`; answered through `done`.
   * @returns false if the last write has not been answered yet
   */
  start(sector: number, count: number, done: BlockCompletion, tag: number): boolean {
    if (this.underWay) return false;
    if (!(count > 0 && count <= this.sectorsMax)) {
      throw new Error(`a direct write has 1 to ${this.sectorsMax} sectors, not ${count}`);
    }
    this.underWay = true;
    this.sector = sector;
    this.count = count;
    this.done = done;
    this.tag = tag;
    this.queue.enqueue(this, 0);
    return true;
  }

  submitDue(what: number): boolean {
    if (!this.queue.write(this.sector, this.count, this.buffer, 0, this, what)) return false;
    this.accepted = true;
    this.writeId = this.observer.writeSubmitted(this.sector, this.count, this.buffer, 0);
    return true;
  }

  transferDone(_what: number, status: number): void {
    const done = this.done;
    this.underWay = false;
    this.accepted = false;
    this.done = null;
    this.writes++;
    this.observer.writeDone(this.writeId, status);
    done?.onBlockDone(this.tag, status);
  }

  /** Memory is gone, the buffer included; call it with the page cache's crash(). */
  crash(): void {
    this.underWay = false;
    this.accepted = false;
    this.done = null;
    this.buffer = new DirectBuffer(this.sectorsMax);
  }
}

/** The memory of one boot: a card that still transfers after a crash keeps reading the old one. */
class DirectBuffer implements TransferBuffer {
  readonly pieces: Int32Array;

  constructor(private readonly sectors: number) {
    this.pieces = new Int32Array(sectors * PIECES_PER_SECTOR).fill(ZERO_PIECE);
  }

  indexOf(sector: number, piece: number): number {
    if (!(sector >= 0 && sector < this.sectors && piece >= 0 && piece < PIECES_PER_SECTOR)) {
      throw new Error(`a direct buffer of ${this.sectors} sectors has no piece ${piece} in sector ${sector}`);
    }
    return sector * PIECES_PER_SECTOR + piece;
  }

  samplePiece(sector: number, piece: number): number {
    return this.pieces[this.indexOf(sector, piece)]!;
  }

  storeSector(): void {
    throw new Error("a direct writer does not read: a device delivered a sector into its buffer");
  }
}
