import {
  BITMAP_MARKED_AT,
  BITMAP_PLANE_BYTES,
  BITMAP_SLOTS,
  BITMAP_WRITTEN_AT,
  BUG_OLDEST_RECORD_BELIEVED,
  BUG_ONE_CARD_BELIEVED_ALONE,
  EVENT_FOUND_MARKED,
  EVENT_MEMBER_LOST,
  MEMBERS,
  REGIONS_PER_BITMAP_SECTOR,
  REGION_CLEAN,
  RING_REGION,
} from "../layout";
import { regions } from "../driver/geometry";
import { activeMembers } from "../driver/members";
import { CHECK, take } from "../driver/scan-budget";
import { isSingleScheme } from "../driver/superblock";
import { ring } from "../event-ring";
import { seeded } from "../seeded-bug";
import { isValidRecord, recordSequence } from "./bitmap-record";
import { LOWEST_OF_EIGHT, fillPlane, fromPlanes } from "./planes";
import { nextState } from "./region-states";
import { durablePlane, noteStates, planeBit, statesOf } from "./regions";
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
  /** 1 more than the bitmap sector whose regions wait to be set; 0 for none. */
  waiting: u32;
  /** Regions that have their states: all before this one. */
  known: u32;
}

const STATE: usize = memory.data(24, 16);
/** Marks and written bits of the best record so far, beside each other as in a record. */
const MARKS: usize = memory.data(480, 16);
const WRITTEN: usize = MARKS + BITMAP_PLANE_BYTES;
const PLANES_BYTES: usize = 2 * BITMAP_PLANE_BYTES;
if (BITMAP_WRITTEN_AT != BITMAP_MARKED_AT + BITMAP_PLANE_BYTES || PLANES_BYTES != 480)
  ERROR("planes drifted from layout.ts");

function recovery(): Recovery {
  return changetype<Recovery>(STATE);
}

/** Nothing is known of any region, in an array of the geometry in use. */
export function forgetRegions(): void {
  recovery().known = 0;
}

/** All regions before this one have their states. */
export function knownRegions(): u32 {
  return recovery().known;
}

/** Begins with the next bitmap sector: nothing seen, every slot invalid. */
export function beginRecovery(): void {
  memory.fill(STATE, 0, offsetof<Recovery>("known"));
  recovery().invalidSlots = 0x0f;
}

/**
 * What was read from `slot` of members, a mask. One record is offered in a call, as its checksum takes long.
 */
export function offerRecord(bitmapSector: u32, slot: u32, members: u32, at: usize): void {
  take(CHECK);
  if (!isValidRecord(at, bitmapSector, slot)) return;
  if (RIG && seeded(BUG_ONE_CARD_BELIEVED_ALONE)) {
    members &= 1;
    if (members == 0) return;
  }
  const state = recovery();
  state.invalidSlots &= ~(((members & 1) << slot) | ((members >> 1) << (BITMAP_SLOTS + slot)));
  const age = <i32>(recordSequence(at) - state.sequence);
  const better = RIG && seeded(BUG_OLDEST_RECORD_BELIEVED) ? age < 0 : age > 0;
  const span = isSingleScheme() ? 1 : 0;
  if (state.found == 0 || better) {
    state.recent = (age == span ? state.recent : 0) | members;
    state.found = 1;
    state.sequence = recordSequence(at);
  } else {
    if (age >= -span) state.recent |= members;
    // Whichever card answers first: of two records with the same number that of the first member is believed.
    if (age != 0 || (members & 1) == 0) return;
  }
  memory.copy(MARKS, at + <usize>BITMAP_MARKED_AT, PLANES_BYTES);
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

/** All slots were offered: hands the bitmap sector to the write intent. Its regions are set in another call. */
export function endRecovery(bitmapSector: u32): void {
  judgeRecovery(bitmapSector);
  // A mark of a region that was never written says nothing.
  for (let at: usize = MARKS; at < WRITTEN; at += 4)
    store<u32>(at, load<u32>(at) & load<u32>(at, BITMAP_PLANE_BYTES));
  const state = recovery();
  state.waiting = bitmapSector + 1;
  resumeRecords(bitmapSector, state.sequence, state.invalidSlots, state.found != 0 ? ~state.recent : 0);
}

/** Whether no bitmap sector waits for its regions to be set. */
export function areStatesRecovered(): bool {
  return recovery().waiting == 0;
}

/** The planes of the regions that will be set, into a record. */
export function copyRecovered(record: usize): void {
  memory.copy(record + <usize>BITMAP_MARKED_AT, MARKS, PLANES_BYTES);
}

/**
 * Sets the regions of the bitmap sector that was recovered, eight at a time, by the table; the event ring gets one of them.
 * @returns the number of marks
 */
export function setRecovered(): u32 {
  const recovered = recovery();
  const bitmapSector = recovered.waiting - 1;
  const first = bitmapSector * REGIONS_PER_BITMAP_SECTOR;
  let at = statesOf(bitmapSector);
  const found = nextState(REGION_CLEAN, EVENT_FOUND_MARKED);
  const state = activeMembers() < MEMBERS ? nextState(found, EVENT_MEMBER_LOST) : found;
  let marks: u32 = 0;
  let low: u32 = 0;
  for (let byte: u32 = 0; byte < BITMAP_PLANE_BYTES; byte += 2) {
    const marked = <u32>load<u16>(MARKS + <usize>byte);
    const both = fromPlanes((<u32>load<u16>(WRITTEN + <usize>byte)) | (marked << 16));
    // CLEAN is 1 and UNWRITTEN 0, so a mark makes the difference between the state of its region and 1.
    store<u32>(at, (both & LOWEST_OF_EIGHT) + ((both >> 1) & LOWEST_OF_EIGHT) * (state - REGION_CLEAN));
    store<u32>(
      at,
      ((both >> 2) & LOWEST_OF_EIGHT) + ((both >> 3) & LOWEST_OF_EIGHT) * (state - REGION_CLEAN),
      4,
    );
    at += 8;
    if (marked == 0) continue;
    if (marks == 0) low = first + (byte << 3) + ctz(marked);
    marks += popcnt(marked);
  }
  memory.fill(durablePlane(bitmapSector), 0, BITMAP_PLANE_BYTES);
  recovered.waiting = 0;
  recovered.known = min(first + REGIONS_PER_BITMAP_SECTOR, regions());
  if (marks == 0) return 0;
  ring(RING_REGION, low, REGION_CLEAN | (found << 8) | (EVENT_FOUND_MARKED << 16));
  noteStates(state, marks, low, recovered.known - 1);
  return marks;
}
