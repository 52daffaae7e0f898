/**
 * The sector writes that a card has received and may still lose, oldest first. A bounded ring in
 * parallel arrays: a card with a full cache writes its oldest entry out.
 */

/** Entries of the log: 256 KiB of cache. */
export const VERSIONS_MAX = 512;
const MASK = VERSIONS_MAX - 1;

/** Index 0 is the oldest version. Several versions of one sector may be in the log. */
export class VersionLog {
  length = 0;
  private head = 0;
  private readonly sectors = new Int32Array(VERSIONS_MAX);
  private readonly contents = new Int32Array(VERSIONS_MAX);
  private readonly commands = new Float64Array(VERSIONS_MAX);

  get full(): boolean {
    return this.length === VERSIONS_MAX;
  }

  /** Adds the newest version; the log must not be full. */
  push(sector: number, content: number, command: number): void {
    if (this.full) throw new Error("the version log is full: the card must write out its oldest entry first");
    const at = (this.head + this.length++) & MASK;
    this.sectors[at] = sector;
    this.contents[at] = content;
    this.commands[at] = command;
  }

  sectorAt(index: number): number {
    return this.sectors[(this.head + index) & MASK]!;
  }
  contentAt(index: number): number {
    return this.contents[(this.head + index) & MASK]!;
  }
  /** Number of the write command that brought this version. */
  commandAt(index: number): number {
    return this.commands[(this.head + index) & MASK]!;
  }

  /** Whether any version of this sector is in the log. */
  holds(sector: number): boolean {
    for (let i = 0; i < this.length; i++) if (this.sectorAt(i) === sector) return true;
    return false;
  }

  /** Removes the oldest version. */
  dropOldest(): void {
    this.head = (this.head + 1) & MASK;
    this.length--;
  }

  clear(): void {
    this.length = 0;
  }
}
