/**
 * The SLC cache: some blocks whose cells hold one bit, so that they take small writes fast, page by page in the order of
 * their coming. When they run out, one is emptied: compacted within the cache if little of it is still valid, else
 * folded, which rewrites a whole unit for each page of it. A card that rests folds ahead.
 */
import type { SlcState } from "../image/card-state.js";
import { readRuns, runsOf } from "../image/number-runs.js";
import type { FlashWork } from "./flash-timing.js";
import { ForkableArray } from "./forkable-array.js";
import { NONE } from "./open-units.js";

/** What the cache needs from the translation layer above it. */
export interface SlcOwner {
  /** Physical page of each logical one, those of the cache included. */
  readonly map: ForkableArray;
  readonly pagesPerBlock: number;
  /** Empties the cache of a unit. @returns false if there is no block to fold it into */
  readonly foldUnit: (unit: number) => boolean;
}

/** A block goes into the cache again, rather than being folded, if at most 1 in so many pages is valid. */
const COMPACT_BELOW = 2;

/** Emptying begins when one in 8 blocks is free (assumed). */
const LOW_SHIFT = 3;

/** Pages of the cache by physical number, from `firstPage` on. */
export class SlcCache {
  /** Logical page in each page of the cache, or NONE. */
  private readonly owners: ForkableArray;
  /** Valid pages of each block. */
  private readonly valid: Int32Array;
  /** 1 for blocks that are erased and not being filled. */
  private readonly erased: Uint8Array;
  private filling = 0;
  private next = 0;
  private free: number;

  constructor(
    readonly blocks: number,
    readonly firstPage: number,
    private readonly owner: SlcOwner,
    private readonly work: FlashWork,
    from?: SlcCache,
  ) {
    this.owners = from?.owners.fork() ?? new ForkableArray(blocks * owner.pagesPerBlock, NONE);
    this.valid = from?.valid.slice() ?? new Int32Array(blocks);
    this.erased = from?.erased.slice() ?? new Uint8Array(blocks).fill(1);
    this.filling = from?.filling ?? 0;
    this.next = from?.next ?? 0;
    this.free = from?.free ?? blocks - 1;
    this.erased[this.filling] = 0;
  }

  fork(owner: SlcOwner, work: FlashWork): SlcCache {
    return new SlcCache(this.blocks, this.firstPage, owner, work, this);
  }

  save(): SlcState {
    const { owners, valid, erased, blocks, filling, next, free } = this;
    return {
      owners: owners.save(),
      valid: runsOf(blocks, (block) => valid[block]!),
      erased: runsOf(blocks, (block) => erased[block]!),
      filling,
      next,
      free,
    };
  }

  /** Becomes what `save` told of. @param pages of the card @throws Error that says what does not fit */
  restore(state: SlcState, pages: number): void {
    const { blocks } = this;
    const { pagesPerBlock } = this.owner;
    if (state.filling >= blocks || state.next > pagesPerBlock || state.free >= blocks)
      throw new Error(`the SLC cache has ${blocks} blocks of ${pagesPerBlock} pages`);
    this.owners.restore("slc.owners", state.owners, NONE, pages - 1);
    readRuns("slc.valid", state.valid, blocks, 0, pagesPerBlock, (i, value) => (this.valid[i] = value));
    readRuns("slc.erased", state.erased, blocks, 0, 1, (i, value) => (this.erased[i] = value));
    this.filling = state.filling;
    this.next = state.next;
    this.free = state.free;
  }

  /** Erased blocks that wait to be filled. */
  get freeBlocks(): number {
    return this.free;
  }

  /** Whether a physical page is one of the cache. */
  holds(at: number): boolean {
    return at >= this.firstPage;
  }

  /** A physical page holds nothing valid any more; nothing happens for one outside the cache. */
  release(at: number): void {
    if (at < this.firstPage) return;
    const page = at - this.firstPage;
    this.owners.set(page, NONE);
    const block = Math.floor(page / this.owner.pagesPerBlock);
    this.valid[block] = this.valid[block]! - 1;
  }

  /** Takes one logical page of the host. @returns false, and nothing happens, if there is no room and none can be made */
  program(page: number): boolean {
    if (this.next === this.owner.pagesPerBlock && !this.nextBlock()) return false;
    this.work.slcProgram();
    this.place(page);
    // Little by little, so that no write pays for a whole block.
    if (this.free <= this.blocks >> LOW_SHIFT) this.reclaimStep();
    return true;
  }

  /**
   * One step towards an empty block: compacts one, folds one unit, or erases what is empty.
   * @returns false if there is nothing to empty or no room to fold into
   */
  reclaimStep(): boolean {
    const victim = this.victim();
    if (victim === NONE) return false;
    const { pagesPerBlock, foldUnit } = this.owner;
    const first = victim * pagesPerBlock;
    const valid = this.valid[victim]!;
    const room = pagesPerBlock - this.next + this.free * pagesPerBlock;
    if (valid * COMPACT_BELOW <= pagesPerBlock && valid <= room) this.compact(first);
    else {
      let i = 0;
      while (this.owners.get(first + i) === NONE) i++;
      if (!foldUnit(Math.floor(this.owners.get(first + i) / pagesPerBlock))) return false;
    }
    if (this.valid[victim]! > 0) return true;
    this.work.erase();
    this.erased[victim] = 1;
    this.free++;
    return true;
  }

  private nextBlock(): boolean {
    while (this.free === 0 && this.reclaimStep());
    // Compacting may have begun a block already.
    if (this.next < this.owner.pagesPerBlock) return true;
    if (this.free === 0) return false;
    this.beginBlock();
    return true;
  }

  private beginBlock(): void {
    const block = this.erased.indexOf(1);
    if (block < 0) throw new Error("no block of the SLC cache is free: a bug in its folding");
    this.erased[block] = 0;
    this.free--;
    this.filling = block;
    this.next = 0;
  }

  private compact(first: number): void {
    const { pagesPerBlock } = this.owner;
    let moved = 0;
    for (let i = 0; i < pagesPerBlock; i++) {
      const page = this.owners.get(first + i);
      if (page === NONE) continue;
      if (this.next === pagesPerBlock) this.beginBlock();
      this.place(page);
      moved++;
    }
    this.work.slcCopy(moved);
  }

  /** The block with the fewest valid pages; the one being filled is none. */
  private victim(): number {
    let best = NONE;
    for (let block = 0; block < this.blocks; block++) {
      if (block === this.filling || this.erased[block] === 1) continue;
      if (best === NONE || this.valid[block]! < this.valid[best]!) best = block;
    }
    return best;
  }

  private place(page: number): void {
    const { map, pagesPerBlock } = this.owner;
    this.release(map.get(page));
    const at = this.filling * pagesPerBlock + this.next++;
    this.owners.set(at, page);
    this.valid[this.filling] = this.valid[this.filling]! + 1;
    map.set(page, this.firstPage + at);
  }
}
