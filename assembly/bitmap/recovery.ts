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
import { takeAllSteps } from "../driver/scan-budget";
import { isSingleScheme } from "../driver/superblock";
import { ring } from "../event-ring";
import { seeded } from "../seeded-bug";
import { isValidRecord, recordSequence } from "./bitmap-record";
import { LOWEST_OF_EIGHT, fillPlane, fromPlanes } from "./planes";
import { nextState } from "./region-states";
import { durablePlane, noteStates, statesOf } from "./regions";
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
  /** Members whose record of the slot in hand is valid, as a mask. */
  valid: u32;
  /** 1 more than the bitmap sector whose regions wait to be set; 0 for none. */
  waiting: u32;
  /** Regions that have their states: all before this one. */
  known: u32;
  unused: u32;
}

const STATE: usize = memory.data(32, 16);
/** Marks of the best record so far. */
const MARKS: usize = memory.data(240, 16);
/** Written bits of the best record so far. */
const WRITTEN: usize = memory.data(240, 16);

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

/** What was read from `slot` of members, a mask: its checksum, one in a call, as it is the longest part of all. */
export function checkRecord(bitmapSector: u32, slot: u32, members: u32, at: usize): void {
  takeAllSteps();
  if (isValidRecord(at, bitmapSector, slot)) recovery().valid |= members;
}

/** The sectors read from `slot` of both members, which were checked. */
export function offerRecords(slot: u32, atA: usize, atB: usize): void {
  const valid = recovery().valid;
  recovery().valid = 0;
  if ((valid & 1) != 0) believeRecord(atA, 0, slot);
  if (valid >> 1 != 0 && !(RIG && seeded(BUG_ONE_CARD_BELIEVED_ALONE))) believeRecord(atB, 1, slot);
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

/** Marks of the bitmap sector judged last that say that regions may differ: those of the eight in a byte. */
export function recoveredMarks(byte: u32): u32 {
  return load<u8>(MARKS + <usize>byte);
}

/** All slots were offered: hands the bitmap sector to the write intent. Its regions are set in another call. */
export function endRecovery(bitmapSector: u32): void {
  judgeRecovery(bitmapSector);
  const state = recovery();
  state.waiting = bitmapSector + 1;
  resumeRecords(bitmapSector, state.sequence, state.invalidSlots, state.found != 0 ? ~state.recent : 0);
}

/** Whether no bitmap sector waits for its regions to be set. */
export function areStatesRecovered(): bool {
  return recovery().waiting == 0;
}

/** The planes of the regions that will be set, into a record. A mark of a region that was never written says nothing. */
export function copyRecovered(record: usize): void {
  for (let at: usize = 0; at < BITMAP_PLANE_BYTES; at += 4) {
    const written = load<u32>(WRITTEN + at);
    store<u32>(record + at, written, BITMAP_WRITTEN_AT);
    store<u32>(record + at, load<u32>(MARKS + at) & written, BITMAP_MARKED_AT);
  }
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
  let high: u32 = 0;
  for (let byte: u32 = 0; byte < BITMAP_PLANE_BYTES; byte += 2) {
    const written = <u32>load<u16>(WRITTEN + <usize>byte);
    const marked = (<u32>load<u16>(MARKS + <usize>byte)) & written;
    const regions = fromPlanes(written | (marked << 16));
    // CLEAN is 1 and UNWRITTEN 0, so a mark makes the difference between the state of its region and 1.
    store<u32>(at, (regions & LOWEST_OF_EIGHT) + ((regions >> 1) & LOWEST_OF_EIGHT) * (state - REGION_CLEAN));
    store<u32>(
      at,
      ((regions >> 2) & LOWEST_OF_EIGHT) + ((regions >> 3) & LOWEST_OF_EIGHT) * (state - REGION_CLEAN),
      4,
    );
    at += 8;
    if (marked == 0) continue;
    high = byte;
    if (marks == 0) low = first + (byte << 3) + ctz(marked);
    marks += popcnt(marked);
  }
  memory.fill(durablePlane(bitmapSector), 0, BITMAP_PLANE_BYTES);
  recovered.waiting = 0;
  recovered.known = min(first + REGIONS_PER_BITMAP_SECTOR, regions());
  if (marks == 0) return 0;
  ring(RING_REGION, low, REGION_CLEAN | (found << 8) | (EVENT_FOUND_MARKED << 16));
  if (state != found) ring(RING_REGION, low, found | (state << 8) | (EVENT_MEMBER_LOST << 16));
  noteStates(state, marks, low, min(first + (high << 3) + 15, regions() - 1));
  return marks;
}
