import {
  BITMAP_SINGLE,
  FORMAT_VERSION,
  MEMBERS,
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
  SUPERBLOCK_FLAGS_AT,
  SUPERBLOCK_FOUNDING_AT,
  SUPERBLOCK_LINEAGE_AT,
  SUPERBLOCK_MAGIC,
  SUPERBLOCK_MAGIC_AT,
  SUPERBLOCK_MEMBER_AT,
  SUPERBLOCK_PARENT_AT,
  SUPERBLOCK_PARTNER_ID_AT,
  SUPERBLOCK_REGIONS_AT,
  SUPERBLOCK_REGION_SHIFT_AT,
  SUPERBLOCK_SCHEME_AT,
  SUPERBLOCK_SEQUENCE_AT,
  SUPERBLOCK_STRIDE_AT,
  SUPERBLOCK_USED_BYTES,
  SUPERBLOCK_VERSION_AT,
} from "../layout";
import { crc32c } from "../checksum";
import { areEqual } from "../equal-words";
import { option, optionAddress } from "../options";
import { isPossible, metadataStride, regionShift, regions } from "./geometry";

/** The newest valid superblock of each card, its bytes that mean something and its checksum. */
const KEPT: usize = memory.data(256, 16);
const KEPT_BYTES: u32 = 128;
/** Where the checksum is kept. */
const KEPT_CRC_AT: u32 = 124;
/** Where it is kept which copy is written first: the one that is older, or broken. */
const KEPT_FIRST_AT: u32 = 120;
/** Where it is kept whether both copies were found to be the same, a byte. */
const KEPT_SAME_AT: u32 = 121;
if (MEMBERS * KEPT_BYTES != 256 || SUPERBLOCK_USED_BYTES > KEPT_FIRST_AT)
  ERROR("sizes drifted from layout.ts");

/** Address of the superblock kept for the card in slot `member`: SUPERBLOCK_USED_BYTES of it. */
export function superblockOf(member: u32): usize {
  return KEPT + <usize>(member * KEPT_BYTES);
}

/** Word `offset` bytes into the superblock kept for `member`; 0 outside it. */
export function superblockWord(member: u32, offset: u32): u32 {
  if (member >= MEMBERS || offset > SUPERBLOCK_USED_BYTES - 4) return 0;
  return load<u32>(superblockOf(member) + <usize>offset);
}

export function setSuperblockWord(member: u32, offset: u32, value: u32): void {
  assert(member < MEMBERS && offset <= SUPERBLOCK_USED_BYTES - 4);
  store<u32>(superblockOf(member) + <usize>offset, value);
}

function sealed(at: usize): bool {
  return load<u32>(at + <usize>SUPERBLOCK_CRC_AT) == crc32c(at, SUPERBLOCK_CRC_AT);
}

/** Forgets both superblocks before an assembly reads them. */
export function forgetSuperblocks(): void {
  for (let member: u32 = 0; member < MEMBERS; member++) forgetSuperblock(member);
}

export function forgetSuperblock(member: u32): void {
  memory.fill(superblockOf(member), 0, KEPT_BYTES);
}

/** Whether a superblock is kept for `member`. */
export function hasSuperblock(member: u32): bool {
  return superblockWord(member, SUPERBLOCK_MAGIC_AT) == SUPERBLOCK_MAGIC;
}

/**
 * Which copy the next superblock of `member` is written to first. Never the only one that says what is: after a cut
 * between the two copies the other one is of an older history, and a torn write must not bring that back.
 */
export function firstCopy(member: u32): u32 {
  return <u32>load<u8>(superblockOf(member), KEPT_FIRST_AT);
}

/** Whether both copies say what is kept; if not, one more fault could leave none. */
export function areCopiesSame(member: u32): bool {
  return load<u8>(superblockOf(member), KEPT_SAME_AT) != 0;
}

/** Keeps the superblock at `at`, a whole sector, a card's copy `copy`, if it is valid and newer than the one kept. */
export function offerSuperblock(member: u32, copy: u32, at: usize): void {
  const kept = superblockOf(member);
  const crc = load<u32>(at + <usize>SUPERBLOCK_CRC_AT);
  // The two copies are the same most of the time: comparing is many times cheaper than a checksum.
  if (areEqual(at, kept, SUPERBLOCK_USED_BYTES) && load<u32>(kept, KEPT_CRC_AT) == crc) {
    store<u8>(kept, 1, KEPT_SAME_AT);
    return;
  }
  if (load<u32>(at) != SUPERBLOCK_MAGIC || !sealed(at)) return;
  const newer =
    !hasSuperblock(member) ||
    <i32>(load<u32>(at + <usize>SUPERBLOCK_SEQUENCE_AT) - superblockWord(member, SUPERBLOCK_SEQUENCE_AT)) > 0;
  if (!newer) return;
  memory.copy(kept, at, SUPERBLOCK_USED_BYTES);
  store<u32>(kept, crc, KEPT_CRC_AT);
  store<u32>(kept, 1 - copy, KEPT_FIRST_AT);
}

/** Writes the superblock kept for `member` to `at`, a whole sector with its checksum. */
export function putSuperblock(member: u32, at: usize): void {
  memory.fill(at, 0, SECTOR_BYTES);
  memory.copy(at, superblockOf(member), SUPERBLOCK_USED_BYTES);
  const crc = crc32c(at, SUPERBLOCK_CRC_AT);
  store<u32>(at + <usize>SUPERBLOCK_CRC_AT, crc);
  store<u32>(superblockOf(member), crc, KEPT_CRC_AT);
  store<u8>(superblockOf(member), 1, KEPT_SAME_AT);
  assert(load<u32>(at) == SUPERBLOCK_MAGIC);
}

/** Whether the superblock kept for `member` can be used by this build at this place. */
export function superblockStatus(member: u32): u32 {
  if (!hasSuperblock(member)) return STATUS_NO_SUPERBLOCK;
  if (superblockWord(member, SUPERBLOCK_VERSION_AT) != FORMAT_VERSION) return STATUS_VERSION;
  if (superblockWord(member, SUPERBLOCK_SCHEME_AT) > BITMAP_SINGLE) return STATUS_VERSION;
  const shift = superblockWord(member, SUPERBLOCK_REGION_SHIFT_AT);
  const count = superblockWord(member, SUPERBLOCK_REGIONS_AT);
  const stride = superblockWord(member, SUPERBLOCK_STRIDE_AT);
  if (!isPossible(shift, count, stride)) return STATUS_GEOMETRY;
  if (superblockWord(member, SUPERBLOCK_BASE_AT) != option(OPTION_BASE_SECTOR)) return STATUS_GEOMETRY;
  return STATUS_OK;
}

/** Whether the `bytes` bytes at `offset` are the same in both superblocks. */
export function superblocksAgree(offset: u32, bytes: u32): bool {
  return fieldsAgree(0, offset, 1, offset, bytes);
}

/** Whether `bytes` bytes of one card's superblock are those at another place of the other's. */
export function fieldsAgree(memberX: u32, offsetX: u32, memberY: u32, offsetY: u32, bytes: u32): bool {
  const x = superblockOf(memberX) + <usize>offsetX;
  return areEqual(x, superblockOf(memberY) + <usize>offsetY, bytes);
}

/** Copies a field of one card's superblock to another place, of the same superblock or of the other's. */
export function copyField(toMember: u32, toOffset: u32, fromMember: u32, fromOffset: u32, bytes: u32): void {
  const to = superblockOf(toMember) + <usize>toOffset;
  memory.copy(to, superblockOf(fromMember) + <usize>fromOffset, bytes);
}

export function hasFlag(member: u32, flag: u32): bool {
  return (superblockWord(member, SUPERBLOCK_FLAGS_AT) & flag) != 0;
}

/**
 * The lineage of a card that goes on without its partner: derived from the old one and the card's own id, so that
 * two cards that each go on alone part, and the same card comes to the same token again. The old one is its parent.
 */
export function beginLineage(member: u32): void {
  copyField(member, SUPERBLOCK_PARENT_AT, member, SUPERBLOCK_LINEAGE_AT, 8);
  // Card id, partner id and old lineage lie side by side.
  const first = crc32c(superblockOf(member) + <usize>SUPERBLOCK_CARD_ID_AT, 24);
  const second = crc32c(superblockOf(member) + <usize>SUPERBLOCK_CARD_ID_AT, 20) ^ LINEAGE_MASK;
  setSuperblockWord(member, SUPERBLOCK_LINEAGE_AT, first);
  setSuperblockWord(member, SUPERBLOCK_LINEAGE_AT + 4, second);
}
if (
  SUPERBLOCK_PARTNER_ID_AT != SUPERBLOCK_CARD_ID_AT + 8 ||
  SUPERBLOCK_LINEAGE_AT != SUPERBLOCK_CARD_ID_AT + 16
)
  ERROR("fields drifted from layout.ts");

/** "LGS1": keeps the two halves of a token apart. */
const LINEAGE_MASK: u32 = 0x53474c31;

/** The card whose superblock says what the array is: the first that has one. */
const FOUNDING: usize = memory.data(12, 8);

/** From now on records are those of the array that the card in slot `member` belongs to. */
export function chooseFounding(member: u32): void {
  memory.copy(FOUNDING, superblockOf(member) + <usize>SUPERBLOCK_FOUNDING_AT, 8);
  store<u32>(FOUNDING, superblockWord(member, SUPERBLOCK_SCHEME_AT), 8);
}

/** Whether the array's records go to one card each, in turn (BITMAP_SINGLE). */
export function isSingleScheme(): bool {
  return load<u32>(FOUNDING, 8) == BITMAP_SINGLE;
}

/** Whether two words at `at` are the array's founding lineage token. */
export function isFounding(at: usize): bool {
  return areEqual(at, FOUNDING, 8);
}

/** Writes the array's founding lineage token at `at`. */
export function putFounding(at: usize): void {
  memory.copy(at, FOUNDING, 8);
}

/** Slot of the card that says it is the member with this index. */
export function cardOfIndex(index: u32): u32 {
  return superblockWord(0, SUPERBLOCK_MEMBER_AT) == index && hasSuperblock(0) ? 0 : 1;
}

/** Copies an id of `bytes` bytes from the options of which the first is `key`, one word each, into a superblock. */
function copyId(member: u32, offset: u32, key: u32, bytes: u32): void {
  memory.copy(superblockOf(member) + <usize>offset, optionAddress(key), bytes);
}

/** Sets a card's own id from the options of its slot. */
export function takeCardId(member: u32): void {
  copyId(member, SUPERBLOCK_CARD_ID_AT, OPTION_CARD_A_ID_0 + member * 2, 8);
}

/**
 * Builds the superblock of `member` for a new array from the options and the geometry in use.
 * @param nonce the same for both members, another at every format
 */
export function buildSuperblock(member: u32, nonce: u32): void {
  const at = superblockOf(member);
  forgetSuperblock(member);
  setSuperblockWord(member, SUPERBLOCK_MAGIC_AT, SUPERBLOCK_MAGIC);
  setSuperblockWord(member, SUPERBLOCK_VERSION_AT, FORMAT_VERSION);
  setSuperblockWord(member, SUPERBLOCK_MEMBER_AT, member);
  setSuperblockWord(member, SUPERBLOCK_SEQUENCE_AT, 1);
  copyId(member, SUPERBLOCK_ARRAY_ID_AT, OPTION_ARRAY_ID_0, 16);
  takeCardId(member);
  copyId(member, SUPERBLOCK_PARTNER_ID_AT, OPTION_CARD_A_ID_0 + (1 - member) * 2, 8);
  // Both members compute the same lineage; an array that is made anew under its old id gets another one, so that no
  // record of the old array is ever taken for one of the new, nor the other way round when the format is cut.
  const arrayId = at + <usize>SUPERBLOCK_ARRAY_ID_AT;
  setSuperblockWord(member, SUPERBLOCK_LINEAGE_AT, crc32c(arrayId, 16));
  setSuperblockWord(
    member,
    SUPERBLOCK_LINEAGE_AT + 4,
    (crc32c(arrayId, 8) ^ LINEAGE_MASK) + nonce * 0x9e3779b1,
  );
  copyField(member, SUPERBLOCK_FOUNDING_AT, member, SUPERBLOCK_LINEAGE_AT, 8);
  setSuperblockWord(member, SUPERBLOCK_SCHEME_AT, option(OPTION_BITMAP_SCHEME));
  setSuperblockWord(member, SUPERBLOCK_REGION_SHIFT_AT, regionShift());
  setSuperblockWord(member, SUPERBLOCK_REGIONS_AT, regions());
  setSuperblockWord(member, SUPERBLOCK_STRIDE_AT, metadataStride());
  setSuperblockWord(member, SUPERBLOCK_BASE_AT, option(OPTION_BASE_SECTOR));
}
