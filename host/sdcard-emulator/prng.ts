/**
 * The emulator's own seeded generator (mulberry32): 32 bits of state, so the same seed gives the same
 * timing on every machine and a run can be replayed from its seed alone.
 */
export class Prng {
  private state: number;

  /** @param seed any integer; only its low 32 bits count */
  constructor(seed: number) {
    this.state = seed | 0;
  }

  /** An independent generator that goes on as this one will. */
  fork(): Prng {
    return new Prng(this.state);
  }

  /** Where the generator stands: a seed from which another one goes on as this one will. */
  get position(): number {
    return this.state;
  }

  /** Goes on from another generator's `position`. */
  moveTo(position: number): void {
    this.state = position | 0;
  }

  /** The next unsigned 32-bit value. */
  next(): number {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return (mixed ^ (mixed >>> 14)) >>> 0;
  }

  /**
   * A duration spread evenly over `us` plus or minus `percent`.
   * @returns an integer number of µs, at least 0
   */
  jitterUs(us: number, percent: number): number {
    const spread = Math.floor((us * percent) / 100);
    return spread === 0 ? us : us - spread + (this.next() % (2 * spread + 1));
  }

  /** 0 most of the time; in `percent` of the draws 1 to `us`. Draws nothing when stalls are impossible. */
  stallUs(us: number, percent: number): number {
    if (us === 0 || percent === 0 || this.next() % 100 >= percent) return 0;
    return 1 + (this.next() % us);
  }
}
