import {
  CAUSE_DEADLINE,
  COUNTER_MEMBER_CHANGES,
  MEMBERS,
  MEMBER_COMMANDS,
  MEMBER_EVENT_FOUND,
  OPTION_CARD_A_ID_0,
  OPTION_METADATA_STRIDE,
  REGION_STATES,
  REQUEST_DISCARD,
  REQUEST_FLUSH,
  REQUEST_OPERATIONS,
  REQUEST_READ,
  REQUEST_SECTORS_MAX,
  REQUEST_WRITE,
  REQUEST_WRITE_FUA,
  SCRUB_REPAIR,
  STATUS_BUSY,
  STATUS_GEOMETRY,
  STATUS_OK,
  STATUS_RANGE,
  STATUS_STATE,
  STATUS_TOO_SMALL,
} from "../layout";
import { choosePolicy } from "../bitmap/policy/policy";
import { regionState as stateOfRegion } from "../bitmap/regions";
import { tickKeptMarks } from "../bitmap/kept-marks";
import { resetGate, syncAnswered } from "../bitmap/sync-gate";
import { prepareChecksum } from "../checksum";
import { clearCounters, counterValue } from "../counters";
import { clearRing } from "../event-ring";
import { option, setOption } from "../options";
import { beginAssembly } from "./assemble";
import { tickCardFlush } from "./card-flush";
import { transferEnded } from "./completion";
import { clearState } from "./cleared-state";
import { resetCopy } from "./copy";
import { submitDiscard } from "./discard";
import { resetFirstWrite } from "./first-write";
import { submitFlush } from "./flush";
import { beginFormat } from "./format";
import { dataSectors, isPossible, regions, regionsThatFit, setGeometry } from "./geometry";
import {
  MODE_ASSEMBLING,
  MODE_FAILED,
  MODE_FORMATTING,
  MODE_IDLE,
  MODE_RUNNING,
  MODE_STOPPED,
  acceptsRequests,
  isAssembled,
  isTimeKnown,
  mode,
  noteTimeKnown,
  setMode,
  setModeTag,
  setNowMs,
} from "./mode";
import { memberEvent, resetMembers } from "./members";
import { pump, pumpIfNeeded } from "./pump";
import { submitRead } from "./read";
import {
  KIND_DISCARD,
  KIND_FLUSH,
  KIND_READ,
  KIND_WRITE,
  PHASE_SWEEPING,
  Request,
  findFreeRequest,
  noteCaller,
  openRequest,
  resetRequests,
  wake,
  wakeFlushWaiters,
  wakePhase,
} from "./requests";
import { tickResync } from "./resync";
import { resetSource } from "./source";
import { beginStop } from "./stop";
import { isRebuilding } from "./rebuild";
import { overdueMember, resetTransfers, stampTransfers } from "./transfers";
import { isLossUnderWay, loseMember } from "./loss";
import { beginMemberCommand } from "./member-command";
import { tickThrottle, resetThrottle } from "./resync-throttle";
import { refillScanBudget } from "./scan-budget";
import { beginScrub } from "./scrub";
import { lookForPass, resetUnderWay } from "./under-way";
import { submitWrite } from "./write";

/** Whether an array may be made or assembled now. */
function isAtRest(): bool {
  return mode() == MODE_IDLE || mode() == MODE_STOPPED || mode() == MODE_FAILED;
}

function reset(bootNonce: u32, tag: u32): void {
  clearCounters();
  clearRing();
  clearState();
  resetUnderWay();
  resetMembers();
  resetTransfers(bootNonce);
  resetRequests();
  resetCopy();
  resetGate(bootNonce);
  resetThrottle();
  resetFirstWrite();
  resetSource(bootNonce);
  refillScanBudget();
  setModeTag(tag);
}

/**
 * Sets an option (OPTION_...), before format or assemble.
 * @returns STATUS_OK, STATUS_STATE while an array is in use, STATUS_RANGE for an unknown option or value
 */
export function configure(key: u32, value: u32): u32 {
  prepareChecksum();
  // The identity of a card that is put in to replace another is not known before.
  const isCardId = key >= OPTION_CARD_A_ID_0 && key < OPTION_CARD_A_ID_0 + 2 * MEMBERS;
  return isAtRest() || isCardId ? setOption(key, value) : STATUS_STATE;
}

/**
 * Makes a new array of regions of 2^regionShift sectors on both cards, as many as fit. Ends through `done(tag)`.
 * @returns STATUS_OK when begun; STATUS_STATE; STATUS_GEOMETRY for an impossible geometry; STATUS_TOO_SMALL when
 *          not one region fits behind the metadata
 */
export function format(regionShift: u32, bootNonce: u32, tag: u32): u32 {
  if (!isAtRest()) return STATUS_STATE;
  const stride = option(OPTION_METADATA_STRIDE);
  if (!isPossible(regionShift, 1, stride)) return STATUS_GEOMETRY;
  const fit = regionsThatFit(regionShift, stride);
  if (fit == 0) return STATUS_TOO_SMALL;
  if (!isPossible(regionShift, fit, stride)) return STATUS_GEOMETRY;
  reset(bootNonce, tag);
  for (let member: u32 = 0; member < MEMBERS; member++) memberEvent(member, MEMBER_EVENT_FOUND);
  setGeometry(regionShift, fit, stride);
  setMode(MODE_FORMATTING);
  beginFormat(bootNonce);
  pump();
  return STATUS_OK;
}

/**
 * Assembles the array on the two cards. Ends through `done(tag)`; requests are accepted from then on.
 * @param bootNonce differs at every boot: it tells answers of this boot from older ones
 * @returns STATUS_OK when begun, STATUS_STATE, STATUS_RANGE for a policy that this build does not have
 */
export function assemble(policy: u32, bootNonce: u32, tag: u32): u32 {
  if (!isAtRest()) return STATUS_STATE;
  if (choosePolicy(policy) != STATUS_OK) return STATUS_RANGE;
  reset(bootNonce, tag);
  setMode(MODE_ASSEMBLING);
  beginAssembly();
  pump();
  return STATUS_OK;
}

/** Stops the array behind one last clearing pass. Ends through `done(tag)`. @returns STATUS_OK or STATUS_STATE */
export function stop(tag: u32): u32 {
  if (mode() != MODE_RUNNING) return STATUS_STATE;
  setModeTag(tag);
  beginStop();
  pump();
  return STATUS_OK;
}

/**
 * Submits a read, a write, a flush or a discard (REQUEST_...) of data sectors. Ends through `done(tag)`.
 * @returns STATUS_OK when accepted; STATUS_STATE, STATUS_RANGE or STATUS_BUSY when nothing happened
 */
export function submit(operation: u32, sector: u32, count: u32, buffer: u32, tag: u32): u32 {
  if (!acceptsRequests()) return STATUS_STATE;
  if (operation >= REQUEST_OPERATIONS) return STATUS_RANGE;
  if (operation != REQUEST_FLUSH) {
    const most = operation == REQUEST_DISCARD ? dataSectors() : REQUEST_SECTORS_MAX;
    if (count == 0 || count > most) return STATUS_RANGE;
    if (sector >= dataSectors() || count > dataSectors() - sector) return STATUS_RANGE;
  }
  const index = findFreeRequest();
  if (index == 0) return STATUS_BUSY;
  const isWrite = operation == REQUEST_WRITE || operation == REQUEST_WRITE_FUA;
  const entry = openRequest(index, isWrite ? KIND_WRITE : operation, sector, count, buffer, tag);
  noteCaller();
  if (isWrite) submitWrite(index, entry, operation == REQUEST_WRITE_FUA);
  else submitOther(index, entry);
  pumpIfNeeded();
  return STATUS_OK;
}

/** Not a write. */
function submitOther(index: u32, entry: Request): void {
  if (entry.kind == KIND_READ) submitRead(entry);
  else if (entry.kind == KIND_FLUSH) submitFlush(index);
  else submitDiscard(entry);
  wake(index);
}
if (KIND_READ != REQUEST_READ || KIND_FLUSH != REQUEST_FLUSH || KIND_DISCARD != REQUEST_DISCARD)
  ERROR("kinds drifted from layout.ts");

/**
 * The card's answer to `card.submit`. A token that names nothing under way is counted and ignored.
 * @param fingerprint of the bytes that the card accepted, of a write (OPTION_FINGERPRINT)
 */
export function complete(token: u32, status: u32, fingerprint: u32): void {
  transferEnded(token, status, fingerprint);
  pumpIfNeeded();
}

/** Time goes on: settle times, clearing passes and resync begin here. @param nowMs any clock that never goes back; wraps */
export function tick(nowMs: u32): void {
  setNowMs(nowMs);
  lookForPass();
  if (!isTimeKnown()) {
    noteTimeKnown();
    stampTransfers();
  }
  for (let member: u32 = 0; member < MEMBERS; member++) {
    if (tickCardFlush(member)) wakeFlushWaiters();
  }
  // What a failed array has still under way is nobody's.
  const overdue = mode() == MODE_FAILED || mode() == MODE_STOPPED ? MEMBERS : overdueMember();
  if (overdue != MEMBERS) loseMember(overdue, CAUSE_DEADLINE);
  if (isAssembled()) tickKeptMarks();
  wakePhase(PHASE_SWEEPING);
  tickThrottle();
  tickResync();
  pump();
}

/**
 * A command about a member (MEMBER_...): the slot's card fails, goes, comes back or is replaced. Ends through
 * `done(tag)`: for a loss when it is recorded on the survivor, for a rebuild when it has ended.
 * @returns STATUS_OK when begun; STATUS_RANGE; STATUS_BUSY while another one is under way; STATUS_STATE when the member
 *          is not in a state for it, the array does not run, or nobody would be left who holds everything
 */
export function memberCommand(command: u32, member: u32, tag: u32): u32 {
  if (command >= MEMBER_COMMANDS || member >= MEMBERS) return STATUS_RANGE;
  if (!isAssembled() && mode() != MODE_ASSEMBLING) return STATUS_STATE;
  const status = beginMemberCommand(command, member, tag);
  pump();
  return status;
}

/**
 * Compares both cards in CLEAN regions, from a region on, and mends them if asked to (SCRUB_...); or ends the scrub
 * under way. Ends through `done(tag)`: STATUS_ABORTED when it was stopped or a member was lost.
 * @returns STATUS_OK when begun; STATUS_RANGE; STATUS_STATE unless the array runs with both members, or another one is
 *          under way
 */
export function scrub(mode_: u32, firstRegion: u32, tag: u32): u32 {
  if (mode_ > SCRUB_REPAIR) return STATUS_RANGE;
  if (mode() != MODE_RUNNING) return STATUS_STATE;
  if (firstRegion >= regions()) return STATUS_RANGE;
  const status = beginScrub(mode_, firstRegion, tag);
  pump();
  return status;
}

/** The layer above's answer to `requestSync`: STATUS_OK if every page dirty at its start is written. */
export function syncDone(epoch: u32, status: u32): void {
  syncAnswered(epoch, status);
  pump();
}

/** A counter or gauge (COUNTER_...); 0 for an unknown key. */
export function counter(key: u32): u32 {
  if (key == COUNTER_MEMBER_CHANGES) return isLossUnderWay() || isRebuilding() ? 1 : 0;
  return counterValue(key);
}

/** State of a region (REGION_...), or REGION_STATES for one that does not exist, or before assembly has ended. */
export function regionState(region: u32): u32 {
  return isAssembled() && region < regions() ? stateOfRegion(region) : REGION_STATES;
}
