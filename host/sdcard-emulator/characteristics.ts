/**
 * What a class of card can do to data and how long it takes. The characteristics limit which crash
 * outcomes are possible; the named profiles stand for real classes.
 */

/** The properties of one class of card. Times are medians in µs of virtual time. */
export interface CardCharacteristics {
  readonly name: string;
  /** A sector lands whole or not at all; otherwise the sector in flight may be torn or unreadable. */
  readonly atomicSector: boolean;
  /** none: durable at completion. unordered: a cut loses any subset of what is unflushed. ordered: only the newest. */
  readonly cache: "none" | "unordered" | "ordered";
  /** How long what was flushed (without a cache: completed) can still be lost. Exact, without jitter. */
  readonly settleUs: number;
  /** From the start of a command to its first data. */
  readonly commandUs: number;
  /** Between the instants at which two successive pieces of 256 bytes are sampled. */
  readonly pieceUs: number;
  readonly readSectorUs: number;
  /** Busy time after the transfer of a write; cards with a cache complete without it. */
  readonly programUs: number;
  readonly flushUs: number;
  /** A share of the commands starts late, by up to `stallUs`: garbage collection, wear levelling. 0 to 100. */
  readonly stallPercent: number;
  readonly stallUs: number;
  /** Every time but settleUs is spread evenly by this much either way, 0 to 50. */
  readonly jitterPercent: number;
}

// Wire: a sector takes 25,400 cycles of 125 MHz at the legal SPI clock of 20.83 MHz = 203 µs, so 102 µs a
// piece; a command with its answer is a dozen bytes, rounded up to 10 µs. NAND, SLC/MLC/TLC: page read
// 25/50/75 µs, program 250/750/1100 µs; readSectorUs is page read + wire. Jitter: the busy time measured
// after CMD24 was 470 to 610 µs, 13 % either way of its middle. Assumed, not measured: a flush programs a
// data page and a mapping page, and is a mere status poll where there is no cache. Stalls of 200 to 400 ms among
// writes of 3 ms are seen on real cards; here they are a hundred times shorter and more frequent, so that they meet
// other events within a short run.
const WIRE = { commandUs: 10, pieceUs: 102, jitterPercent: 13 } as const;
const SLC = {
  ...WIRE,
  stallPercent: 5,
  stallUs: 1000,
  readSectorUs: 228,
  programUs: 250,
  flushUs: 10,
} as const;
const MLC = {
  ...WIRE,
  stallPercent: 15,
  stallUs: 2000,
  readSectorUs: 253,
  programUs: 750,
  flushUs: 10,
} as const;
const TLC = {
  ...WIRE,
  stallPercent: 15,
  stallUs: 3000,
  readSectorUs: 278,
  programUs: 1100,
  flushUs: 2200,
} as const;

/** The named profiles. */
export const PROFILES = {
  slc: { ...SLC, name: "slc", atomicSector: true, cache: "none", settleUs: 0 },
  mlc: { ...MLC, name: "mlc", atomicSector: false, cache: "none", settleUs: 0 },
  "tlc-cached": { ...TLC, name: "tlc-cached", atomicSector: false, cache: "unordered", settleUs: 0 },
  "ordered-cache": { ...TLC, name: "ordered-cache", atomicSector: false, cache: "ordered", settleUs: 0 },
  // Cards that lose data for up to 1.6 s after busy are known; 5 ms shows the same in far fewer events.
  "slow-settle": { ...TLC, name: "slow-settle", atomicSector: false, cache: "unordered", settleUs: 5000 },
} as const satisfies Record<string, CardCharacteristics>;

export type ProfileName = keyof typeof PROFILES;

/** The profile of that name. @throws Error that lists the names there are */
export function profile(name: string): CardCharacteristics {
  if (Object.hasOwn(PROFILES, name)) return PROFILES[name as ProfileName];
  throw new Error(`there is no card profile "${name}": choose one of ${Object.keys(PROFILES).join(", ")}`);
}

/** @throws Error that names the first field outside its limits */
export function checkCharacteristics(card: CardCharacteristics): void {
  for (const field of [
    "settleUs",
    "commandUs",
    "pieceUs",
    "readSectorUs",
    "programUs",
    "flushUs",
    "stallUs",
  ] as const) {
    if (!Number.isSafeInteger(card[field]) || card[field] < 0) {
      throw new Error(`card profile "${card.name}": ${field} is a whole number of µs, not ${card[field]}`);
    }
  }
  if (!(card.stallPercent >= 0 && card.stallPercent <= 100)) {
    throw new Error(`card profile "${card.name}": stallPercent is 0 to 100, not ${card.stallPercent}`);
  }
  if (!(card.jitterPercent >= 0 && card.jitterPercent <= 50)) {
    throw new Error(`card profile "${card.name}": jitterPercent is 0 to 50, not ${card.jitterPercent}`);
  }
}
