import {
  BITMAP_PLANE_BYTES,
  BUG_DIRTY_BECOMES_CANDIDATE,
  BUG_WRITE_ENDS_NEEDS_SYNC,
  BUG_WRITE_KEEPS_CANDIDATE,
  COUNTER_REGIONS_TO_SYNC,
  COUNTER_REGIONS_UNPROVEN,
  EVENT_TOUCH,
  EVENT_WRITES_ENDED,
  REGIONS_MAX,
  REGIONS_PER_BITMAP_SECTOR,
  REGION_CLEAN,
  REGION_CLEAN_CANDIDATE,
  REGION_DIRTY,
  REGION_KEPT,
  REGION_MAYBE_DIRTY,
  REGION_NEEDS_SYNC,
  REGION_STATE_MASK,
  REGION_SYNCING,
  REGION_UNWRITTEN,
  RING_REGION,
} from "../layout";
import { count, uncount } from "../counters";
import { bitmapSectors } from "../driver/geometry";
import { DURABLE_MARKS_WORD } from "../driver/hot-words";
import { isTouched, requestsInUse } from "../driver/requests";
import { lookForPass } from "../driver/under-way";
import { ring } from "../event-ring";
import { seeded } from "../seeded-bug";
import { nextState } from "./region-states";
import { noteUnproven } from "./unproven-range";

/**
 * The tables of the regions lie behind the static data and are as large as the array needs, whole bitmap sectors:
 *
 *   __heap_base │ states: four bits a region │ durable marks: one bit a region │ end of the state
 *
 * Nothing else is ever put there, so memory below the end is the driver's whole state.
 */
const STATE_BYTES: u32 = 960;
if (STATE_BYTES * 2 != REGIONS_PER_BITMAP_SECTOR) ERROR("sizes drifted from layout.ts");

function states(): usize {
  return (__heap_base + 15) & ~15;
}

/** Where the durable marks begin: kept, as nearly every call asks for one of them. */
const DURABLE_MARKS = DURABLE_MARKS_WORD;

/**
 * The array in use has so many bitmap sectors. The end of the tables is written as a range: where memory is too small for them,
 * this traps before anything else is overwritten, whatever bounds are checked.
 */
export function placeTables(sectors: u32): void {
  store<u32>(DURABLE_MARKS, <u32>states() + sectors * STATE_BYTES);
  memory.fill(<usize>stateBytes() - 32, 0, 32);
}

/** Address of the durable marks of one bitmap sector: those of its newest record that is on the cards. */
export function durablePlane(bitmapSector: u32): usize {
  return <usize>(load<u32>(DURABLE_MARKS) + bitmapSector * BITMAP_PLANE_BYTES);
}

/** Bytes of linear memory in use: static data, and the tables of the array in use. */
export function stateBytes(): u32 {
  return <u32>states() + bitmapSectors() * (STATE_BYTES + BITMAP_PLANE_BYTES);
}

function stateByte(region: u32): usize {
  return states() + <usize>(region >> 1);
}

function nibble(region: u32): u32 {
  return ((<u32>load<u8>(stateByte(region))) >> ((region & 1) << 2)) & 0x0f;
}

/** Whether a region in this state is written to, or was and is not proven since: DIRTY or MAYBE_DIRTY. */
function isWritten(state: u32): bool {
  return (state | 1) == REGION_MAYBE_DIRTY;
}
if ((REGION_DIRTY | 1) != REGION_MAYBE_DIRTY) ERROR("isWritten is for neighbours");

function setNibble(region: u32, value: u32): void {
  const at = stateByte(region);
  const shift = (region & 1) << 2;
  store<u8>(at, <u8>(((<u32>load<u8>(at)) & ~((<u32>0x0f) << shift)) | (value << shift)));
}

export function regionState(region: u32): u32 {
  return nibble(region) & REGION_STATE_MASK;
}

/** Whether the region is CLEAN and its mark stays wanted. */
export function isKept(region: u32): bool {
  return nibble(region) == (REGION_KEPT | REGION_CLEAN);
}

/** Says whether the mark of a CLEAN region stays wanted. */
export function keepMark(region: u32, kept: bool): void {
  assert(regionState(region) == REGION_CLEAN);
  setNibble(region, REGION_CLEAN | (kept ? REGION_KEPT : 0));
}

/** The mark of this region is not worth keeping once it is CLEAN, unless it is written again. */
export function leaveBehind(region: u32): void {
  if (isMarked(regionState(region))) setNibble(region, nibble(region) | REGION_KEPT);
}

/** Whether a marked region is one of those. */
export function isLeftBehind(region: u32): bool {
  return isMarked(regionState(region)) && (nibble(region) & REGION_KEPT) != 0;
}

/** Address of the states of one bitmap sector, eight regions a word, the first region lowest. */
export function statesOf(bitmapSector: u32): usize {
  return states() + <usize>(bitmapSector * STATE_BYTES);
}

/** Of eight regions those from this one on that are in a state which marks them: bits of the four of each, its own lowest. */
export function markedOfEight(region: u32): u32 {
  // CLEAN is 1 and UNWRITTEN 0; the fourth bit is none of the state.
  return (load<u32>(states() + <usize>((region >> 3) << 2)) & 0x66666666) >> ((region & 7) << 2);
}

/** Whether the region's bit belongs in the bitmap while it is in this state. */
export function isMarked(state: u32): bool {
  return state != REGION_CLEAN && state != REGION_UNWRITTEN;
}

function isUnproven(state: u32): bool {
  return state >= REGION_DIRTY && state <= REGION_CLEAN_CANDIDATE;
}

/** Whether the cards may still differ in a region of this state from before the boot, or from before a rebuild. */
export function isToSync(state: u32): bool {
  return state == REGION_NEEDS_SYNC || state == REGION_SYNCING;
}

/** The quotient by a product: the smallest cores divide by software. */
export function bitmapSectorOf(region: u32): u32 {
  if (REGIONS_PER_BITMAP_SECTOR != 15 << 7 || REGIONS_MAX > 15 << 11) ERROR("the factor is for 15");
  return ((region >> 7) * 4370) >> 16;
}

/** Whether the region's mark is on the cards. The planes of all bitmap sectors follow each other without a gap. */
export function isMarkOnCards(region: u32): bool {
  return bitOf(durablePlane(0), region);
}

function bitOf(plane: usize, bit: u32): bool {
  return (((<u32>load<u8>(plane + <usize>(bit >> 3))) >> (bit & 7)) & 1) != 0;
}

/** Bit of `region` in a plane of its bitmap sector. */
export function planeBit(plane: usize, region: u32): bool {
  return bitOf(plane, region - bitmapSectorOf(region) * REGIONS_PER_BITMAP_SECTOR);
}

/** @param whole the four bits of the region as they are */
function setState(region: u32, whole: u32, state: u32, event: u32): void {
  const old = whole & REGION_STATE_MASK;
  // The fourth bit says one thing of CLEAN regions and another of marked ones, and a write makes it void.
  const stays = isMarked(old) && isMarked(state) && event != EVENT_TOUCH;
  setNibble(region, (stays ? whole & REGION_KEPT : 0) | state);
  noteInRing(region, old, state, event);
  if (isUnproven(old) != isUnproven(state)) {
    if (isUnproven(old)) uncount(COUNTER_REGIONS_UNPROVEN);
    else count(COUNTER_REGIONS_UNPROVEN, 1);
    lookForPass();
  }
  if (isToSync(old) != isToSync(state)) {
    if (isToSync(old)) uncount(COUNTER_REGIONS_TO_SYNC);
    else count(COUNTER_REGIONS_TO_SYNC, 1);
  }
  if (state == REGION_MAYBE_DIRTY) noteUnproven(region);
}

function noteInRing(region: u32, old: u32, state: u32, event: u32): void {
  ring(RING_REGION, region, old | (state << 8) | (event << 16));
}

/** Moves a region along the table. Returns whether its state changed. */
export function regionEvent(region: u32, event: u32): bool {
  const whole = nibble(region);
  const next = nextState(whole & REGION_STATE_MASK, event);
  if (next == (whole & REGION_STATE_MASK)) return false;
  setState(region, whole, next, event);
  return true;
}

/** A request or a write of the driver's own begins to concern the region. */
export function touchRegion(region: u32): void {
  if (RIG && seeded(BUG_WRITE_KEEPS_CANDIDATE) && regionState(region) == REGION_CLEAN_CANDIDATE) return;
  if (RIG && seeded(BUG_WRITE_ENDS_NEEDS_SYNC) && regionState(region) == REGION_NEEDS_SYNC) {
    setState(region, nibble(region), REGION_DIRTY, EVENT_TOUCH);
    return;
  }
  regionEvent(region, EVENT_TOUCH);
}

/**
 * The same for a region that is DIRTY or MAYBE_DIRTY, as the table says it, without a look there.
 * @returns whether it was one; nothing has happened if not
 */
export function writeComes(region: u32): bool {
  const state = regionState(region);
  if (!isWritten(state)) return false;
  if (state == REGION_MAYBE_DIRTY) {
    setNibble(region, REGION_DIRTY);
    if (RIG) noteInRing(region, REGION_MAYBE_DIRTY, REGION_DIRTY, EVENT_TOUCH);
  }
  return true;
}

/** Something that had touched the region is finished; what else touches it is known to the request pool. */
export function releaseRegion(region: u32): void {
  const used = requestsInUse();
  // The one that releases it has it no more.
  if ((used & (used - 1)) != 0 && isTouched(region)) return;
  const bent = (RIG && seeded(BUG_WRITE_KEEPS_CANDIDATE)) || (RIG && seeded(BUG_DIRTY_BECOMES_CANDIDATE));
  if (bent && regionState(region) <= REGION_CLEAN_CANDIDATE && regionState(region) != REGION_DIRTY) return;
  if (regionState(region) != REGION_DIRTY) {
    regionEvent(region, EVENT_WRITES_ENDED);
    return;
  }
  // What the table says, of what nearly every write leaves.
  setNibble(region, nibble(region) | REGION_MAYBE_DIRTY);
  noteUnproven(region);
  if (RIG) noteInRing(region, REGION_DIRTY, REGION_MAYBE_DIRTY, EVENT_WRITES_ENDED);
}

/** Seeded bug only: a region with a write in flight is made a candidate. */
export function forceCandidate(region: u32, event: u32): void {
  if (RIG && seeded(BUG_DIRTY_BECOMES_CANDIDATE) && regionState(region) != REGION_CLEAN_CANDIDATE)
    setState(region, nibble(region), REGION_CLEAN_CANDIDATE, event);
}

/** So many regions between `low` and `high` were set to a state that marks them, without `regionEvent`. */
export function noteStates(state: u32, number: u32, low: u32, high: u32): void {
  if (isToSync(state)) count(COUNTER_REGIONS_TO_SYNC, number);
  if (!isUnproven(state)) return;
  count(COUNTER_REGIONS_UNPROVEN, number);
  noteUnproven(low);
  noteUnproven(high);
}
