import {
  BUG_FIRST_WRITE_UNZEROED,
  BUG_ZEROS_UNFLUSHED,
  CARD_ZERO,
  COUNTER_REGIONS_ZEROED,
  EVENT_ZEROED,
  REGION_UNWRITTEN,
  REQUESTS,
  REQUEST_SECTORS_MAX,
} from "../layout";
import { bitmapSectorOf, regionEvent, regionState } from "../bitmap/regions";
import { writtenBitChanged } from "../bitmap/write-intent";
import { count } from "../counters";
import { seeded } from "../seeded-bug";
import { askFlushes, haveSettled } from "./card-flush";
import { dataStart, regionShift } from "./geometry";
import { activeMembers, membersInUse } from "./members";
import { firstRegion, lastRegion } from "./request-regions";
import {
  PHASE_FIRST_WRITE,
  PHASE_FLUSHING,
  PHASE_ZEROING,
  flushesOf,
  request,
  wake,
  wakePhase,
} from "./requests";
import { OWNER_REQUEST, startTransfers } from "./transfers";

/**
 * The first write to an UNWRITTEN region. What lies there is anything, and may differ between the cards, so the whole
 * region is zeroed on both and flushed; then the record says that it is written and marked; then the data leaves. A
 * record that says "written" over anything less would let garbage be read after a cut. One region at a time.
 */
@unmanaged
class FirstWrite {
  /** Request that zeroes; REQUESTS when none does. */
  owner: u32;
  region: u32;
  /** Sectors of the region zeroed so far. */
  offset: u32;
  /** 1 when a member joined since it began: it has not got all zeros, although it may have left with some. */
  joined: u32;
}

const STATE: usize = memory.data(16, 16);

function firstWrite(): FirstWrite {
  return changetype<FirstWrite>(STATE);
}

export function resetFirstWrite(): void {
  firstWrite().owner = REQUESTS;
}

/** A member joins: a region that is being zeroed is zeroed again. */
export function zeroingMemberJoined(): void {
  firstWrite().joined = 1;
}

/** Takes the next UNWRITTEN region of a request in hand. Returns whether there is none, and the data may follow. */
export function isWritten(index: u32): bool {
  const entry = request(index);
  if (RIG && seeded(BUG_FIRST_WRITE_UNZEROED)) pretendZeroed(index);
  const last = lastRegion(entry.sector, entry.count);
  for (let region = firstRegion(entry.sector); region <= last; region++) {
    if (regionState(region) != REGION_UNWRITTEN) continue;
    entry.phase = PHASE_FIRST_WRITE;
    const state = firstWrite();
    if (state.owner == REQUESTS) {
      state.owner = index;
      state.region = region;
      begin(index);
    }
    return false;
  }
  return true;
}

/** Seeded bug only. */
function pretendZeroed(index: u32): void {
  const entry = request(index);
  for (let region = firstRegion(entry.sector); region <= lastRegion(entry.sector, entry.count); region++) {
    if (regionState(region) == REGION_UNWRITTEN) regionEvent(region, EVENT_ZEROED);
  }
}

function begin(index: u32): void {
  const state = firstWrite();
  state.offset = 0;
  state.joined = 0;
  zeroPiece(index);
}

function zeroPiece(index: u32): void {
  const state = firstWrite();
  const entry = request(index);
  entry.phase = PHASE_ZEROING;
  entry.left = activeMembers();
  const sector = dataStart() + (state.region << regionShift()) + state.offset;
  const sectors = min((1 << regionShift()) - state.offset, REQUEST_SECTORS_MAX);
  state.offset += sectors;
  startTransfers(OWNER_REQUEST, index, membersInUse(), CARD_ZERO, sector, sectors, 0, 0);
}

/** A card has taken its zeros, or is lost. */
export function zeroTransferEnded(index: u32): void {
  const entry = request(index);
  entry.left--;
  if (entry.left == 0) wake(index);
}

/** Moves the zeroing on. Returns whether the region is zeroed. */
export function advanceZeroing(index: u32): bool {
  const state = firstWrite();
  const entry = request(index);
  if (entry.phase == PHASE_ZEROING) {
    if (entry.left != 0) return false;
    if (state.offset < 1 << regionShift()) {
      zeroPiece(index);
      return false;
    }
    entry.phase = PHASE_FLUSHING;
    askFlushes(flushesOf(index));
  }
  if (!haveSettled(flushesOf(index)) && !(RIG && seeded(BUG_ZEROS_UNFLUSHED))) return false;
  if (state.joined != 0) {
    begin(index);
    return false;
  }
  regionEvent(state.region, EVENT_ZEROED);
  writtenBitChanged(bitmapSectorOf(state.region));
  count(COUNTER_REGIONS_ZEROED, 1);
  state.owner = REQUESTS;
  wakePhase(PHASE_FIRST_WRITE);
  return true;
}
