import {
  BITMAP_MARKED_AT,
  BITMAP_PLANE_BYTES,
  BITMAP_SLOTS,
  BITMAP_WRITTEN_AT,
  BUG_OLDEST_RECORD_BELIEVED,
  BUG_ONE_CARD_BELIEVED_ALONE,
  MEMBERS,
  REGIONS_PER_BITMAP_SECTOR,
  SECTOR_BYTES,
} from "../layout";
import { regions } from "../driver/geometry";
import { activeMembers } from "../driver/members";
import { isSingleScheme } from "../driver/superblock";
import { seeded } from "../seeded-bug";
import { isValidRecord, recordSequence } from "./bitmap-record";
import { fillPlane } from "./planes";
import { foundRegion, planeBit } from "./regions";
import { resumeRecords } from "./write-intent";

/**
 * Which marks to believe at assembly, one bitmap sector after the other. N is the greatest valid sequence on
 * either card. If no slot is valid, or slot (N+1) mod 2 is invalid on both cards, record N+1 may have been durable
 * and destroyed: every region counts as marked. Else record N alone is believed.
 */
@unmanaged
class Recovery {
  /** 1 once a valid record was seen. */
  found: u32;
  sequence: u32;
  /** Bit (2 x member + slot). */
  invalidSlots: u32;
  /** Members that have record `sequence` or, in the scheme `single`, the one before, as a mask. */
  recent: u32;
}

const STATE: usize = memory.data(16, 16);
/** Marks of the best record so far. */
const MARKS: usize = memory.data(240, 16);
/** Written bits of the best record so far. */
const WRITTEN: usize = memory.data(240, 16);

function recovery(): Recovery {
  return changetype<Recovery>(STATE);
}

/** Begins with the next bitmap sector: nothing seen, every slot invalid. */
export function beginRecovery(): void {
  memory.fill(STATE, 0, 16);
  recovery().invalidSlots = 0x0f;
}

/** The sectors read from `slot` of both members. */
export function offerRecords(bitmapSector: u32, slot: u32, atA: usize, atB: usize): void {
  const validA = isValidRecord(atA, bitmapSector, slot);
  // Both cards hold the same record most of the time: comparing is many times cheaper than a checksum.
  const same = memory.compare(atA, atB, SECTOR_BYTES) == 0;
  const validB = same ? validA : isValidRecord(atB, bitmapSector, slot);
  if (validA) believeRecord(atA, 0, slot);
  if (validB && !(RIG && seeded(BUG_ONE_CARD_BELIEVED_ALONE))) believeRecord(atB, 1, slot);
}

function believeRecord(at: usize, member: u32, slot: u32): void {
  const state = recovery();
  state.invalidSlots &= ~(1 << (member * BITMAP_SLOTS + slot));
  const age = <i32>(recordSequence(at) - state.sequence);
  const better = RIG && seeded(BUG_OLDEST_RECORD_BELIEVED) ? age < 0 : age > 0;
  const span = isSingleScheme() ? 1 : 0;
  if (state.found != 0 && !better) {
    if (age >= -span) state.recent |= 1 << member;
    return;
  }
  state.recent = (age == span ? state.recent : 0) | (1 << member);
  state.found = 1;
  state.sequence = recordSequence(at);
  memory.copy(MARKS, at + <usize>BITMAP_MARKED_AT, BITMAP_PLANE_BYTES);
  memory.copy(WRITTEN, at + <usize>BITMAP_WRITTEN_AT, BITMAP_PLANE_BYTES);
}

/** All slots were offered: what the marks are, of the cards that were read. */
export function judgeRecovery(bitmapSector: u32): void {
  const state = recovery();
  const nextSlot = (state.sequence + 1) & 1;
  const nextOnBoth: u32 = (1 << nextSlot) | (1 << (BITMAP_SLOTS + nextSlot));
  const oneCardOnly = RIG && seeded(BUG_ONE_CARD_BELIEVED_ALONE);
  // In the scheme `single` the newest record may be on the card that is not there.
  const nextInvalid = isSingleScheme()
    ? activeMembers() < MEMBERS
    : (state.invalidSlots & nextOnBoth) == nextOnBoth && !oneCardOnly;
  const unprovable = state.found == 0 || nextInvalid;
  if (unprovable) fillPlane(MARKS, bitmapSector);
  if (state.found == 0) fillPlane(WRITTEN, bitmapSector);
}

/** Whether the recovered marks say that the region, of the bitmap sector judged last, may differ. */
export function isRecoveredMark(region: u32): bool {
  return planeBit(MARKS, region);
}

/** All slots were offered: sets the regions of the bitmap sector, and hands it to the write intent. */
export function endRecovery(bitmapSector: u32): void {
  judgeRecovery(bitmapSector);
  const state = recovery();
  const first = bitmapSector * REGIONS_PER_BITMAP_SECTOR;
  const end = min(first + REGIONS_PER_BITMAP_SECTOR, regions());
  for (let region = first; region < end; region++) {
    foundRegion(region, planeBit(WRITTEN, region), planeBit(MARKS, region));
  }
  resumeRecords(bitmapSector, state.sequence, state.invalidSlots, state.found != 0 ? ~state.recent : 0);
}
