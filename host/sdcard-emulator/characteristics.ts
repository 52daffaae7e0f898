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
  /** F3: a cut of a program may destroy a durable sector of the same erase block; see collateral.ts. */
  readonly collateral: boolean;
  /**
   * F3 reaches beyond the erase block: the program of data that is interrupted may destroy whatever was written lately,
   * metadata too, because a translation layer writes data into the block that happens to be open. Metadata that is
   * written still destroys only what shares its own block: two copies lie apart.
   */
  readonly openBlock: boolean;
  /** Sectors of an erase block; block 0 begins at sector 0. 1 or more. */
  readonly eraseBlockSectors: number;
  /** F4. lying: a flush is answered and keeps nothing. never-ends: it is never answered, nor is anything behind it. */
  readonly flush: "honest" | "lying" | "never-ends";
  /** F4: a cut may bring an older durable version of a sector back; see rollback.ts. */
  readonly rollback: boolean;
  /** F4: of 1,000 writes, how many land at a wrong place: one bit of their address is turned over. 0 to 1,000. */
  readonly misdirectPerMille: number;
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
/** No faults above F2. An allocation unit of 4 MiB is typical of SD cards; that it is erased at once is assumed. */
const HONEST = {
  collateral: false,
  openBlock: false,
  eraseBlockSectors: 8192,
  flush: "honest",
  rollback: false,
  misdirectPerMille: 0,
} as const;
const SLC = {
  ...HONEST,
  ...WIRE,
  stallPercent: 5,
  stallUs: 1000,
  readSectorUs: 228,
  programUs: 250,
  flushUs: 10,
} as const;
const MLC = {
  ...HONEST,
  ...WIRE,
  stallPercent: 15,
  stallUs: 2000,
  readSectorUs: 253,
  programUs: 750,
  flushUs: 10,
} as const;
const TLC = {
  ...HONEST,
  ...WIRE,
  stallPercent: 15,
  stallUs: 3000,
  readSectorUs: 278,
  programUs: 1100,
  flushUs: 2200,
} as const;

/** The named profiles of cards that a cut alone can harm, as far as F2: the promises hold on all of them. */
export const PROFILES = {
  slc: { ...SLC, name: "slc", atomicSector: true, cache: "none", settleUs: 0 },
  mlc: { ...MLC, name: "mlc", atomicSector: false, cache: "none", settleUs: 0 },
  "tlc-cached": { ...TLC, name: "tlc-cached", atomicSector: false, cache: "unordered", settleUs: 0 },
  "ordered-cache": { ...TLC, name: "ordered-cache", atomicSector: false, cache: "ordered", settleUs: 0 },
  // Cards that lose data for up to 1.6 s after busy are known; 5 ms shows the same in far fewer events.
  "slow-settle": { ...TLC, name: "slow-settle", atomicSector: false, cache: "unordered", settleUs: 5000 },
} as const satisfies Record<string, CardCharacteristics>;

/**
 * Profiles with faults above F2. On `collateral` and `open-block` the promises hold as far as F3 leaves one copy; on the
 * others no driver can keep them, and what breaks is counted. Each is a class above with one more fault, so that the two compare. That
 * there are such cards is known (a flush that never ends, data lost long after busy ended, pages lost beside an
 * interrupted program); how often a write is misdirected is assumed, and far above any real card.
 */
export const FAULT_PROFILES = {
  collateral: { ...PROFILES.mlc, name: "collateral", collateral: true },
  "open-block": { ...PROFILES.mlc, name: "open-block", collateral: true, openBlock: true },
  "lying-flush": { ...PROFILES["tlc-cached"], name: "lying-flush", flush: "lying" },
  "endless-flush": { ...PROFILES["tlc-cached"], name: "endless-flush", flush: "never-ends" },
  rollback: { ...PROFILES.mlc, name: "rollback", rollback: true },
  misdirect: { ...PROFILES.mlc, name: "misdirect", misdirectPerMille: 10 },
} as const satisfies Record<string, CardCharacteristics>;

export type ProfileName = keyof typeof PROFILES;
export type FaultProfileName = keyof typeof FAULT_PROFILES;

const ALL: Readonly<Record<string, CardCharacteristics>> = { ...PROFILES, ...FAULT_PROFILES };

/** The profile of that name, of PROFILES or FAULT_PROFILES. @throws Error that lists the names there are */
export function profile(name: string): CardCharacteristics {
  if (Object.hasOwn(ALL, name)) return ALL[name]!;
  throw new Error(`there is no card profile "${name}": choose one of ${Object.keys(ALL).join(", ")}`);
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
  if (!(Number.isSafeInteger(card.eraseBlockSectors) && card.eraseBlockSectors >= 1)) {
    throw new Error(
      `card profile "${card.name}": eraseBlockSectors is 1 or more, not ${card.eraseBlockSectors}`,
    );
  }
  if (card.flush === "lying" && card.cache === "none") {
    throw new Error(`card profile "${card.name}": without a cache there is nothing for a flush to lie about`);
  }
  if (!(card.misdirectPerMille >= 0 && card.misdirectPerMille <= 1000)) {
    throw new Error(
      `card profile "${card.name}": misdirectPerMille is 0 to 1000, not ${card.misdirectPerMille}`,
    );
  }
  if (!(card.stallPercent >= 0 && card.stallPercent <= 100)) {
    throw new Error(`card profile "${card.name}": stallPercent is 0 to 100, not ${card.stallPercent}`);
  }
  if (!(card.jitterPercent >= 0 && card.jitterPercent <= 50)) {
    throw new Error(`card profile "${card.name}": jitterPercent is 0 to 50, not ${card.jitterPercent}`);
  }
}
