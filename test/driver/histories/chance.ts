/**
 * A seeded generator of its own (xorshift, 32 bits), so that a seed stays the same history whatever happens to
 * the generators of the campaigns.
 */
export class Chance {
  private state: number;

  /** @param seed any integer; neighbours are multiplied apart */
  constructor(seed: number) {
    this.state = (seed * 2654435761) >>> 0 || 1;
  }

  /** An integer from 0 to below `limit`. */
  below(limit: number): number {
    this.state = (this.state ^ (this.state << 13)) >>> 0;
    this.state ^= this.state >>> 17;
    this.state = (this.state ^ (this.state << 5)) >>> 0;
    return this.state % limit;
  }

  /** An integer from 1 to `limit`. */
  upTo(limit: number): number {
    return 1 + this.below(limit);
  }

  oneIn(count: number): boolean {
    return this.below(count) === 0;
  }

  among<Choice>(choices: readonly Choice[]): Choice {
    return choices[this.below(choices.length)]!;
  }
}
