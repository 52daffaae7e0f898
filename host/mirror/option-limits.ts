import { SECTOR_BYTES } from "../../assembly/layout.js";
import {
  checkCharacteristics,
  profile,
  type CardCharacteristics,
} from "../sdcard-emulator/characteristics.js";

/** The largest value of a word. */
export const WORD_MAX = 0xffffffff;
const MEGABYTES_MAX = 1024;

/** @throws Error for an option that there is not: a misspelt one must not be ignored */
export function checkKnown(of: string, options: object, known: readonly string[]): void {
  for (const name of Object.keys(options)) {
    if (!known.includes(name)) {
      throw new Error(`${of} has no option "${name}": choose of ${known.join(", ")}`);
    }
  }
}

/** @param unit of the number, with a space before it; default none @throws Error that names the option and its limits */
export function checkWhole(name: string, value: number, least: number, most: number, unit = ""): number {
  if (Number.isInteger(value) && value >= least && value <= most) return value;
  throw new Error(`${name} is ${value}, but it is a whole number from ${least} to ${most}${unit}`);
}

/** Number of a choice by name. @throws Error that names the option and lists its values */
export function chosen<T extends string>(
  name: string,
  value: T,
  numbers: Readonly<Record<T, number>>,
): number {
  if (Object.hasOwn(numbers, value)) return numbers[value];
  throw new Error(`${name} is "${value}", but it is one of ${Object.keys(numbers).join(", ")}`);
}

/** @throws Error that names the option for anything but a boolean */
export function checkBoolean(name: string, value: boolean): boolean {
  if (typeof value === "boolean") return value;
  throw new Error(`${name} is ${String(value)}, but it is true or false`);
}

/** Sectors of a card of that size. @throws Error for a size that no card has */
export function cardSectors(megabytes: number): number {
  if (!(megabytes > 0 && megabytes <= MEGABYTES_MAX)) {
    throw new Error(`megabytes is ${megabytes}, but a card has more than 0 and at most ${MEGABYTES_MAX} MiB`);
  }
  return Math.floor((megabytes * 1024 * 1024) / SECTOR_BYTES);
}

/** The class of a card by name, or checked. @throws Error that names what is wrong with it */
export function cardClass(card: string | CardCharacteristics): CardCharacteristics {
  if (typeof card === "string") return profile(card);
  checkCharacteristics(card);
  return card;
}
