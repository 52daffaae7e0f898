import {
  SUPERBLOCK_ALONE,
  SUPERBLOCK_ARRAY_ID_AT,
  SUPERBLOCK_CARD_ID_AT,
  SUPERBLOCK_FLAGS_AT,
  SUPERBLOCK_LINEAGE_AT,
  SUPERBLOCK_MAGIC,
  SUPERBLOCK_MAGIC_AT,
  SUPERBLOCK_MEMBER_AT,
  SUPERBLOCK_PARENT_AT,
  SUPERBLOCK_PARTNER_ID_AT,
  SUPERBLOCK_REBUILDING,
  SUPERBLOCK_SEQUENCE_AT,
} from "../../assembly/layout.js";
import type { DriverExports } from "./driver-module.js";

/** What a card says of itself and its array. Identities and lineages are hexadecimal words, the first one first. */
export interface CardSuperblock {
  /** Which member of the array it is, whatever slot it is in. */
  readonly member: number;
  readonly sequence: number;
  readonly arrayId: string;
  readonly cardId: string;
  readonly partnerId: string;
  readonly lineage: string;
  readonly parent: string;
  /** It went on without its partner. */
  readonly alone: boolean;
  /** It is being copied to, and worth nothing alone. */
  readonly rebuilding: boolean;
}

/** The superblock last read from, or written to, the card in a slot; null if there was none. */
export function readSuperblock(driver: DriverExports, slot: number): CardSuperblock | null {
  const word = (at: number): number => driver.superblockWord(slot, at) >>> 0;
  return word(SUPERBLOCK_MAGIC_AT) === SUPERBLOCK_MAGIC ? superblockFields(word) : null;
}

/** What the words of a superblock say. @param word of an offset in bytes */
export function superblockFields(word: (at: number) => number): CardSuperblock {
  const text = (at: number, words: number): string =>
    wordsText(Array.from({ length: words }, (_, i) => word(at + 4 * i)));
  const flags = word(SUPERBLOCK_FLAGS_AT);
  return {
    member: word(SUPERBLOCK_MEMBER_AT),
    sequence: word(SUPERBLOCK_SEQUENCE_AT),
    arrayId: text(SUPERBLOCK_ARRAY_ID_AT, 4),
    cardId: text(SUPERBLOCK_CARD_ID_AT, 2),
    partnerId: text(SUPERBLOCK_PARTNER_ID_AT, 2),
    lineage: text(SUPERBLOCK_LINEAGE_AT, 2),
    parent: text(SUPERBLOCK_PARENT_AT, 2),
    alone: (flags & SUPERBLOCK_ALONE) !== 0,
    rebuilding: (flags & SUPERBLOCK_REBUILDING) !== 0,
  };
}

/** An identity or a lineage as a superblock says it. */
export function wordsText(words: readonly number[]): string {
  return words.map((word) => word.toString(16).padStart(8, "0")).join(" ");
}
