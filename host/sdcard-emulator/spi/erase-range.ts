const UNSET = -1;

/** The erase sequence: CMD32, CMD33, CMD38, in this order (SD Physical Layer Simplified Specification, 4.3.5). */
export class EraseRange {
  private first = UNSET;
  private last = UNSET;

  /** Whether a sequence has begun. */
  get begun(): boolean {
    return this.first !== UNSET;
  }

  /** Whether first and last block are named. */
  get complete(): boolean {
    return this.last !== UNSET;
  }

  get firstSector(): number {
    return this.first;
  }

  get lastSector(): number {
    return this.last;
  }

  setFirst(sector: number): void {
    this.first = sector;
    this.last = UNSET;
  }

  setLast(sector: number): void {
    this.last = sector;
  }

  clear(): void {
    this.first = UNSET;
    this.last = UNSET;
  }
}
