import {
  BUG_CLEAR_WHILE_ALONE,
  BUG_DIRTY_BECOMES_CANDIDATE,
  BUG_FAILED_SYNC_IGNORED,
  BUG_HARD_CAP,
  BUG_JOINED_SYNC,
  BUG_LATE_EPOCH,
  BUG_NO_FLUSH_BEFORE_CLEAR,
  BUG_SETTLE_IGNORED_FOR_DATA,
  BUG_STALE_SYNC_ANSWER,
  BUG_WRITE_KEEPS_CANDIDATE,
  COUNTER_EPOCHS_FAILED,
  COUNTER_EPOCHS_OPENED,
  COUNTER_REGIONS_CLEARED,
  COUNTER_REGIONS_UNPROVEN,
  COUNTER_STALE_ANSWERS,
  EVENT_COLLECT,
  EVENT_GATE_PASSED,
  EVENT_SYNC_FAILED,
  OPTION_COOLDOWN_MS,
  OPTION_MARKED_MAX,
  REGION_CLEAN_CANDIDATE,
  REGION_DIRTY,
  RING_EPOCH,
  STATUS_OK,
} from "../layout";
import { GATE_STATE } from "../driver/cleared-state";
import { count, counterValue } from "../counters";
import { askFlushes, haveFlushed, haveSettled } from "../driver/card-flush";
import { nowMs } from "../driver/mode";
import { canBecomeEqual } from "../driver/rebuild";
import { isTouched } from "../driver/requests";
import { STEP, TOUCHED, take } from "../driver/scan-budget";
import { GATE_AT, lookForPass, passIsNotDue, phaseAt, setPhaseAt } from "../driver/under-way";
import { ring } from "../event-ring";
import { option } from "../options";
import { seeded } from "../seeded-bug";
import * as upper from "../upper";
import { STEP_FLUSH, STEP_HOLD, STEP_SYNC } from "./policy/pass-steps";
import { passIsDue, passSteps } from "./policy/policy";
import { bitmapSectorOf, forceCandidate, isLeftBehind, keepMark, regionEvent, regionState } from "./regions";
import { areMarksKept, noteLeftOver } from "./kept-marks";
import { findMarked } from "./region-scan";
import { emptyUnprovenRange, noteUnproven, unprovenHigh, unprovenLow } from "./unproven-range";
import { askClear } from "./write-intent";

/**
 * The only code that clears. A clearing pass:
 *
 *   REST -> COLLECTING -> [SYNCING] -> [HOLDING] -> [FLUSHING] -> CLEARING -> REST
 *                             | failed
 *                             +-> DEMOTING -> REST
 *
 * COLLECTING makes candidates of the regions that no write is in flight to. A write to one of them, however early
 * or late, takes it out of the pass. The sync is asked for after the last candidate was made; the flushes of both
 * cards begin after the sync was answered. So whatever was still in some buffer has been written, and what was
 * written is equal and durable on both cards: only then does a bit go.
 */
const PHASE_REST: u32 = 0;
const PHASE_COLLECTING: u32 = 1;
const PHASE_SYNCING: u32 = 2;
const PHASE_HOLDING: u32 = 3;
const PHASE_FLUSHING: u32 = 4;
const PHASE_CLEARING: u32 = 5;
const PHASE_DEMOTING: u32 = 6;

@unmanaged
class Gate {
  get phase(): u32 {
    return phaseAt(GATE_AT);
  }
  set phase(value: u32) {
    setPhaseAt(GATE_AT, value);
  }
  /** Range of regions of the pass, and where the scan stands. */
  low: u32;
  high: u32;
  cursor: u32;
  /** Number of the epoch; one is outstanding at most, and answers must match by equality. */
  epoch: u32;
  /** When the hold began, or the last pass ended, ms. */
  sinceMs: u32;
  flushA: u32;
  flushB: u32;
  /** Bitmap sectors with bits to clear, as a mask. */
  cleared: u32;
  /** 1 when stop has asked for a pass whatever the policy says; 2 while that pass runs. */
  forced: u32;
  /** Seeded bug only: a sync has succeeded at some time. */
  syncedBefore: u32;
  unused: u32;
}

const STATE = GATE_STATE;
if (offsetof<Gate>() > 48) ERROR("larger than its part of cleared-state.ts");

function gate(): Gate {
  return changetype<Gate>(STATE);
}

function passFlushes(): usize {
  return STATE + offsetof<Gate>("flushA");
}

/** No pass under way; epochs start from the boot nonce, so that an answer from before a reset matches nothing. */
export function resetGate(bootNonce: u32): void {
  gate().epoch = bootNonce * 0x85ebca6b;
  emptyUnprovenRange();
}

/** Stop asks for one more pass, whatever the policy thinks of the time. */
export function forcePass(): void {
  gate().forced = isOpen() ? 1 : 0;
  lookForPass();
}

/** Whether anything can be proven. */
function isOpen(): bool {
  if (RIG && seeded(BUG_CLEAR_WHILE_ALONE)) return true;
  return canBecomeEqual();
}

/**
 * A member is lost: nothing can be proven until it is back. What the pass under way has looked at is unproven still,
 * and its sync answers nobody.
 */
export function gateMemberLost(): void {
  const pass = gate();
  if (pass.phase != PHASE_REST && pass.low <= pass.high) {
    noteUnproven(pass.low);
    noteUnproven(pass.high);
  }
  pass.phase = PHASE_REST;
  lookForPass();
  pass.forced = 0;
}

/** Whether the pass that stop asked for is over. */
export function isForcedPassOver(): bool {
  return gate().forced == 0;
}

function beginScan(phase: u32): void {
  const pass = gate();
  pass.phase = phase;
  pass.cursor = pass.low;
}

function beginPass(): void {
  const pass = gate();
  pass.low = unprovenLow();
  pass.high = unprovenHigh();
  pass.cleared = 0;
  emptyUnprovenRange();
  if (pass.forced == 1) pass.forced = 2;
  beginScan(PHASE_COLLECTING);
}

function endPass(): void {
  const pass = gate();
  for (let mask = pass.cleared; mask != 0; mask &= mask - 1) {
    if (areMarksKept()) noteLeftOver(ctz(mask));
    else askClear(ctz(mask));
  }
  pass.phase = PHASE_REST;
  lookForPass();
  pass.sinceMs = nowMs();
  if (pass.forced == 2) pass.forced = 0;
}

function beginFlush(): void {
  const pass = gate();
  if ((passSteps() & STEP_FLUSH) == 0 || (RIG && seeded(BUG_NO_FLUSH_BEFORE_CLEAR))) {
    beginScan(PHASE_CLEARING);
    return;
  }
  pass.phase = PHASE_FLUSHING;
  askFlushes(passFlushes());
}

function askSync(): void {
  const pass = gate();
  if (RIG && seeded(BUG_JOINED_SYNC) && pass.syncedBefore != 0) {
    beginFlush();
    return;
  }
  pass.phase = PHASE_SYNCING;
  pass.epoch++;
  count(COUNTER_EPOCHS_OPENED, 1);
  ring(RING_EPOCH, pass.epoch, 0);
  upper.requestSync(pass.epoch);
}

function candidatesCollected(): void {
  const pass = gate();
  const steps = passSteps();
  if ((steps & STEP_SYNC) != 0) {
    askSync();
  } else if ((steps & STEP_HOLD) != 0) {
    pass.phase = PHASE_HOLDING;
    pass.sinceMs = nowMs();
  } else {
    beginFlush();
  }
}

/** The layer above has answered. Only the epoch that is outstanding counts. */
export function syncAnswered(epoch: u32, status: u32): void {
  const pass = gate();
  const expected =
    pass.phase == PHASE_SYNCING && (epoch == pass.epoch || (RIG && seeded(BUG_STALE_SYNC_ANSWER)));
  if (!expected) {
    count(COUNTER_STALE_ANSWERS, 1);
    return;
  }
  if (status != STATUS_OK && !(RIG && seeded(BUG_FAILED_SYNC_IGNORED))) {
    count(COUNTER_EPOCHS_FAILED, 1);
    ring(RING_EPOCH, epoch, 2);
    beginScan(PHASE_DEMOTING);
    return;
  }
  ring(RING_EPOCH, epoch, 1);
  pass.syncedBefore = 1;
  if (RIG && seeded(BUG_LATE_EPOCH)) collectLate();
  beginFlush();
}

/** Seeded bug only: regions written while the sync ran join the pass. */
function collectLate(): void {
  const pass = gate();
  if (unprovenLow() > unprovenHigh()) return;
  pass.low = min(pass.low, unprovenLow());
  pass.high = max(pass.high, unprovenHigh());
  for (let region = pass.low; region <= pass.high; region++) regionEvent(region, EVENT_COLLECT);
}

function clear(region: u32): void {
  if (regionState(region) != REGION_CLEAN_CANDIDATE) return;
  const bent = (RIG && seeded(BUG_WRITE_KEEPS_CANDIDATE)) || (RIG && seeded(BUG_DIRTY_BECOMES_CANDIDATE));
  assert(!isTouched(region) || bent);
  take(TOUCHED);
  const kept = areMarksKept() && !isLeftBehind(region) && gate().forced == 0;
  regionEvent(region, EVENT_GATE_PASSED);
  if (kept) keepMark(region, true);
  gate().cleared |= 1 << bitmapSectorOf(region);
  count(COUNTER_REGIONS_CLEARED, 1);
}

/** Goes through the pass's regions as far as this call's budget allows. Returns whether it came to the end. */
function scan(): bool {
  const pass = gate();
  const phase = pass.phase;
  // The range is empty when nothing became unproven since the last pass.
  if (pass.low > pass.high) return true;
  while (findMarked(STATE + offsetof<Gate>("cursor"), pass.high + 1, STEP)) {
    const region = pass.cursor;
    pass.cursor++;
    if (phase == PHASE_CLEARING) {
      clear(region);
    } else if (phase == PHASE_DEMOTING) {
      regionEvent(region, EVENT_SYNC_FAILED);
    } else if (RIG && seeded(BUG_DIRTY_BECOMES_CANDIDATE) && regionState(region) == REGION_DIRTY) {
      forceCandidate(region, EVENT_COLLECT);
    } else {
      regionEvent(region, EVENT_COLLECT);
    }
  }
  return pass.cursor > pass.high;
}

function flushesAreOver(): bool {
  if (RIG && seeded(BUG_SETTLE_IGNORED_FOR_DATA)) return haveFlushed(passFlushes());
  return haveSettled(passFlushes());
}

function shouldBegin(): bool {
  const pass = gate();
  if (!isOpen()) return false;
  if (pass.forced == 1) return true;
  return unprovenLow() <= unprovenHigh() && passIsDue(nowMs() - pass.sinceMs);
}

/**
 * Whether new marks wait for the pass under way, which is about to let some go: only once its sync was answered, as a
 * write that the sync needs may need a mark.
 */
export function areMarksThrottled(): bool {
  const cap = option(OPTION_MARKED_MAX);
  if (cap == 0 || counterValue(COUNTER_REGIONS_UNPROVEN) < cap) return false;
  const phase = gate().phase;
  return phase == PHASE_FLUSHING || phase == PHASE_CLEARING || (RIG && seeded(BUG_HARD_CAP));
}

/** Moves the pass under way on, or begins one. Returns whether anything moved. */
export function advanceGate(): bool {
  const pass = gate();
  switch (pass.phase) {
    case PHASE_REST: {
      passIsNotDue();
      if (!shouldBegin()) return false;
      beginPass();
      return true;
    }
    case PHASE_COLLECTING: {
      if (!scan()) return false;
      candidatesCollected();
      return true;
    }
    case PHASE_HOLDING: {
      if (nowMs() - pass.sinceMs < option(OPTION_COOLDOWN_MS) && pass.forced == 0) return false;
      beginFlush();
      return true;
    }
    case PHASE_FLUSHING: {
      if (!flushesAreOver()) return false;
      beginScan(PHASE_CLEARING);
      return true;
    }
    case PHASE_CLEARING:
    case PHASE_DEMOTING: {
      if (!scan()) return false;
      endPass();
      return true;
    }
    default:
      return false;
  }
}
