/** Who a card says it is, and which generation of the specification it speaks: what its registers are made from. */

/**
 * - sdsc1: version 1.01, byte addresses, knows no CMD8
 * - sdsc2: version 2.00, byte addresses
 * - sdhc, sdxc: block addresses; sdxc above 32 GiB. Smaller ones than a real card are allowed, so that tests are quick
 */
export type CardGeneration = "sdsc1" | "sdsc2" | "sdhc" | "sdxc";

export interface CardIdentity {
  readonly generation: CardGeneration;
  /** MID, one byte, given out by the SD-3C. */
  readonly manufacturerId: number;
  /** OID, two ASCII characters. */
  readonly oemId: string;
  /** PNM, five ASCII characters. */
  readonly productName: string;
  /** PRV: major and minor, 0 to 15 each. */
  readonly revision: readonly [major: number, minor: number];
  /** PSN, 32 bits. */
  readonly serialNumber: number;
  /** MDT: a year from 2000 to 2255 and a month from 1. */
  readonly manufactured: readonly [year: number, month: number];
  /** Code of the allocation unit: 1 is 16 KiB, each next one doubles up to 9, 4 MiB (4.10.2.4). */
  readonly auSizeCode: number;
  /** Allocation units erased together within `eraseTimeoutSeconds` (4.10.2.5 and 4.10.2.6). */
  readonly eraseSize: number;
  readonly eraseTimeoutSeconds: number;
  /** What an erased sector's bytes read as: 0x00 or 0xFF (DATA_STAT_AFTER_ERASE of the SCR, 5.6). */
  readonly erasedByte: number;
  /** Whether the card has the performance extension register with its cache flush (version 6, 5.8). */
  readonly performanceExtension: boolean;
}

/** An assumed card; the manufacturer's number belongs to nobody that is known. */
const DEFAULTS: Omit<CardIdentity, "generation" | "performanceExtension"> = {
  manufacturerId: 0x73,
  oemId: "SY",
  productName: "SGATE",
  revision: [1, 0],
  serialNumber: 1,
  manufactured: [2026, 11],
  auSizeCode: 9,
  eraseSize: 1,
  eraseTimeoutSeconds: 1,
  erasedByte: 0x00,
};

/**
 * A whole identity from what the caller cares to say.
 * @param given default: an SDHC card with the performance extension
 * @throws Error that names the field outside its limits
 */
export function cardIdentity(given: Partial<CardIdentity> = {}): CardIdentity {
  const generation = given.generation ?? "sdhc";
  const identity: CardIdentity = {
    ...DEFAULTS,
    generation,
    performanceExtension: hasBlockAddresses(generation),
    ...given,
  };
  checkNumber("manufacturerId", identity.manufacturerId, 0, 0xff);
  checkText("oemId", identity.oemId, 2);
  checkText("productName", identity.productName, 5);
  checkNumber("revision", identity.revision[0], 0, 15);
  checkNumber("revision", identity.revision[1], 0, 15);
  checkNumber("serialNumber", identity.serialNumber, 0, 0xffffffff);
  checkNumber("manufactured", identity.manufactured[0], 2000, 2255);
  checkNumber("manufactured", identity.manufactured[1], 1, 12);
  checkNumber("auSizeCode", identity.auSizeCode, 1, 9);
  checkNumber("eraseSize", identity.eraseSize, 1, 0xffff);
  checkNumber("eraseTimeoutSeconds", identity.eraseTimeoutSeconds, 1, 63);
  if (identity.erasedByte !== 0x00 && identity.erasedByte !== 0xff) {
    throw new Error(`card identity: erasedByte is 0x00 or 0xFF, not ${identity.erasedByte}`);
  }
  if (identity.performanceExtension && !hasBlockAddresses(generation)) {
    throw new Error(`a card of generation ${generation} has no performance extension: choose sdhc or sdxc`);
  }
  return identity;
}

/** Whether commands give the number of a block of 512 bytes, not of a byte (4.3.14). */
export function hasBlockAddresses(generation: CardGeneration): boolean {
  return generation === "sdhc" || generation === "sdxc";
}

/** Sectors of an allocation unit. */
export function allocationUnitSectors(identity: CardIdentity): number {
  return 32 << (identity.auSizeCode - 1);
}

function checkNumber(field: string, value: number, least: number, most: number): void {
  if (Number.isInteger(value) && value >= least && value <= most) return;
  throw new Error(`card identity: ${field} is a whole number from ${least} to ${most}, not ${value}`);
}

function checkText(field: string, text: string, length: number): void {
  if (new RegExp(`^[\\x20-\\x7e]{${length}}$`).test(text)) return;
  throw new Error(`card identity: ${field} is ${length} ASCII characters, not "${text}"`);
}
