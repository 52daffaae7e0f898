/** Cycles of one thing, measured again and again. */
export interface CycleFigures {
  readonly count: number;
  readonly median: number;
  readonly p99: number;
  readonly max: number;
}

/** Gathers cycles by what they were for. */
export class CycleSamples {
  private readonly samples = new Map<string, number[]>();

  note(what: string, cycles: number): void {
    const known = this.samples.get(what);
    if (known === undefined) this.samples.set(what, [cycles]);
    else known.push(cycles);
  }

  /** @throws Error for what was never measured */
  figures(what: string): CycleFigures {
    const sorted = this.samples.get(what)?.toSorted((a, b) => a - b);
    if (sorted === undefined) throw new Error(`nothing was measured of "${what}"`);
    const at = (part: number): number =>
      sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))]!;
    return { count: sorted.length, median: at(0.5), p99: at(0.99), max: at(1) };
  }

  /** What was measured, the longest first. */
  byLongest(): [what: string, max: number][] {
    return [...this.samples.keys()]
      .map((what): [string, number] => [what, this.figures(what).max])
      .toSorted((a, b) => b[1] - a[1]);
  }
}
