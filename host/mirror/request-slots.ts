import type { BlockCompletion } from "../page-cache/block-device.js";
import type { TransferBuffer } from "../sdcard-emulator/card.js";

/**
 * What the driver's opaque numbers stand for: a request's tag and buffer are both the index of its slot. More slots
 * than the driver has requests are never in use.
 */
export class RequestSlots {
  private readonly buffers: (TransferBuffer | null)[];
  private readonly bufferSectors: Int32Array;
  private readonly completions: (BlockCompletion | null)[];
  private readonly tags: Int32Array;
  private readonly free: number[] = [];

  constructor(slots: number) {
    this.buffers = Array.from({ length: slots }, () => null);
    this.completions = Array.from({ length: slots }, () => null);
    this.bufferSectors = new Int32Array(slots);
    this.tags = new Int32Array(slots);
    this.releaseAll();
  }

  /** A slot for a request, or -1 when all are taken. */
  take(buffer: TransferBuffer | null, bufferSector: number, done: BlockCompletion, tag: number): number {
    const slot = this.free.pop();
    if (slot === undefined) return -1;
    this.buffers[slot] = buffer;
    this.bufferSectors[slot] = bufferSector;
    this.completions[slot] = done;
    this.tags[slot] = tag;
    return slot;
  }

  bufferOf(slot: number): TransferBuffer | null {
    return this.buffers[slot]!;
  }

  bufferSectorOf(slot: number): number {
    return this.bufferSectors[slot]!;
  }

  /** Gives the slot back without an answer: the driver did not accept the request. */
  release(slot: number): void {
    this.buffers[slot] = null;
    this.completions[slot] = null;
    this.free.push(slot);
  }

  /** The driver has answered: frees the slot, then tells the caller. */
  complete(slot: number, status: number): void {
    const done = this.completions[slot];
    if (!done) throw new Error(`the driver answered tag ${slot}, which is not under way`);
    const tag = this.tags[slot]!;
    this.release(slot);
    done.onBlockDone(tag, status);
  }

  /** The controller is gone: nothing will be answered. */
  releaseAll(): void {
    this.free.length = 0;
    for (let slot = this.buffers.length - 1; slot >= 0; slot--) this.release(slot);
  }
}
