import {
  BUG_REINITIALISATION_UNNOTICED,
  CAUSE_COMMAND,
  CAUSE_REINITIALISED,
  MEMBER_ADD,
  MEMBER_REINITIALISED,
  MEMBER_REMOVE,
  MEMBER_REPLACE,
  STATUS_BUSY,
  STATUS_OK,
  STATUS_STATE,
} from "../layout";
import { MEMBER_COMMAND_STATE } from "./cleared-state";
import { seeded } from "../seeded-bug";
import * as upper from "../upper";
import { askFlushes, haveSettled } from "./card-flush";
import { isLossUnderWay, loseMember } from "./loss";
import { isActive, isInSync } from "./members";
import { MODE_RUNNING, mode } from "./mode";
import { commandRebuild, isRebuilding } from "./rebuild";
import { MEMBER_COMMAND_AT, phaseAt, setPhaseAt } from "./under-way";

/** The member command under way; one at a time. */
const PHASE_REST: u32 = 0;
/** MEMBER_REMOVE: both cards are flushed before the member goes. */
const PHASE_FLUSHING: u32 = 1;
/** Until the loss is recorded. */
const PHASE_LOSING: u32 = 2;
/** Until the rebuild has ended. */
const PHASE_REBUILDING: u32 = 3;

@unmanaged
class MemberCommand {
  get phase(): u32 {
    return phaseAt(MEMBER_COMMAND_AT);
  }
  set phase(value: u32) {
    setPhaseAt(MEMBER_COMMAND_AT, value);
  }
  member: u32;
  tag: u32;
  flushA: u32;
  flushB: u32;
  unused: u32;
}

const STATE = MEMBER_COMMAND_STATE;
if (offsetof<MemberCommand>() > 24) ERROR("larger than its part of cleared-state.ts");

function command(): MemberCommand {
  return changetype<MemberCommand>(STATE);
}

function flushes(): usize {
  return STATE + offsetof<MemberCommand>("flushA");
}

/**
 * Begins a member command (MEMBER_...).
 * @returns STATUS_OK when begun; STATUS_BUSY while another one, a loss or a rebuild is under way; STATUS_STATE when the
 *          member is not in a state for it, or nobody would be left who holds everything
 */
export function beginMemberCommand(which: u32, member: u32, tag: u32): u32 {
  const state = command();
  const adds = which == MEMBER_ADD || which == MEMBER_REPLACE;
  // A card that lost its cache is dropped whatever is under way, and whoever is left: what it has lost was promised.
  const urgent = which == MEMBER_REINITIALISED;
  const runs = mode() == MODE_RUNNING;
  if (!urgent && (!runs || isActive(member) == adds || !isInSync(1 - member))) return STATUS_STATE;
  if (urgent && (!runs || state.phase != PHASE_REST || isLossUnderWay())) {
    loseMember(member, CAUSE_REINITIALISED);
    upper.done(tag, STATUS_OK);
    return STATUS_OK;
  }
  if (state.phase != PHASE_REST || isLossUnderWay() || (isRebuilding() && adds)) return STATUS_BUSY;
  state.member = member;
  state.tag = tag;
  if (adds) {
    state.phase = PHASE_REBUILDING;
    commandRebuild(member, which == MEMBER_REPLACE);
  } else if (which == MEMBER_REMOVE) {
    state.phase = PHASE_FLUSHING;
    askFlushes(flushes());
  } else {
    state.phase = PHASE_LOSING;
    if (!(RIG && seeded(BUG_REINITIALISATION_UNNOTICED) && urgent)) {
      loseMember(member, urgent ? CAUSE_REINITIALISED : CAUSE_COMMAND);
    }
  }
  return STATUS_OK;
}

/** The command under way, if there is one, has come to its end. */
export function endMemberCommand(status: u32): void {
  const state = command();
  if (state.phase == PHASE_REST) return;
  state.phase = PHASE_REST;
  upper.done(state.tag, status);
}

/** A rebuild has ended: so has the command that began it. One that assembly began says nothing of a command. */
export function endRebuildCommand(status: u32): void {
  if (command().phase == PHASE_REBUILDING) endMemberCommand(status);
}

/** Moves the command on. Returns whether anything moved. */
export function advanceMemberCommand(): bool {
  const state = command();
  if (state.phase == PHASE_FLUSHING) {
    if (!haveSettled(flushes())) return false;
    state.phase = PHASE_LOSING;
    loseMember(state.member, CAUSE_COMMAND);
    return true;
  }
  // The pump comes here only when no loss is under way.
  if (state.phase != PHASE_LOSING) return false;
  endMemberCommand(STATUS_OK);
  return true;
}
