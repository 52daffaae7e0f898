/** Fault levels of the fault model (head comment of host/sdcard-emulator/card.ts), F0 to F6 by index. */
export const FAULT_LEVELS = ["F0", "F1", "F2", "F3", "F4", "F5", "F6"] as const;
export type FaultLevel = (typeof FAULT_LEVELS)[number];

/** What a write to a card is for. A record that marks regions is a mark, whatever it clears beside that. */
export const WRITE_KINDS = ["data", "mark", "clear", "superblock", "resync", "rebuild"] as const;
export type WriteKind = (typeof WRITE_KINDS)[number];

/** A cell of the coverage table. */
export interface CoverageCell {
  readonly level: FaultLevel;
  readonly kind: WriteKind;
  /** How often a write of this kind met a fault of this level. */
  readonly hits: number;
}

/** How often each kind of write met each level of faults. */
export class FaultCoverage {
  private readonly hits = new Float64Array(FAULT_LEVELS.length * WRITE_KINDS.length);

  static from(hits: readonly number[]): FaultCoverage {
    const coverage = new FaultCoverage();
    coverage.hits.set(hits);
    return coverage;
  }

  note(level: FaultLevel, kind: WriteKind, times = 1): void {
    this.hits[FAULT_LEVELS.indexOf(level) * WRITE_KINDS.length + WRITE_KINDS.indexOf(kind)]! += times;
  }

  add(other: FaultCoverage): void {
    other.hits.forEach((hits, cell) => (this.hits[cell]! += hits));
  }

  /** The hits as data that JSON can hold, level by level. */
  data(): number[] {
    return [...this.hits];
  }

  cells(): CoverageCell[] {
    return FAULT_LEVELS.flatMap((level, row) =>
      WRITE_KINDS.map((kind, column) => ({
        level,
        kind,
        hits: this.hits[row * WRITE_KINDS.length + column]!,
      })),
    );
  }
}
