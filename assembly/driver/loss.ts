import {
  BUG_ANSWER_BEFORE_LOSS_RECORDED,
  BUG_SURVIVOR_UNFLUSHED,
  CAUSE_COMMAND,
  COUNTER_MEMBERS_LOST,
  EVENT_MEMBER_LOST,
  EVENT_TOUCH,
  MEMBER_EVENT_FAILED,
  MEMBER_EVENT_REMOVED,
  RING_LOSS,
  STATUS_READ_ERROR,
  SUPERBLOCK_ALONE,
  SUPERBLOCK_FLAGS_AT,
  SUPERBLOCK_MARKS_FOR_AT,
  SUPERBLOCK_PARTNER_ID_AT,
  TRANSFERS,
} from "../layout";
import { LOSS_STATE } from "./cleared-state";
import { knownRegions } from "../bitmap/recovery";
import { findMarked } from "../bitmap/region-scan";
import { regionEvent } from "../bitmap/regions";
import { gateMemberLost } from "../bitmap/sync-gate";
import { recordMemberLost } from "../bitmap/write-intent";
import { count } from "../counters";
import { ring } from "../event-ring";
import { seeded } from "../seeded-bug";
import { sendHeldAnswers } from "./answer";
import { areMembersKnown, assemblyTransferEnded } from "./assemble";
import { askFlush, cardFlushesForgotten, hasSettled } from "./card-flush";
import { copyMemberLost } from "./copy";
import { failStop } from "./fail-stop";
import { isActive, isInSync, memberEvent, useCard } from "./members";
import { MODE_ASSEMBLING, MODE_FORMATTING, isAssembled, mode } from "./mode";
import { rebuildMemberLost } from "./rebuild";
import { requestMemberLost } from "./request-loss";
import { REPAIR_REQUEST, SCRUB_REQUEST, isTouched, wakeAll } from "./requests";
import { resyncMemberLost } from "./resync";
import { stopScrub } from "./scrub";
import { verifyMemberLost } from "./verify";
import { beginLineage, copyField, hasFlag, setSuperblockWord, superblockWord } from "./superblock";
import { isSuperblockWritten, superblockMemberLost, writeSuperblock } from "./superblock-write";
import {
  OWNER_BOOT,
  OWNER_REQUEST,
  endTransfer,
  isUnderWay,
  memberOf,
  outstanding,
  transfer,
} from "./transfers";
import { LOSS_AT, phaseAt, setPhaseAt } from "./under-way";

/**
 * A member is lost while the array runs. From that moment no request is answered, a read neither, until the loss is
 * durable on the survivor: what is answered from the survivor alone must not be forgotten in favour of the other card
 * after the next cut.
 *
 *   REST -> DRAINING -> FLUSHING -> SWEEPING -> RECORDING -> REST
 *
 * DRAINING lets the survivor's transfers end, FLUSHING makes them durable, SWEEPING moves every region to what it is
 * without a partner (nothing can be copied or proven), RECORDING writes both copies of the survivor's superblock. A
 * survivor that was alone already, and loses the target of its rebuild, has nothing to record.
 */
const PHASE_REST: u32 = 0;
const PHASE_DRAINING: u32 = 1;
const PHASE_FLUSHING: u32 = 2;
const PHASE_SWEEPING: u32 = 3;
const PHASE_RECORDING: u32 = 4;

@unmanaged
class Loss {
  get phase(): u32 {
    return phaseAt(LOSS_AT);
  }
  set phase(value: u32) {
    setPhaseAt(LOSS_AT, value);
  }
  survivor: u32;
  flush: u32;
  cursor: u32;
}

const STATE = LOSS_STATE;
if (offsetof<Loss>() > 16) ERROR("larger than its part of cleared-state.ts");

function loss(): Loss {
  return changetype<Loss>(STATE);
}

export function resetLoss(): void {
  memory.fill(STATE, 0, 16);
  loss().phase = PHASE_REST;
}

/** Whether a loss is not yet recorded: nothing new starts, and nobody is answered. */
export function isLossUnderWay(): bool {
  return loss().phase != PHASE_REST;
}

/** Whether answers wait. */
export function areAnswersHeld(): bool {
  return isLossUnderWay() && !(RIG && seeded(BUG_ANSWER_BEFORE_LOSS_RECORDED));
}

/**
 * A member is lost, for a reason (CAUSE_...). While the array is not assembled, it is merely not there; with nobody
 * left who holds everything, the array has failed.
 */
export function loseMember(member: u32, cause: u32): void {
  if (!isActive(member)) {
    forgetTransfers(member);
    rebuildMemberLost(member, cause);
    return;
  }
  if (mode() == MODE_FORMATTING) {
    failStop();
    return;
  }
  if (mode() == MODE_ASSEMBLING && !areMembersKnown()) {
    useCard(member, false);
    forgetTransfers(member);
    return;
  }
  count(COUNTER_MEMBERS_LOST, 1);
  ring(RING_LOSS, member, cause);
  memberEvent(member, cause == CAUSE_COMMAND ? MEMBER_EVENT_REMOVED : MEMBER_EVENT_FAILED);
  const survivor = 1 - member;
  if (!isInSync(survivor) || (!isAssembled() && mode() != MODE_ASSEMBLING)) {
    failStop();
    return;
  }
  const state = loss();
  state.phase = PHASE_DRAINING;
  state.survivor = survivor;
  gateMemberLost();
  resyncMemberLost();
  verifyMemberLost(REPAIR_REQUEST);
  verifyMemberLost(SCRUB_REQUEST);
  stopScrub();
  forgetTransfers(member);
  copyMemberLost(member);
  recordMemberLost(member);
  rebuildMemberLost(member, cause);
}

/** Nobody waits for what the lost card was asked; whoever must go on without it is told. */
function forgetTransfers(member: u32): void {
  // Of the target of a rebuild too, which is no member yet.
  superblockMemberLost(member);
  cardFlushesForgotten(member);
  for (let index: u32 = 0; index < TRANSFERS; index++) {
    if (!isUnderWay(index) || memberOf(index) != member) continue;
    const entry = transfer(index);
    const owner = entry.owner;
    const owned = entry.index;
    endTransfer(index, entry);
    if (owner == OWNER_REQUEST) requestMemberLost(owned);
    else if (owner == OWNER_BOOT && mode() == MODE_ASSEMBLING)
      assemblyTransferEnded(member, STATUS_READ_ERROR);
  }
}

/** The survivor says that it goes on alone, that its marks speak of the partner it had, and of what history it is. */
export function recordAlone(member: u32): void {
  const flags = superblockWord(member, SUPERBLOCK_FLAGS_AT);
  setSuperblockWord(member, SUPERBLOCK_FLAGS_AT, flags | SUPERBLOCK_ALONE);
  copyField(member, SUPERBLOCK_MARKS_FOR_AT, member, SUPERBLOCK_PARTNER_ID_AT, 8);
  beginLineage(member);
  writeSuperblock(member);
}

/** Moves regions on within this call's budget. Returns whether all are; those that recovery has still to set need it not. */
function sweep(): bool {
  const state = loss();
  const end = knownRegions();
  while (findMarked(STATE + offsetof<Loss>("cursor"), end, 1)) {
    const region = state.cursor++;
    if (regionEvent(region, EVENT_MEMBER_LOST) && isTouched(region)) regionEvent(region, EVENT_TOUCH);
  }
  return state.cursor == end;
}

/** Moves a loss on. Returns whether anything moved. */
export function advanceLoss(): bool {
  const state = loss();
  switch (state.phase) {
    case PHASE_DRAINING: {
      if (outstanding(state.survivor) != 0) return false;
      state.phase = PHASE_FLUSHING;
      state.flush = askFlush(state.survivor);
      return true;
    }
    case PHASE_FLUSHING: {
      const flushed = hasSettled(state.survivor, state.flush) || (RIG && seeded(BUG_SURVIVOR_UNFLUSHED));
      if (!flushed) return false;
      state.phase = PHASE_SWEEPING;
      state.cursor = 0;
      return true;
    }
    case PHASE_SWEEPING: {
      if (!sweep() || !isSuperblockWritten()) return false;
      state.phase = PHASE_RECORDING;
      if (!hasFlag(state.survivor, SUPERBLOCK_ALONE)) recordAlone(state.survivor);
      return true;
    }
    case PHASE_RECORDING: {
      if (!isSuperblockWritten()) return false;
      state.phase = PHASE_REST;
      sendHeldAnswers();
      wakeAll();
      return true;
    }
    default:
      return false;
  }
}
