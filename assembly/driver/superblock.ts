import {
  FORMAT_VERSION,
  OPTION_ARRAY_ID_0,
  OPTION_BASE_SECTOR,
  OPTION_BITMAP_SCHEME,
  OPTION_CARD_A_ID_0,
  SECTOR_BYTES,
  STATUS_GEOMETRY,
  STATUS_NO_SUPERBLOCK,
  STATUS_OK,
  STATUS_VERSION,
  SUPERBLOCK_ARRAY_ID_AT,
  SUPERBLOCK_BASE_AT,
  SUPERBLOCK_CARD_ID_AT,
  SUPERBLOCK_CRC_AT,
  SUPERBLOCK_FOUNDING_AT,
  SUPERBLOCK_LINEAGE_AT,
  SUPERBLOCK_MAGIC,
  SUPERBLOCK_MAGIC_AT,
  SUPERBLOCK_MEMBER_AT,
  SUPERBLOCK_PARTNER_ID_AT,
  SUPERBLOCK_REGIONS_AT,
  SUPERBLOCK_REGION_SHIFT_AT,
  SUPERBLOCK_SCHEME_AT,
  SUPERBLOCK_SEQUENCE_AT,
  SUPERBLOCK_STRIDE_AT,
  SUPERBLOCK_VERSION_AT,
} from "../layout";
import { crc32c } from "../checksum";
import { option } from "../options";
import { isPossible, metadataStride, regionShift, regions } from "./geometry";

/** The newest valid superblock of each member, as read at assembly or written by format. */
const COPIES: usize = memory.data(1024, 16);

/** Address of the superblock kept for `member`. */
export function superblockOf(member: u32): usize {
  return COPIES + <usize>(member * SECTOR_BYTES);
}

/** Word `offset` bytes into the superblock kept for `member`. */
export function superblockWord(member: u32, offset: u32): u32 {
  return load<u32>(superblockOf(member) + <usize>offset);
}

function sealed(at: usize): bool {
  return load<u32>(at + <usize>SUPERBLOCK_CRC_AT) == crc32c(at, SUPERBLOCK_CRC_AT);
}

/** Forgets both superblocks before an assembly reads them. */
export function forgetSuperblocks(): void {
  memory.fill(COPIES, 0, 1024);
}

/** Whether a superblock is kept for `member`. */
export function hasSuperblock(member: u32): bool {
  return superblockWord(member, SUPERBLOCK_MAGIC_AT) == SUPERBLOCK_MAGIC;
}

/** Keeps the superblock at `at` for `member` if it is valid and newer than the one kept. */
export function offerSuperblock(member: u32, at: usize): void {
  // The two copies are the same most of the time: comparing is many times cheaper than a checksum.
  if (memory.compare(at, superblockOf(member), SECTOR_BYTES) == 0) return;
  if (load<u32>(at) != SUPERBLOCK_MAGIC || !sealed(at)) return;
  const newer =
    !hasSuperblock(member) ||
    <i32>(load<u32>(at + <usize>SUPERBLOCK_SEQUENCE_AT) - superblockWord(member, SUPERBLOCK_SEQUENCE_AT)) > 0;
  if (newer) memory.copy(superblockOf(member), at, SECTOR_BYTES);
}

/** Whether the superblock kept for `member` can be used by this build at this place. */
export function superblockStatus(member: u32): u32 {
  if (!hasSuperblock(member)) return STATUS_NO_SUPERBLOCK;
  if (superblockWord(member, SUPERBLOCK_VERSION_AT) != FORMAT_VERSION) return STATUS_VERSION;
  const shift = superblockWord(member, SUPERBLOCK_REGION_SHIFT_AT);
  const count = superblockWord(member, SUPERBLOCK_REGIONS_AT);
  const stride = superblockWord(member, SUPERBLOCK_STRIDE_AT);
  if (!isPossible(shift, count, stride)) return STATUS_GEOMETRY;
  if (superblockWord(member, SUPERBLOCK_BASE_AT) != option(OPTION_BASE_SECTOR)) return STATUS_GEOMETRY;
  return STATUS_OK;
}

/** Whether the `bytes` bytes at `offset` are the same in both superblocks. */
export function superblocksAgree(offset: u32, bytes: u32): bool {
  return memory.compare(superblockOf(0) + <usize>offset, superblockOf(1) + <usize>offset, bytes) == 0;
}

/** Whether two words at `at` are the array's founding lineage token. */
export function isFounding(at: usize): bool {
  return memory.compare(at, superblockOf(0) + <usize>SUPERBLOCK_FOUNDING_AT, 8) == 0;
}

/** Writes the array's founding lineage token at `at`. */
export function putFounding(at: usize): void {
  memory.copy(at, superblockOf(0) + <usize>SUPERBLOCK_FOUNDING_AT, 8);
}

/**
 * Builds the superblock of `member` for a new array from the options and the geometry in use.
 * @param nonce the same for both members, another at every format
 */
export function buildSuperblock(member: u32, nonce: u32): void {
  const at = superblockOf(member);
  memory.fill(at, 0, SECTOR_BYTES);
  store<u32>(at + <usize>SUPERBLOCK_MAGIC_AT, SUPERBLOCK_MAGIC);
  store<u32>(at + <usize>SUPERBLOCK_VERSION_AT, FORMAT_VERSION);
  store<u32>(at + <usize>SUPERBLOCK_MEMBER_AT, member);
  store<u32>(at + <usize>SUPERBLOCK_SEQUENCE_AT, 1);
  for (let word: u32 = 0; word < 4; word++) {
    store<u32>(at + <usize>(SUPERBLOCK_ARRAY_ID_AT + word * 4), option(OPTION_ARRAY_ID_0 + word));
  }
  for (let word: u32 = 0; word < 2; word++) {
    const own = option(OPTION_CARD_A_ID_0 + member * 2 + word);
    const partner = option(OPTION_CARD_A_ID_0 + (1 - member) * 2 + word);
    store<u32>(at + <usize>(SUPERBLOCK_CARD_ID_AT + word * 4), own);
    store<u32>(at + <usize>(SUPERBLOCK_PARTNER_ID_AT + word * 4), partner);
  }
  // Both members compute the same lineage; an array that is made anew under its old id gets another one, so that no
  // record of the old array is ever taken for one of the new, nor the other way round when the format is cut.
  const arrayId = at + <usize>SUPERBLOCK_ARRAY_ID_AT;
  store<u32>(at + <usize>SUPERBLOCK_LINEAGE_AT, crc32c(arrayId, 16));
  store<u32>(at + <usize>(SUPERBLOCK_LINEAGE_AT + 4), (crc32c(arrayId, 8) ^ 0x53474c31) + nonce * 0x9e3779b1);
  memory.copy(at + <usize>SUPERBLOCK_FOUNDING_AT, at + <usize>SUPERBLOCK_LINEAGE_AT, 8);
  store<u32>(at + <usize>SUPERBLOCK_SCHEME_AT, option(OPTION_BITMAP_SCHEME));
  store<u32>(at + <usize>SUPERBLOCK_REGION_SHIFT_AT, regionShift());
  store<u32>(at + <usize>SUPERBLOCK_REGIONS_AT, regions());
  store<u32>(at + <usize>SUPERBLOCK_STRIDE_AT, metadataStride());
  store<u32>(at + <usize>SUPERBLOCK_BASE_AT, option(OPTION_BASE_SECTOR));
  store<u32>(at + <usize>SUPERBLOCK_CRC_AT, crc32c(at, SUPERBLOCK_CRC_AT));
  assert(sealed(at));
}
