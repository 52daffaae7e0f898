import {
  BUG_EARLY_ACKNOWLEDGE,
  BUG_FUA_UNFLUSHED,
  BUG_MARK_AFTER_DATA,
  BUG_TOUCH_AT_DISPATCH,
  BUG_FINGERPRINT_IGNORED,
  CARD_WRITE,
  COPY_SECTORS,
  COUNTER_FINGERPRINT_MISMATCHES,
  COUNTER_MARK_WAITS,
  FINGERPRINT_NONE,
  MEMBERS,
  OPTION_FINGERPRINT,
  RING_FINGERPRINT,
  STATUS_OK,
} from "../layout";
import { count } from "../counters";
import { ring } from "../event-ring";
import { option } from "../options";
import { seeded } from "../seeded-bug";
import * as upper from "../upper";
import { bitmapSectorOf, isMarkOnCards, writeComes } from "../bitmap/regions";
import { isSettled } from "../bitmap/write-intent";
import { noteWrite } from "../bitmap/kept-marks";
import { noteStream } from "./streams";
import { answer } from "./answer";
import { askFlushes, haveSettled } from "./card-flush";
import { COPY_TO_BOTH, askCopy } from "./copy";
import { advanceZeroing, isWritten, zeroTransferEnded } from "./first-write";
import { dataStart } from "./geometry";
import { activeMembers, membersInUse } from "./members";
import { isBlocked } from "./overlap";
import {
  areMarksDurable,
  areWrittenBitsDurable,
  askMarks,
  firstRegion,
  lastRegion,
  noteWrittenBits,
  releaseRegions,
  touchRegions,
} from "./request-regions";
import {
  PHASE_FIRST_WRITE,
  PHASE_COPIED,
  PHASE_COPYING,
  PHASE_FLUSHING,
  PHASE_FUA,
  PHASE_MARKING,
  PHASE_QUEUED,
  PHASE_STRETCH,
  PHASE_TRANSFER,
  PHASE_ZEROING,
  Request,
  closeRequest,
  flushesOf,
  isStretchPhase,
  request,
  requestsInUse,
  wake,
} from "./requests";
import { sourceMember } from "./source";
import { OWNER_REQUEST, startTransfers } from "./transfers";
import { isNothingBeside } from "./under-way";

/** A write is accepted: its regions are touched now, so that no clear that is being decided misses it. */
export function submitWrite(index: u32, entry: Request, durably: bool): void {
  entry.durably = durably ? 1 : 0;
  noteWrite();
  noteStream(entry.sector, entry.count);
  if (isUsual(index, entry)) {
    dispatch(index, entry);
    return;
  }
  if (!(RIG && seeded(BUG_TOUCH_AT_DISPATCH))) touchRegions(entry, entry.sector, entry.count);
  wake(index);
}

/**
 * Whether the cards can have a write right now, as most of the time: its one region was written before and is marked, nothing
 * else goes on, and its sectors are not held. The pump would find the same.
 */
function isUsual(index: u32, entry: Request): bool {
  if (RIG && seeded(BUG_TOUCH_AT_DISPATCH)) return false;
  const region = firstRegion(entry.sector);
  const usual =
    isNothingBeside() &&
    region == lastRegion(entry.sector, entry.count) &&
    isMarkOnCards(region) &&
    isSettled(bitmapSectorOf(region)) &&
    (requestsInUse() == 1 << index || !isBlocked(index)) &&
    writeComes(region);
  if (!usual) return false;
  entry.touchFirst = region;
  entry.touchLast = region;
  return true;
}

function dispatch(index: u32, entry: Request): void {
  entry.phase = PHASE_TRANSFER;
  entry.left = activeMembers();
  entry.accepted = 0;
  const sector = dataStart() + entry.sector;
  startTransfers(OWNER_REQUEST, index, membersInUse(), CARD_WRITE, sector, entry.count, entry.buffer, 0);
}

/** Lock, then zeros where nothing was written, then mark, then data: moves a write as far as it can go. */
export function advanceWrite(index: u32): void {
  const entry = request(index);
  if (entry.phase == PHASE_FUA) {
    if (haveSettled(flushesOf(index))) answer(index, STATUS_OK);
    return;
  }
  if (isStretchPhase(entry.phase)) {
    advanceRewriting(index);
    return;
  }
  if (entry.phase == PHASE_QUEUED) {
    if (isBlocked(index)) return;
    if (RIG && seeded(BUG_TOUCH_AT_DISPATCH)) touchRegions(entry, entry.sector, entry.count);
    entry.phase = PHASE_FIRST_WRITE;
  } else if (entry.phase == PHASE_ZEROING || entry.phase == PHASE_FLUSHING) {
    if (!advanceZeroing(index)) return;
    entry.phase = PHASE_FIRST_WRITE;
  }
  const first = entry.touchFirst;
  const last = entry.touchLast;
  if (entry.phase == PHASE_FIRST_WRITE) {
    if (!isWritten(index)) return;
    entry.phase = PHASE_MARKING;
    noteWrittenBits(entry, first, last);
    if (!areMarksDurable(first, last)) {
      // Asked for at submit, but the region may have been UNWRITTEN then.
      askMarks(first, last);
      count(COUNTER_MARK_WAITS, 1);
      if (!(RIG && seeded(BUG_MARK_AFTER_DATA))) return;
    }
  } else if (
    entry.phase != PHASE_MARKING ||
    !(areMarksDurable(first, last) || (RIG && seeded(BUG_MARK_AFTER_DATA)))
  ) {
    return;
  }
  // Checked here, not at submit: a record that clears the bit may have been under way then.
  const marked = areWrittenBitsDurable(entry, first, last);
  if (marked || (RIG && seeded(BUG_MARK_AFTER_DATA))) dispatch(index, entry);
}

/** Both cards have the data: it is answered, or flushed before. */
function finishWrite(index: u32): void {
  const entry = request(index);
  releaseRegions(entry);
  if (RIG && seeded(BUG_EARLY_ACKNOWLEDGE)) {
    closeRequest(index);
    return;
  }
  if (entry.durably != 0 && !(RIG && seeded(BUG_FUA_UNFLUSHED))) {
    entry.phase = PHASE_FUA;
    askFlushes(flushesOf(index));
    return;
  }
  answer(index, STATUS_OK);
}

/** A member is lost that had the write, or its zeros: it goes on without. */
export function writeMemberLost(index: u32): void {
  const entry = request(index);
  assert(entry.left > 0);
  entry.left--;
  if (entry.phase == PHASE_ZEROING) wake(index);
  else if (entry.left == 0) finishWrite(index);
}

/** One card has taken the data, and says what it took. */
export function writeTransferEnded(index: u32, fingerprint: u32): void {
  const entry = request(index);
  if (entry.phase == PHASE_ZEROING) {
    zeroTransferEnded(index);
    return;
  }
  assert(entry.phase == PHASE_TRANSFER && entry.left > 0);
  entry.left--;
  const differs = entry.accepted != 0 && fingerprint != entry.fingerprint;
  entry.accepted++;
  entry.fingerprint = fingerprint;
  if (RIG && seeded(BUG_EARLY_ACKNOWLEDGE) && entry.left == 1) upper.done(entry.tag, STATUS_OK);
  if (entry.left != 0) return;
  if (
    differs &&
    option(OPTION_FINGERPRINT) != FINGERPRINT_NONE &&
    !(RIG && seeded(BUG_FINGERPRINT_IGNORED))
  ) {
    beginRewriting(index);
  } else {
    finishWrite(index);
  }
}

/**
 * The two cards accepted different bytes: the buffer changed under way. The request stays unanswered, its region DIRTY
 * and its sectors held, until both have what the source accepted; the buffer is never asked again, it may go on
 * changing.
 */
function beginRewriting(index: u32): void {
  const entry = request(index);
  count(COUNTER_FINGERPRINT_MISMATCHES, 1);
  ring(RING_FINGERPRINT, entry.sector, entry.count);
  entry.phase = PHASE_STRETCH;
  entry.cursor = 0;
  wake(index);
}

function advanceRewriting(index: u32): void {
  const entry = request(index);
  if (entry.phase == PHASE_COPYING) return;
  if (entry.phase == PHASE_COPIED) entry.cursor += entry.stretch;
  // With one card there is nothing to be equal to.
  if (entry.cursor == entry.count || activeMembers() < MEMBERS) {
    finishWrite(index);
  } else {
    entry.stretch = min(entry.count - entry.cursor, COPY_SECTORS);
    askCopy(index, entry.sector + entry.cursor, entry.stretch, COPY_TO_BOTH, sourceMember());
  }
}
