import {
  BUG_NO_FLUSH_AFTER_COPY,
  COPY_SECTORS,
  COUNTER_REGIONS_RESYNCED,
  COUNTER_REGIONS_TO_SYNC,
  COUNTER_SECTORS_RESYNCED,
  EVENT_RESYNC_ENDED_BUSY,
  EVENT_RESYNC_ENDED_IDLE,
  EVENT_RESYNC_STARTED,
  REGION_NEEDS_SYNC,
  REGION_SYNCING,
} from "../layout";
import { RESYNC_STATE } from "./cleared-state";
import { regionEvent, regionState } from "../bitmap/regions";
import { findMarked } from "../bitmap/region-scan";
import { isMarkDurable } from "../bitmap/write-intent";
import { count, counterValue } from "../counters";
import { seeded } from "../seeded-bug";
import { askFlushes, haveSettled } from "./card-flush";
import { COPY_TO_OTHER, askCopy } from "./copy";
import { regionShift, regions } from "./geometry";
import { MODE_RUNNING, mode } from "./mode";
import { canBecomeEqual } from "./rebuild";
import { isBlocked } from "./overlap";
import { releaseRegions, touchRegions } from "./request-regions";
import {
  KIND_COPY,
  PHASE_BUFFER,
  PHASE_COPIED,
  PHASE_FREE,
  PHASE_QUEUED,
  RESYNC_REQUEST,
  closeRequest,
  isTouched,
  openRequest,
  request,
  wake,
} from "./requests";
import { mayCopy } from "./resync-throttle";
import { STEP, isAnythingLeft } from "./scan-budget";
import { sourceMember } from "./source";
import { RESYNC_AT, phaseAt, setPhaseAt } from "./under-way";

/**
 * Copies regions that need sync, one after the other, from the source member to the other one, in pieces that
 * take their turn with the caller's requests to the same sectors.
 */
const PHASE_REST: u32 = 0;
const PHASE_SEARCHING: u32 = 1;
const PHASE_PIECES: u32 = 2;
const PHASE_FLUSHES: u32 = 3;
/** Between two pieces, until the throttle lets the next one go. */
const PHASE_PAUSED: u32 = 4;

@unmanaged
class Resync {
  get phase(): u32 {
    return phaseAt(RESYNC_AT);
  }
  set phase(value: u32) {
    setPhaseAt(RESYNC_AT, value);
  }
  region: u32;
  /** Sectors of the region copied so far. */
  offset: u32;
  flushA: u32;
  flushB: u32;
}

const STATE = RESYNC_STATE;
if (offsetof<Resync>() > 16) ERROR("larger than its part of cleared-state.ts");

function resync(): Resync {
  return changetype<Resync>(STATE);
}

function flushes(): usize {
  return STATE + offsetof<Resync>("flushA");
}

/** Whether a region has to be copied, and to somewhere. */
function isWorkLeft(): bool {
  return counterValue(COUNTER_REGIONS_TO_SYNC) != 0 && mode() == MODE_RUNNING && canBecomeEqual();
}

/** A member is lost: there is nothing to copy to. */
export function resyncMemberLost(): void {
  const state = resync();
  if (request(RESYNC_REQUEST).phase != PHASE_FREE) {
    releaseRegions(request(RESYNC_REQUEST));
    closeRequest(RESYNC_REQUEST);
  }
  state.phase = PHASE_REST;
}

/** A tick starts it; from there on it goes by completions. */
export function tickResync(): void {
  const state = resync();
  if (state.phase == PHASE_REST && isWorkLeft()) {
    state.phase = PHASE_SEARCHING;
  }
}

/** Whether no piece is on the cards and none will be begun. */
export function isResyncAtRest(): bool {
  return resync().phase == PHASE_REST;
}

function openPiece(): void {
  const state = resync();
  const sector = (state.region << regionShift()) + state.offset;
  const sectors = min((1 << regionShift()) - state.offset, COPY_SECTORS);
  const entry = openRequest(RESYNC_REQUEST, KIND_COPY, sector, sectors, 0, 0);
  wake(RESYNC_REQUEST);
  touchRegions(entry, sector, sectors);
}

function startRegion(): void {
  const state = resync();
  regionEvent(state.region, EVENT_RESYNC_STARTED);
  state.phase = PHASE_PAUSED;
  state.offset = 0;
}

/** Looks for the next region that needs sync, within this call's budget. */
function search(): bool {
  const state = resync();
  if (!isWorkLeft()) {
    state.phase = PHASE_REST;
    return true;
  }
  while (isAnythingLeft()) {
    const found = findMarked(STATE + offsetof<Resync>("region"), regions(), STEP);
    // A region that a write has just touched when its rebuild began may have its first mark under way.
    if (found && regionState(state.region) == REGION_NEEDS_SYNC && isMarkDurable(state.region)) {
      startRegion();
      return true;
    }
    if (found) state.region++;
    if (state.region == regions()) state.region = 0;
  }
  return false;
}

/** Moves the piece under way as far as it can go. */
export function advanceCopyRequest(): void {
  const piece = request(RESYNC_REQUEST);
  const queued = piece.phase == PHASE_QUEUED;
  if (queued && isBlocked(RESYNC_REQUEST)) return;
  if (piece.phase == PHASE_COPIED || (queued && regionState(resync().region) != REGION_SYNCING)) pieceEnded();
  else if (queued || piece.phase == PHASE_BUFFER)
    askCopy(RESYNC_REQUEST, piece.sector, piece.count, COPY_TO_OTHER, sourceMember());
}

function pieceEnded(): void {
  const state = resync();
  const sectors = request(RESYNC_REQUEST).count;
  releaseRegions(request(RESYNC_REQUEST));
  closeRequest(RESYNC_REQUEST);
  state.offset += sectors;
  count(COUNTER_SECTORS_RESYNCED, sectors);
  // It may have been discarded between two pieces.
  if (regionState(state.region) != REGION_SYNCING) {
    state.phase = PHASE_SEARCHING;
    return;
  }
  if (state.offset < 1 << regionShift()) {
    state.phase = PHASE_PAUSED;
    return;
  }
  // The source too: where only the other card could read a sector, it was the source that was written.
  state.phase = PHASE_FLUSHES;
  askFlushes(flushes());
}

/** Moves resync on. Returns whether anything moved. */
export function advanceResync(): bool {
  const state = resync();
  if (state.phase == PHASE_SEARCHING) return search();
  if (state.phase == PHASE_PAUSED) {
    if (!mayCopy(COPY_SECTORS)) return false;
    state.phase = PHASE_PIECES;
    openPiece();
    return true;
  }
  if (state.phase != PHASE_FLUSHES) return false;
  if (!haveSettled(flushes()) && !(RIG && seeded(BUG_NO_FLUSH_AFTER_COPY))) return false;
  state.phase = PHASE_SEARCHING;
  if (regionState(state.region) != REGION_SYNCING) return true;
  const busy = isTouched(state.region);
  regionEvent(state.region, busy ? EVENT_RESYNC_ENDED_BUSY : EVENT_RESYNC_ENDED_IDLE);
  count(COUNTER_REGIONS_RESYNCED, 1);
  return true;
}
