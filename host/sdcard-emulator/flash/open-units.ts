/** The translation units that are being written to: each has a block of its own that takes pages as they come. */

import type { OpenUnitState } from "../image/card-state.js";

/** No unit, no page. */
export const NONE = -1;

/** A fixed number of slots, in parallel arrays. A slot without a unit is free. */
export class OpenUnits {
  readonly unit: Int32Array;
  readonly block: Int32Array;
  /** Pages of the block that are programmed. */
  readonly next: Int32Array;
  /** Place in its unit of the page that was programmed last. */
  readonly lastOffset: Int32Array;
  private readonly usedAt: Float64Array;
  private uses = 0;

  constructor(readonly slots: number) {
    this.unit = new Int32Array(slots).fill(NONE);
    this.block = new Int32Array(slots).fill(NONE);
    this.next = new Int32Array(slots);
    this.lastOffset = new Int32Array(slots);
    this.usedAt = new Float64Array(slots);
  }

  /** The slot of a unit, or NONE. */
  find(unit: number): number {
    for (let slot = 0; slot < this.slots; slot++) if (this.unit[slot] === unit) return slot;
    return NONE;
  }

  /** How many units are open. */
  get count(): number {
    let open = 0;
    for (let slot = 0; slot < this.slots; slot++) if (this.unit[slot] !== NONE) open++;
    return open;
  }

  /** A free slot, or the one that was used least recently, which must be closed first. */
  choose(): number {
    let best = 0;
    for (let slot = 0; slot < this.slots; slot++) {
      if (this.unit[slot] === NONE) return slot;
      if (this.usedAt[slot]! < this.usedAt[best]!) best = slot;
    }
    return best;
  }

  open(slot: number, unit: number, block: number): void {
    this.unit[slot] = unit;
    this.block[slot] = block;
    this.next[slot] = 0;
    this.lastOffset[slot] = NONE;
    this.touch(slot);
  }

  /** This slot was used just now. */
  touch(slot: number): void {
    this.usedAt[slot] = ++this.uses;
  }

  release(slot: number): void {
    this.unit[slot] = NONE;
    this.block[slot] = NONE;
  }

  /** The open units, by slot; free slots are left out, for any one does. */
  save(): OpenUnitState[] {
    const slots = Array.from({ length: this.slots }, (_, slot) => slot);
    return slots
      .filter((slot) => this.unit[slot] !== NONE)
      .map((slot) => ({
        unit: this.unit[slot]!,
        block: this.block[slot]!,
        next: this.next[slot]!,
        lastOffset: this.lastOffset[slot]!,
        usedAt: this.usedAt[slot]!,
      }));
  }

  /**
   * Becomes what `save` told of.
   * @param units  and blocks: how many there are
   * @throws Error that says what does not fit
   */
  restore(state: readonly OpenUnitState[], units: number, blocks: number): void {
    if (state.length > this.slots)
      throw new Error(`${state.length} units are open, and ${this.slots} can be`);
    state.forEach(({ unit, block, next, lastOffset, usedAt }, slot) => {
      if (!(unit >= 0 && unit < units && block >= 0 && block < blocks))
        throw new Error(`open unit ${unit} in block ${block}: there are ${units} units and ${blocks} blocks`);
      this.open(slot, unit, block);
      this.next[slot] = next;
      this.lastOffset[slot] = lastOffset;
      this.usedAt[slot] = usedAt;
    });
    this.uses = state.reduce((most, { usedAt }) => Math.max(most, usedAt), 0);
  }

  fork(): OpenUnits {
    const copy = new OpenUnits(this.slots);
    copy.unit.set(this.unit);
    copy.block.set(this.block);
    copy.next.set(this.next);
    copy.lastOffset.set(this.lastOffset);
    copy.usedAt.set(this.usedAt);
    copy.uses = this.uses;
    return copy;
  }
}
