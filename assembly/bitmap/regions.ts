import {
  BITMAP_PLANE_BYTES,
  BITMAP_SECTORS_MAX,
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
  REGION_IN_FLIGHT_MAX,
  REGION_IN_FLIGHT_ONE,
  REGION_IN_FLIGHT_SHIFT,
  REGION_MAYBE_DIRTY,
  REGION_NEEDS_SYNC,
  REGION_STATE_MASK,
  REGION_SYNCING,
  REGION_UNWRITTEN,
} from "../layout";
import { count, uncount } from "../counters";
import { seeded } from "../seeded-bug";
import { nextState } from "./region-states";
import { noteUnproven } from "./unproven-range";

/** One byte a region: state and in-flight count (layout.ts says which bits). */
const REGIONS: usize = memory.data(9600, 16);
/** The marks as they should be on the cards: one plane of bits for each bitmap sector. */
const WANTED: usize = memory.data(1200, 16);

if (REGIONS_MAX != 9600 || BITMAP_PLANE_BYTES * BITMAP_SECTORS_MAX != 1200)
  ERROR("sizes drifted from layout.ts");

export function regionState(region: u32): u32 {
  return (<u32>load<u8>(REGIONS + <usize>region)) & REGION_STATE_MASK;
}

/** Requests and driver writes that have touched the region and are not finished. */
export function inFlight(region: u32): u32 {
  return (<u32>load<u8>(REGIONS + <usize>region)) >> REGION_IN_FLIGHT_SHIFT;
}

/** Whether the region's bit belongs in the bitmap while it is in this state. */
function isMarked(state: u32): bool {
  return state != REGION_CLEAN && state != REGION_UNWRITTEN;
}

function isUnproven(state: u32): bool {
  return state >= REGION_DIRTY && state <= REGION_CLEAN_CANDIDATE;
}

/** Whether the cards may still differ in a region of this state from before the boot. */
export function isToSync(state: u32): bool {
  return state == REGION_NEEDS_SYNC || state == REGION_SYNCING;
}

/** Address of the wanted marks of one bitmap sector. */
export function wantedPlane(bitmapSector: u32): usize {
  return WANTED + <usize>(bitmapSector * BITMAP_PLANE_BYTES);
}

export function bitmapSectorOf(region: u32): u32 {
  return region / REGIONS_PER_BITMAP_SECTOR;
}

/** Bit of `region` in a plane of its bitmap sector. */
export function planeBit(plane: usize, region: u32): bool {
  const bit = region % REGIONS_PER_BITMAP_SECTOR;
  return (((<u32>load<u8>(plane + <usize>(bit >> 3))) >> (bit & 7)) & 1) != 0;
}

function setWanted(region: u32, marked: bool): void {
  const bit = region % REGIONS_PER_BITMAP_SECTOR;
  const at = wantedPlane(bitmapSectorOf(region)) + <usize>(bit >> 3);
  const mask: u32 = 1 << (bit & 7);
  const old = <u32>load<u8>(at);
  store<u8>(at, <u8>(marked ? old | mask : old & ~mask));
}

function setState(region: u32, state: u32): void {
  const at = REGIONS + <usize>region;
  const byte = <u32>load<u8>(at);
  const old = byte & REGION_STATE_MASK;
  if (old == state) return;
  store<u8>(at, <u8>((byte & ~REGION_STATE_MASK) | state));
  if (isUnproven(old)) uncount(COUNTER_REGIONS_UNPROVEN);
  if (isUnproven(state)) count(COUNTER_REGIONS_UNPROVEN, 1);
  if (isToSync(old)) uncount(COUNTER_REGIONS_TO_SYNC);
  if (isToSync(state)) count(COUNTER_REGIONS_TO_SYNC, 1);
  if (isMarked(old) != isMarked(state)) setWanted(region, isMarked(state));
  if (state == REGION_MAYBE_DIRTY) noteUnproven(region);
}

/** Moves a region along the table. Returns whether its state changed. */
export function regionEvent(region: u32, event: u32): bool {
  const state = regionState(region);
  const next = nextState(state, event);
  setState(region, next);
  return next != state;
}

/** A request or a write of the driver's own begins to concern the region. */
export function touchRegion(region: u32): void {
  const at = REGIONS + <usize>region;
  assert(inFlight(region) < REGION_IN_FLIGHT_MAX);
  store<u8>(at, <u8>(<u32>load<u8>(at) + REGION_IN_FLIGHT_ONE));
  if (RIG && seeded(BUG_WRITE_KEEPS_CANDIDATE) && regionState(region) == REGION_CLEAN_CANDIDATE) return;
  if (RIG && seeded(BUG_WRITE_ENDS_NEEDS_SYNC) && regionState(region) == REGION_NEEDS_SYNC) {
    setState(region, REGION_DIRTY);
    return;
  }
  regionEvent(region, EVENT_TOUCH);
}

/** What had touched the region is finished. */
export function releaseRegion(region: u32): void {
  const at = REGIONS + <usize>region;
  assert(inFlight(region) > 0);
  store<u8>(at, <u8>(<u32>load<u8>(at) - REGION_IN_FLIGHT_ONE));
  if (inFlight(region) != 0) return;
  const bent = (RIG && seeded(BUG_WRITE_KEEPS_CANDIDATE)) || (RIG && seeded(BUG_DIRTY_BECOMES_CANDIDATE));
  if (bent && regionState(region) <= REGION_CLEAN_CANDIDATE && regionState(region) != REGION_DIRTY) return;
  regionEvent(region, EVENT_WRITES_ENDED);
}

/** Seeded bug only: a region with a write in flight is made a candidate. */
export function forceCandidate(region: u32): void {
  if (RIG && seeded(BUG_DIRTY_BECOMES_CANDIDATE)) setState(region, REGION_CLEAN_CANDIDATE);
}

/** Every region CLEAN with nothing in flight; the start of an assembly. */
export function resetRegions(): void {
  memory.fill(REGIONS, <u8>REGION_CLEAN, <usize>REGIONS_MAX);
  memory.fill(WANTED, 0, <usize>(BITMAP_PLANE_BYTES * BITMAP_SECTORS_MAX));
}
