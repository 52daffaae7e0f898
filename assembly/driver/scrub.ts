import {
  COPY_SECTORS,
  COUNTER_SCRUB_REGION,
  REGION_CLEAN,
  SCRUB_REPAIR,
  SCRUB_STOP,
  STATUS_ABORTED,
  STATUS_OK,
  STATUS_STATE,
} from "../layout";
import { SCRUB_STATE } from "./cleared-state";
import { isMarked, regionState } from "../bitmap/regions";
import { count, counterValue } from "../counters";
import * as upper from "../upper";
import { regionShift, regions } from "./geometry";
import { isInSync } from "./members";
import { PHASE_FREE, SCRUB_REQUEST, request } from "./requests";
import { mayCopy } from "./resync-throttle";
import { LOOK, take } from "./scan-budget";
import { SCRUB_AT, phaseAt, setPhaseAt } from "./under-way";
import { openVerify } from "./verify";

/** Compares the CLEAN regions of both cards, one after the other, beside everything else. */
@unmanaged
class Scrub {
  /** SCRUB_COMPARE or SCRUB_REPAIR; SCRUB_STOP at rest. */
  get mode(): u32 {
    return phaseAt(SCRUB_AT);
  }
  set mode(value: u32) {
    setPhaseAt(SCRUB_AT, value);
  }
  tag: u32;
  /** Sectors of the region that are behind it. */
  offset: u32;
  /** 1 while a chunk of a scrub before is still being looked at: this one looks at it again. */
  waits: u32;
}

const STATE = SCRUB_STATE;
if (offsetof<Scrub>() > 16) ERROR("larger than its part of cleared-state.ts");

function scrubState(): Scrub {
  return changetype<Scrub>(STATE);
}

/** Region that the scrub has come to. The counter is the only place where it is kept, so that hosts can go on from it. */
function region(): u32 {
  return counterValue(COUNTER_SCRUB_REGION);
}

function enterRegion(next: u32): void {
  count(COUNTER_SCRUB_REGION, next - region());
  scrubState().offset = 0;
}

/**
 * Begins a scrub, or ends the one under way.
 * @returns STATUS_OK, or STATUS_STATE unless both members are in sync and no scrub is under way (none to stop)
 */
export function beginScrub(mode: u32, firstRegion: u32, tag: u32): u32 {
  const state = scrubState();
  if (mode == SCRUB_STOP) {
    if (state.mode == SCRUB_STOP) return STATUS_STATE;
    stopScrub();
    return STATUS_OK;
  }
  if (state.mode != SCRUB_STOP || !isInSync(0) || !isInSync(1)) return STATUS_STATE;
  state.waits = request(SCRUB_REQUEST).phase != PHASE_FREE ? 1 : 0;
  state.mode = mode;
  state.tag = tag;
  enterRegion(firstRegion);
  return STATUS_OK;
}

function end(status: u32): void {
  const state = scrubState();
  if (state.mode == SCRUB_STOP) return;
  state.mode = SCRUB_STOP;
  upper.done(state.tag, status);
}

/** The scrub under way is given up; a chunk that is being looked at comes to its end. */
export function stopScrub(): void {
  end(STATUS_ABORTED);
}

/** The chunk under way has been looked at. */
export function scrubChunkEnded(): void {
  const state = scrubState();
  if (state.waits == 0) {
    state.offset += COPY_SECTORS;
    if (state.offset >= 1 << regionShift()) enterRegion(region() + 1);
  }
  state.waits = 0;
}

/**
 * Whether the region is CLEAN, or was when the scrub came to it: a sector that it mends makes it DIRTY, and the rest of
 * the region is to be looked at all the same.
 */
function mayScrub(state: Scrub): bool {
  const now = regionState(region());
  return now == REGION_CLEAN || (state.offset != 0 && state.mode == SCRUB_REPAIR && isMarked(now));
}

/** Opens the next chunk. Returns whether anything moved. */
export function advanceScrub(): bool {
  const state = scrubState();
  if (state.mode == SCRUB_STOP || request(SCRUB_REQUEST).phase != PHASE_FREE) return false;
  while (region() < regions() && !mayScrub(state)) {
    if (!take(LOOK)) return false;
    enterRegion(region() + 1);
  }
  if (region() == regions()) {
    end(STATUS_OK);
    return true;
  }
  const sectors = min(COPY_SECTORS, (1 << regionShift()) - state.offset);
  if (!mayCopy(sectors)) return false;
  const sector = (region() << regionShift()) + state.offset;
  openVerify(SCRUB_REQUEST, sector, sectors, state.mode == SCRUB_REPAIR);
  return true;
}
