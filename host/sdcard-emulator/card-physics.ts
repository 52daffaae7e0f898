/** How long the flash behind a card takes, and what lies beside what in it. One object a card; integer µs. */
export interface CardPhysics {
  /** From the command to the first data of a read, plus further sectors. */
  readUs(sector: number, count: number): number;
  /** Busy after `count` sectors from `sector` on were accepted. Changes mapping, wear and cache. */
  writeUs(sector: number, count: number): number;
  /** A flush of the write cache. */
  flushUs(): number;
  /** An erase of whole sectors. */
  eraseUs(sector: number, count: number): number;
  /**
   * The card rested this long: garbage collection and cache folding may have gone on. Told before each command, also of
   * a rest of 0: writes that follow each other without are blocks of one stream (CMD25).
   */
  rest(us: number): void;
  /** Whether a program of one sector that is cut may destroy the other, durable one (F3). */
  mayDestroy(programmed: number, victim: number): boolean;
  /** Whether the spare blocks have run out: the card refuses writes from now on. Absent: never. */
  readonly worn?: boolean;
  /** The next sector that wear or read disturb has made unreadable since it was asked last; -1: none. Absent: none. */
  takeLost?(): number;
  /** The power went: what the write cache held is gone, and the next stream begins anew. Absent: nothing is forgotten. */
  powerLost?(): void;
  /** An independent copy, copy-on-write. */
  fork(): CardPhysics;
}
