/**
 * The sectors whose durable contents changed last, and what they held before: what a translation layer has written side
 * by side (collateral), and what it still knows an older version of (silent rollback).
 */

/** Sectors remembered. */
export const HISTORY_SECTORS = 8;

/** Index 0 changed last; a sector is in it once. */
export class DurableHistory {
  length = 0;
  /** Changes seen since the card was made. */
  changes = 0;
  private readonly sectors = new Int32Array(HISTORY_SECTORS);
  private readonly older = new Int32Array(HISTORY_SECTORS);

  sectorAt(index: number): number {
    return this.sectors[index]!;
  }
  /** Content id of the durable version before the present one. */
  olderAt(index: number): number {
    return this.older[index]!;
  }

  /** A sector's durable content was replaced. */
  note(sector: number, older: number): void {
    this.changes++;
    let at = 0;
    while (at < this.length && this.sectors[at] !== sector) at++;
    if (at === this.length && at < HISTORY_SECTORS) this.length++;
    // Of a full history the oldest entry falls off the end.
    this.sectors.copyWithin(1, 0, at);
    this.older.copyWithin(1, 0, at);
    this.sectors[0] = sector;
    this.older[0] = older;
  }

  /** The card lost its power: what it knew of the past is gone. */
  clear(): void {
    this.length = 0;
  }
}
