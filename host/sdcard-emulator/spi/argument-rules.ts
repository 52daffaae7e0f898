/** What an argument may be: the checks that come before a command is carried out (R1's address and parameter errors). */
import { hasBlockAddresses } from "./card-identity.js";
import type { CardParts } from "./card-parts.js";
import type { ArgumentKind } from "./command-rule.js";
import { R1_ADDRESS, R1_PARAMETER } from "./r1.js";
import { BLOCK_BYTES_MAX } from "./read-stream.js";
import { STATUS_OUT_OF_RANGE } from "./status-bits.js";

const SECTOR_BYTES = 512;

/** The sector that an address argument names: a block's number, or on SDSC cards a byte's (4.3.14). */
export function sectorOf(parts: CardParts, argument: number): number {
  return hasBlockAddresses(parts.identity.generation) ? argument : Math.floor(argument / SECTOR_BYTES);
}

/** Bytes of a block that is read: CMD16's on SDSC cards, else always 512 (4.3.2). */
export function readBlockBytes(parts: CardParts): number {
  return hasBlockAddresses(parts.identity.generation) ? SECTOR_BYTES : parts.mode.blockBytes;
}

/** Where in its sector an SDSC block begins. */
export function offsetOf(parts: CardParts, argument: number): number {
  return hasBlockAddresses(parts.identity.generation) ? 0 : argument % SECTOR_BYTES;
}

/** @returns bits of R1, 0 if the argument is well */
export function objectionTo(kind: ArgumentKind, parts: CardParts, argument: number): number {
  if (kind === "any") return 0;
  if (kind === "block-length") return argument >= 1 && argument <= BLOCK_BYTES_MAX ? 0 : R1_PARAMETER;
  if (sectorOf(parts, argument) >= parts.medium.sectors) {
    parts.status.raise(STATUS_OUT_OF_RANGE);
    return R1_PARAMETER;
  }
  if (kind === "read") return readObjection(parts, argument);
  if (kind === "write") return writeObjection(parts, argument);
  return 0;
}

/** READ_BL_PARTIAL is 1 and READ_BLK_MISALIGN 0 on SDSC cards: any length, but not across a sector's end (5.3.2). */
function readObjection(parts: CardParts, argument: number): number {
  return offsetOf(parts, argument) + readBlockBytes(parts) > SECTOR_BYTES ? R1_ADDRESS : 0;
}

/** WRITE_BL_PARTIAL and WRITE_BLK_MISALIGN are 0: whole sectors in their places (5.3.2). */
function writeObjection(parts: CardParts, argument: number): number {
  if (hasBlockAddresses(parts.identity.generation)) return 0;
  if (parts.mode.blockBytes !== SECTOR_BYTES) return R1_PARAMETER;
  return offsetOf(parts, argument) === 0 ? 0 : R1_ADDRESS;
}
