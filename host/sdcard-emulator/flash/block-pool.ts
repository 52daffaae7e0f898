/** The physical erase blocks of a card: which are free, how worn each is, and which went bad. */
import type { PoolState } from "../image/card-state.js";
import { lengthOfRuns, readRuns, runsOf } from "../image/number-runs.js";
import { avalanche } from "../open-addressing.js";
import type { FlashWork } from "./flash-timing.js";
import { ForkableArray } from "./forkable-array.js";

/** A block's own endurance lies so far from the average at most (assumed: manufacturing spread). */
const ENDURANCE_SPREAD = 0.2;

const INT32_MAX = 0x7fff_ffff;

/** Blocks are taken free, filled, and given back, which erases them. */
export class BlockPool {
  /** Erases of each block. */
  private wear: ForkableArray;
  /** Page reads of each block since its last erase. */
  private reads: ForkableArray;
  /** Free blocks: the first `free` entries. */
  private freeList: Int32Array;
  private shared = false;
  /** Blocks that can be taken now. */
  free: number;
  /** Blocks that went bad. */
  retired = 0;
  erases = 0;

  constructor(
    readonly blocks: number,
    private readonly enduranceErases: number,
    private readonly seed: number,
    private readonly work: FlashWork,
  ) {
    this.wear = new ForkableArray(blocks, 0);
    this.reads = new ForkableArray(blocks, 0);
    this.freeList = Int32Array.from({ length: blocks }, (_, block) => block);
    this.free = blocks;
  }

  wearOf(block: number): number {
    return this.wear.get(block);
  }

  /** Erases that this block stands; it goes bad at the first one beyond. */
  enduranceOf(block: number): number {
    const lot = (avalanche(Math.imul(block + 1, 0x9e3779b1) ^ this.seed) >>> 0) / 0x1_0000_0000;
    return Math.floor(this.enduranceErases * (1 - ENDURANCE_SPREAD + 2 * ENDURANCE_SPREAD * lot));
  }

  /** The least worn free block, which is erased: wear levelling as far as it costs nothing. @throws Error without one */
  take(): number {
    if (this.free === 0) throw new Error("no free erase block is left: a bug in the translation layer");
    this.own();
    let best = 0;
    for (let i = 1; i < this.free; i++) {
      if (this.wear.get(this.freeList[i]!) < this.wear.get(this.freeList[best]!)) best = i;
    }
    return this.takeAt(best);
  }

  /** The most worn free block: for data that is not going to change. */
  takeWorn(): number {
    this.own();
    let best = 0;
    for (let i = 1; i < this.free; i++) {
      if (this.wear.get(this.freeList[i]!) > this.wear.get(this.freeList[best]!)) best = i;
    }
    return this.takeAt(best);
  }

  /** Erases of the most worn free block. */
  mostWornFree(): number {
    let most = 0;
    for (let i = 0; i < this.free; i++) most = Math.max(most, this.wear.get(this.freeList[i]!));
    return most;
  }

  /** Erases a block that holds nothing any more: free again, or bad. */
  giveBack(block: number): void {
    this.own();
    this.work.erase();
    this.erases++;
    const wear = this.wear.get(block) + 1;
    this.wear.set(block, wear);
    this.reads.set(block, 0);
    if (wear > this.enduranceOf(block)) this.retired++;
    else this.freeList[this.free++] = block;
  }

  /** Counts reads of pages of a block. @returns how many it has stood since its last erase */
  countReads(block: number, pages: number): number {
    const reads = this.reads.get(block) + pages;
    this.reads.set(block, reads);
    return reads;
  }

  /** The reads counted so far have done their harm. */
  forgetReads(block: number): void {
    this.reads.set(block, 0);
  }

  /** Ages every block by so many erases, as if the card had been used before. */
  age(erases: number): void {
    for (let block = 0; block < this.blocks; block++) this.wear.set(block, this.wear.get(block) + erases);
  }

  save(): PoolState {
    const { wear, reads, free, freeList, retired, erases } = this;
    return {
      wear: wear.save(),
      reads: reads.save(),
      freeBlocks: runsOf(free, (index) => freeList[index]!),
      retired,
      erases,
    };
  }

  /** Becomes what `save` told of. @throws Error that says what does not fit */
  restore(state: PoolState): void {
    const { blocks } = this;
    this.wear.restore("wear", state.wear, 0, INT32_MAX);
    this.reads.restore("reads", state.reads, 0, INT32_MAX);
    const free = lengthOfRuns(state.freeBlocks);
    if (free + state.retired > blocks)
      throw new Error(`of ${blocks} blocks ${free} cannot be free and ${state.retired} bad`);
    const list = new Int32Array(blocks);
    readRuns("freeBlocks", state.freeBlocks, free, 0, blocks - 1, (i, block) => (list[i] = block));
    Object.assign(this, {
      freeList: list,
      shared: false,
      free,
      retired: state.retired,
      erases: state.erases,
    });
  }

  /** An independent copy that books its work elsewhere. */
  fork(work: FlashWork): BlockPool {
    const copy = new BlockPool(0, this.enduranceErases, this.seed, work);
    Object.assign(copy, { blocks: this.blocks, free: this.free, retired: this.retired, erases: this.erases });
    copy.wear = this.wear.fork();
    copy.reads = this.reads.fork();
    copy.freeList = this.freeList;
    copy.shared = true;
    this.shared = true;
    return copy;
  }

  private takeAt(at: number): number {
    const block = this.freeList[at]!;
    this.freeList[at] = this.freeList[--this.free]!;
    return block;
  }

  private own(): void {
    if (!this.shared) return;
    this.freeList = this.freeList.slice();
    this.shared = false;
  }
}
