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
  /** The card rested this long: garbage collection and cache folding may have gone on. */
  rest(us: number): void;
  /** Whether a program of one sector that is cut may destroy the other, durable one (F3). */
  mayDestroy(programmed: number, victim: number): boolean;
  /** An independent copy, copy-on-write. */
  fork(): CardPhysics;
}
