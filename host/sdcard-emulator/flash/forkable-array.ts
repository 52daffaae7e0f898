/**
 * Whole numbers by index, in chunks that forks share until one of them writes: what a card's flash knows of its pages
 * and blocks. A copy costs the table of chunks, not the numbers.
 */
import { readRuns, runsOf } from "../image/number-runs.js";

const CHUNK_SHIFT = 10;
const CHUNK = 1 << CHUNK_SHIFT;
const MASK = CHUNK - 1;

/** `length` signed 32-bit numbers, all `initial` at first. */
export class ForkableArray {
  private chunks: Int32Array[];
  /** 1 for each chunk that this array alone refers to and may write to. */
  private readonly owned: Uint8Array;

  constructor(
    readonly length: number,
    initial: number,
    chunks?: Int32Array[],
  ) {
    const count = Math.ceil(length / CHUNK);
    this.chunks = chunks ?? new Array<Int32Array>(count).fill(new Int32Array(CHUNK).fill(initial));
    this.owned = new Uint8Array(count);
  }

  /** The caller keeps the index below `length`. */
  get(index: number): number {
    return this.chunks[index >> CHUNK_SHIFT]![index & MASK]!;
  }

  set(index: number, value: number): void {
    const at = index >> CHUNK_SHIFT;
    if (this.owned[at] === 0) {
      this.chunks[at] = this.chunks[at]!.slice();
      this.owned[at] = 1;
    }
    this.chunks[at]![index & MASK] = value;
  }

  /** The numbers in short; see number-runs.ts. */
  save(): number[] {
    return runsOf(this.length, (index) => this.get(index));
  }

  /**
   * Takes the numbers that `save` gave.
   * @throws Error that begins with `what`, unless there are as many, each `least` to `most`
   */
  restore(what: string, runs: readonly number[], least: number, most: number): void {
    readRuns(what, runs, this.length, least, most, (index, value) => this.set(index, value));
  }

  /** An independent array with the same numbers. */
  fork(): ForkableArray {
    this.owned.fill(0);
    return new ForkableArray(this.length, 0, this.chunks.slice());
  }
}
