/**
 * The commands that wait at one card, the one under way first: a ring of parallel arrays, so that
 * submitting allocates nothing.
 */
import type { TransferBuffer } from "./card-options.js";

/** More than a driver can have under way (TRANSFERS in layout.ts), stale ones of a reset included. */
export const QUEUE_COMMANDS = 64;
const MASK = QUEUE_COMMANDS - 1;

/** First in, first out. The accessors speak of the command under way and need a queue that is not empty. */
export class CommandQueue {
  length = 0;
  private head = 0;
  private readonly ops = new Uint8Array(QUEUE_COMMANDS);
  private readonly sectors = new Int32Array(QUEUE_COMMANDS);
  private readonly counts = new Int32Array(QUEUE_COMMANDS);
  private readonly bufferSectors = new Int32Array(QUEUE_COMMANDS);
  private readonly buffers: (TransferBuffer | null)[] = new Array<TransferBuffer | null>(QUEUE_COMMANDS).fill(
    null,
  );
  private readonly tokens = new Float64Array(QUEUE_COMMANDS);
  private readonly numbers = new Float64Array(QUEUE_COMMANDS);
  private readonly coverages = new Float64Array(QUEUE_COMMANDS);

  /**
   * Adds a command.
   * @param number the command's place in the order of submission, from 1
   * @param coverage number of the last command that had completed by now: what a flush covers
   * @throws Error when 64 commands wait
   */
  push(
    op: number,
    sector: number,
    count: number,
    buffer: TransferBuffer | null,
    bufferSector: number,
    token: number,
    number: number,
    coverage: number,
  ): void {
    if (this.length === QUEUE_COMMANDS) {
      throw new Error(`${QUEUE_COMMANDS} commands wait at one card: the driver submits without limit`);
    }
    const at = (this.head + this.length++) & MASK;
    this.ops[at] = op;
    this.sectors[at] = sector;
    this.counts[at] = count;
    this.buffers[at] = buffer;
    this.bufferSectors[at] = bufferSector;
    this.tokens[at] = token;
    this.numbers[at] = number;
    this.coverages[at] = coverage;
  }

  get op(): number {
    return this.ops[this.head]!;
  }
  get sector(): number {
    return this.sectors[this.head]!;
  }
  get count(): number {
    return this.counts[this.head]!;
  }
  /** null also for a transfer whose controller is gone. */
  get buffer(): TransferBuffer | null {
    return this.buffers[this.head]!;
  }
  get bufferSector(): number {
    return this.bufferSectors[this.head]!;
  }
  get token(): number {
    return this.tokens[this.head]!;
  }
  get number(): number {
    return this.numbers[this.head]!;
  }
  get coverage(): number {
    return this.coverages[this.head]!;
  }

  /** Removes the command under way. */
  pop(): void {
    this.buffers[this.head] = null;
    this.head = (this.head + 1) & MASK;
    this.length--;
  }

  /** The command under way ends early: it covers only its first `count` sectors. */
  truncate(count: number): void {
    this.counts[this.head] = Math.min(count, this.counts[this.head]!);
  }

  /** The controller is gone: the waiting commands vanish, the one under way loses its buffer and is cut to `count` sectors. */
  orphan(count: number): void {
    this.buffers.fill(null);
    this.counts[this.head] = count;
    this.length = 1;
  }

  clear(): void {
    this.buffers.fill(null);
    this.length = 0;
  }
}
