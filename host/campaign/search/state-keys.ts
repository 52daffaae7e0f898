import { EMPTY, grown, insert } from "../../sdcard-emulator/open-addressing.js";

const KEYS_FIRST = 1024;
/** Bits of the second lane that count: 53 in all. */
const HIGH_MASK = 0x1fffff;

/** Keys of pairs of images, numbered in the order in which they came: 53 of the 64 bits of their hash. */
export class StateKeys {
  private lows = new Int32Array(KEYS_FIRST);
  private highs = new Int32Array(KEYS_FIRST);
  private table = new Int32Array(2 * KEYS_FIRST).fill(EMPTY);
  private count = 0;

  get size(): number {
    return this.count;
  }

  /** The key's number, or -1. */
  find(hashLow: number, hashHigh: number): number {
    const { table, lows, highs } = this;
    const mask = table.length - 1;
    const high = hashHigh & HIGH_MASK;
    for (let slot = hashLow & mask; ; slot = (slot + 1) & mask) {
      const key = table[slot]!;
      if (key === EMPTY || (lows[key] === hashLow && highs[key] === high)) return key;
    }
  }

  /** The key's number, a new one if it is new. */
  add(hashLow: number, hashHigh: number): number {
    const known = this.find(hashLow, hashHigh);
    if (known !== EMPTY) return known;
    const key = this.count++;
    if (key === this.lows.length) this.grow();
    this.lows[key] = hashLow;
    this.highs[key] = hashHigh & HIGH_MASK;
    insert(this.table, hashLow, key);
    return key;
  }

  private grow(): void {
    this.lows = grown(this.lows);
    this.highs = grown(this.highs);
    this.table = new Int32Array(2 * this.table.length).fill(EMPTY);
    for (let key = 0; key < this.count - 1; key++) insert(this.table, this.lows[key]!, key);
  }
}
