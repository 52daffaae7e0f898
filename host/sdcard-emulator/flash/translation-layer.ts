/**
 * Which physical page holds which logical one. A card's translation layer remaps whole units; a unit that is being
 * written to is *open* and has a block of its own, in which pages lie in the order of their writing. Only a few units
 * can be open. To open another one, the one used least recently is closed: what its block lacks is copied into it from
 * the unit's old block (or both into a third, when it has no room), and the old block is erased. That is the whole
 * reason for the collapse with one stream too many: no factor is written anywhere.
 *
 * (The scheme is that of the Linaro flash card survey and of A. Bergmann, "Optimizing Linux with cheap flash drives",
 * LWN 428584; in the literature: block mapping with replacement blocks, merged by switch, partial and full merges.)
 */
import type { LayerState } from "../image/card-state.js";
import { BlockPool } from "./block-pool.js";
import { WORKING_BLOCKS, flashSize, type FlashGeometry, type FlashSize } from "./flash-geometry.js";
import type { FlashWork } from "./flash-timing.js";
import { ForkableArray } from "./forkable-array.js";
import { NONE, OpenUnits } from "./open-units.js";
import { SlcCache } from "./slc-cache.js";

/** Every so many erases the layer looks whether cold data sits on young blocks. */
const LEVEL_EVERY = 64;
/** How many more erases a free block must have than a cold one, in thousandths of the endurance (assumed). */
const LEVEL_GAP_PER_MILLE = 50;

/** Placement of one card's data. Books all its work; knows no time. */
export class TranslationLayer {
  readonly size: FlashSize;
  readonly pool: BlockPool;
  readonly open: OpenUnits;
  /** null on cards without one. */
  readonly slc: SlcCache | null;
  /** Physical page of each logical one, or NONE. Pages of the SLC cache follow those of the blocks. */
  private readonly map: ForkableArray;
  /** The block that a unit's data lie in, beside its open one; or NONE. */
  private readonly unitBlock: ForkableArray;
  /** The SLC cache is full and cannot be folded. */
  private stuck = false;
  private levelledAt = 0;
  private levelCursor = 0;

  constructor(
    readonly geometry: FlashGeometry,
    sectors: number,
    private readonly seed: number,
    private readonly work: FlashWork,
    from?: TranslationLayer,
  ) {
    const { pagesPerBlock } = geometry;
    this.size = from?.size ?? flashSize(geometry, sectors);
    const { pages, units, blocks } = this.size;
    this.pool = from?.pool.fork(work) ?? new BlockPool(blocks, geometry.enduranceErases, seed, work);
    this.open = from?.open.fork() ?? new OpenUnits(geometry.openUnits);
    this.map = from?.map.fork() ?? new ForkableArray(pages, NONE);
    this.unitBlock = from?.unitBlock.fork() ?? new ForkableArray(units, NONE);
    const owner = { map: this.map, foldUnit: (unit: number) => this.foldUnit(unit), pagesPerBlock };
    if (from !== undefined) {
      this.slc = from.slc?.fork(owner, work) ?? null;
      this.stuck = from.stuck;
      this.levelledAt = from.levelledAt;
      this.levelCursor = from.levelCursor;
    } else {
      const { slcBlocks } = geometry;
      this.slc = slcBlocks === 0 ? null : new SlcCache(slcBlocks, blocks * pagesPerBlock, owner, work);
    }
  }

  /** An independent copy that books its work elsewhere. */
  fork(work: FlashWork): TranslationLayer {
    return new TranslationLayer(this.geometry, 0, this.seed, work, this);
  }

  save(): LayerState {
    const { map, unitBlock, stuck, levelledAt, levelCursor, pool, open, slc } = this;
    return {
      map: map.save(),
      unitBlock: unitBlock.save(),
      stuck,
      levelledAt,
      levelCursor,
      pool: pool.save(),
      open: open.save(),
      slc: slc?.save() ?? null,
    };
  }

  /** Becomes what `save` told of. @throws Error that says what does not fit */
  restore(state: LayerState): void {
    const { blocks, pages, units } = this.size;
    const { pagesPerBlock, slcBlocks } = this.geometry;
    if ((state.slc === null) !== (this.slc === null))
      throw new Error(`the SLC cache of this class has ${slcBlocks} blocks`);
    if (state.levelCursor >= units) throw new Error(`levelCursor is ${state.levelCursor} of ${units} units`);
    this.map.restore("map", state.map, NONE, (blocks + slcBlocks) * pagesPerBlock - 1);
    this.unitBlock.restore("unitBlock", state.unitBlock, NONE, blocks - 1);
    this.pool.restore(state.pool);
    this.open.restore(state.open, units, blocks);
    if (state.slc !== null) this.slc?.restore(state.slc, pages);
    this.stuck = state.stuck;
    this.levelledAt = state.levelledAt;
    this.levelCursor = state.levelCursor;
  }

  /** Whether more blocks went bad than there were spare ones: what is written is safe, nothing more is taken. */
  get worn(): boolean {
    return this.stuck || this.pool.retired > this.size.spareBlocks;
  }

  /** Physical page of a logical one, or NONE if it was never written. */
  locate(page: number): number {
    return this.map.get(page);
  }

  /** The block of a unit that is not open, or what an open one had before. */
  blockOf(unit: number): number {
    return this.unitBlock.get(unit);
  }

  /** Every page is written, in order, and nothing is open: a card that has been used. Costs no time and no wear. */
  fill(): void {
    const { pagesPerBlock } = this.geometry;
    for (let unit = 0; unit < this.size.units; unit++) {
      if (this.unitBlock.get(unit) !== NONE || this.open.find(unit) !== NONE) continue;
      const block = this.pool.take();
      this.unitBlock.set(unit, block);
      for (let offset = 0; offset < pagesPerBlock; offset++) {
        const page = unit * pagesPerBlock + offset;
        if (this.map.get(page) === NONE) this.map.set(page, block * pagesPerBlock + offset);
      }
    }
  }

  /** Programs one logical page of the host, past the SLC cache or without one. */
  program(page: number): void {
    const slot = this.slotFor(page);
    this.work.program();
    this.place(slot, page);
  }

  /** Programs one logical page of the host into the SLC cache, or into its unit on cards without one. */
  programFast(page: number): void {
    if (this.slc === null) this.program(page);
    else if (!this.slc.program(page)) this.stuck = true;
  }

  /** A logical page holds nothing any more. A unit that is empty gives its block back, which is erased. */
  discard(page: number): void {
    const at = this.map.get(page);
    if (at === NONE) return;
    this.slc?.release(at);
    this.map.set(page, NONE);
  }

  /** Gives back the block of a unit that holds nothing, unless it is open. */
  freeIfEmpty(unit: number): void {
    const block = this.unitBlock.get(unit);
    if (block === NONE || this.open.find(unit) !== NONE) return;
    const { pagesPerBlock } = this.geometry;
    for (let page = unit * pagesPerBlock; page < (unit + 1) * pagesPerBlock; page++) {
      if (this.inBlock(this.map.get(page), block)) return;
    }
    this.unitBlock.set(unit, NONE);
    this.pool.giveBack(block);
  }

  /** Moves a unit's data to another block, which resets what reads have done to them. Open units are left alone. */
  refresh(unit: number): void {
    if (this.worn || this.open.find(unit) !== NONE || this.unitBlock.get(unit) === NONE) return;
    this.move(unit, this.pool.take());
  }

  /** Closes the unit in a slot: afterwards one block holds all of it that the SLC cache does not. */
  close(slot: number): void {
    const unit = this.open.unit[slot]!;
    const block = this.open.block[slot]!;
    const old = this.unitBlock.get(unit);
    const { pagesPerBlock } = this.geometry;
    const missing = old === NONE ? 0 : this.countIn(unit, old);
    if (missing === 0) {
      this.open.release(slot);
      this.unitBlock.set(unit, block);
      if (old !== NONE) this.pool.giveBack(old);
    } else if (this.open.next[slot]! + missing <= pagesPerBlock) {
      this.work.merges++;
      this.copyInto(block, this.open.next[slot]!, unit, old, NONE);
      this.open.release(slot);
      this.unitBlock.set(unit, block);
      this.pool.giveBack(old);
    } else {
      this.work.merges++;
      const target = this.pool.take();
      this.copyInto(target, 0, unit, old, block);
      this.open.release(slot);
      this.unitBlock.set(unit, target);
      this.pool.giveBack(old);
      this.pool.giveBack(block);
    }
    this.levelWear();
  }

  /** Brings what the SLC cache holds of a unit into a block, with the rest of the unit. */
  private foldUnit(unit: number): boolean {
    if (this.pool.free < WORKING_BLOCKS - 1) return false;
    const slot = this.open.find(unit);
    if (slot !== NONE) this.close(slot);
    this.work.folds++;
    const target = this.pool.take();
    const old = this.unitBlock.get(unit);
    const slc = this.slc!;
    const { pagesPerBlock } = this.geometry;
    let copied = 0;
    let fromSlc = 0;
    for (let offset = 0; offset < pagesPerBlock; offset++) {
      const page = unit * pagesPerBlock + offset;
      const at = this.map.get(page);
      if (at === NONE) continue;
      if (slc.holds(at)) {
        slc.release(at);
        fromSlc++;
      }
      this.map.set(page, target * pagesPerBlock + copied++);
    }
    this.work.copy(copied, fromSlc);
    this.unitBlock.set(unit, target);
    if (old !== NONE) this.pool.giveBack(old);
    this.levelWear();
    return true;
  }

  /** The slot of a page's unit, opened if need be, with room for one page more. */
  private slotFor(page: number): number {
    const { pagesPerBlock, anyOrder } = this.geometry;
    const unit = Math.floor(page / pagesPerBlock);
    let slot = this.open.find(unit);
    if (slot !== NONE) {
      const stepsBack = !anyOrder && page % pagesPerBlock < this.open.lastOffset[slot]!;
      if (!stepsBack && this.open.next[slot]! < pagesPerBlock) {
        this.open.touch(slot);
        return slot;
      }
      this.close(slot);
    } else {
      slot = this.open.choose();
      if (this.open.unit[slot] !== NONE) this.close(slot);
    }
    this.open.open(slot, unit, this.pool.take());
    return slot;
  }

  private place(slot: number, page: number): void {
    const { pagesPerBlock } = this.geometry;
    this.slc?.release(this.map.get(page));
    this.map.set(page, this.open.block[slot]! * pagesPerBlock + this.open.next[slot]!);
    this.open.next[slot] = this.open.next[slot]! + 1;
    this.open.lastOffset[slot] = page % pagesPerBlock;
  }

  private inBlock(at: number, block: number): boolean {
    const first = block * this.geometry.pagesPerBlock;
    return at >= first && at < first + this.geometry.pagesPerBlock;
  }

  private countIn(unit: number, block: number): number {
    const { pagesPerBlock } = this.geometry;
    let count = 0;
    for (let page = unit * pagesPerBlock; page < (unit + 1) * pagesPerBlock; page++) {
      if (this.inBlock(this.map.get(page), block)) count++;
    }
    return count;
  }

  /** Copies all pages of a unit that lie in one of two blocks (NONE: in one) into a third, in logical order. */
  private copyInto(target: number, next: number, unit: number, from: number, alsoFrom: number): void {
    const { pagesPerBlock } = this.geometry;
    let at = next;
    for (let page = unit * pagesPerBlock; page < (unit + 1) * pagesPerBlock; page++) {
      const place = this.map.get(page);
      if (!this.inBlock(place, from) && (alsoFrom === NONE || !this.inBlock(place, alsoFrom))) continue;
      this.map.set(page, target * pagesPerBlock + at++);
    }
    this.work.copy(at - next, 0);
  }

  private move(unit: number, target: number): void {
    const old = this.unitBlock.get(unit);
    this.copyInto(target, 0, unit, old, NONE);
    this.unitBlock.set(unit, target);
    this.pool.giveBack(old);
  }

  /** Static wear levelling: data that nobody changes go to a worn block, so that their young one is used again. */
  private levelWear(): void {
    const { pool } = this;
    if (pool.erases < this.levelledAt + LEVEL_EVERY || this.worn || pool.free < WORKING_BLOCKS) return;
    this.levelledAt = pool.erases;
    const unit = this.levelCursor;
    this.levelCursor = (unit + 1) % this.size.units;
    const block = this.unitBlock.get(unit);
    if (block === NONE || this.open.find(unit) !== NONE) return;
    const gap = (this.geometry.enduranceErases * LEVEL_GAP_PER_MILLE) / 1000;
    if (pool.mostWornFree() - pool.wearOf(block) > gap) this.move(unit, pool.takeWorn());
  }
}
