import { Prng } from "../../sdcard-emulator/prng.js";

/** Seeded choices. */
export class Draw {
  private readonly prng: Prng;

  /** @param salt keeps generators apart that are given the same seeds */
  constructor(seed: number, salt: number) {
    this.prng = new Prng(Math.imul(seed, 0x9e3779b1) ^ salt);
  }

  /** A whole number from 0 to limit - 1. */
  below(limit: number): number {
    return this.prng.next() % limit;
  }

  one<T>(values: readonly T[]): T {
    return values[this.below(values.length)]!;
  }

  percent(chance: number): boolean {
    return this.below(100) < chance;
  }
}
