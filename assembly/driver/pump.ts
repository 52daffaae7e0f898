import { BUG_ANSWER_BEFORE_LOSS_RECORDED, MEMBERS, REQUESTS, REQUESTS_OWN } from "../layout";
import { advanceGate } from "../bitmap/sync-gate";
import { advanceWriteIntent } from "../bitmap/write-intent";
import { seeded } from "../seeded-bug";
import { endMetering } from "../work-meter";
import { advanceAssembly } from "./assemble";
import { advanceCardFlush } from "./card-flush";
import { copyBufferIsFree } from "./copy";
import { advanceDiscard } from "./discard";
import { advanceFlush } from "./flush";
import { advanceFormat } from "./format";
import { advanceLoss, isLossUnderWay } from "./loss";
import { advanceMemberCommand } from "./member-command";
import {
  MODE_ASSEMBLING,
  MODE_DRAINING,
  MODE_FAILED,
  MODE_FORMATTING,
  MODE_STOPPED,
  MODE_STOPPING,
  isAssembled,
  mode,
} from "./mode";
import { advanceRead } from "./read";
import { advanceRebuild } from "./rebuild";
import {
  KIND_DISCARD,
  KIND_FLUSH,
  KIND_READ,
  KIND_VERIFY,
  KIND_WRITE,
  PHASE_ANSWER,
  PHASE_BUFFER,
  PHASE_COPIED,
  PHASE_FLUSHING,
  PHASE_FREE,
  areAllAsleep,
  nextAwake,
  request,
  wake,
  wakePhase,
} from "./requests";
import { advanceCopyRequest, advanceResync } from "./resync";
import { refillScanBudget } from "./scan-budget";
import { advanceStop } from "./stop";
import { advanceSuperblockWrite } from "./superblock-write";
import { advanceScrub } from "./scrub";
import { flushesAreStarted, isNothingBeside } from "./under-way";
import { advanceVerify } from "./verify";
import { advanceWrite } from "./write";

/** Rounds after which something must be wrong: each round moves something a bounded way. */
const ROUNDS_MAX: u32 = 64;

function advanceRequest(index: u32): void {
  const phase = request(index).phase;
  if (phase == PHASE_FREE || phase == PHASE_ANSWER) return;
  const kind = request(index).kind;
  if (kind == KIND_WRITE) advanceWrite(index);
  else if (kind == KIND_READ) advanceRead(index);
  else if (kind == KIND_FLUSH) advanceFlush(index);
  else if (kind == KIND_DISCARD) advanceDiscard(index);
  else if (kind == KIND_VERIFY) advanceVerify(index);
  else advanceCopyRequest();
  // Others stood back for it at the copy buffer: if it has not taken it, nothing else would wake them.
  const stoodFirst = phase == PHASE_BUFFER || phase == PHASE_COPIED;
  if (stoodFirst && request(index).phase != PHASE_BUFFER && copyBufferIsFree()) wakePhase(PHASE_BUFFER);
}

function advanceRequests(): bool {
  let moved: bool = false;
  for (let index = nextAwake(); index != REQUESTS; index = nextAwake()) {
    // One request that moves may lose a member, and then nothing else may.
    if (isLossUnderWay()) {
      wake(index);
      return true;
    }
    advanceRequest(index);
    moved = true;
  }
  return moved;
}

/** Seeded bug only: flushes that the survivor has answered are not held back by a loss. */
function answerFlushes(): void {
  for (let index: u32 = REQUESTS_OWN; index < REQUESTS; index++) {
    if (request(index).phase == PHASE_FLUSHING && request(index).kind == KIND_FLUSH) advanceFlush(index);
  }
}

function advanceModeChange(): bool {
  switch (mode()) {
    case MODE_FORMATTING:
      return advanceFormat();
    case MODE_ASSEMBLING:
      return advanceAssembly();
    case MODE_STOPPING:
    case MODE_DRAINING:
      return advanceStop();
    default:
      return false;
  }
}

/** Starts the flushes that somebody wants. */
function advanceCardFlushes(): bool {
  let moved: bool = false;
  flushesAreStarted();
  for (let member: u32 = 0; member < MEMBERS; member++) {
    if (advanceCardFlush(member)) moved = true;
  }
  return moved;
}

/** One round: everything has its turn once, in this order. Returns whether anything moved, so that another one is due. */
function advanceAll(): bool {
  const alone = isNothingBeside();
  let moved: bool = false;
  if (!alone) {
    moved = advanceLoss();
    if (advanceSuperblockWrite()) moved = true;
  }
  // While a loss is not recorded nothing else starts: what is under way only ends.
  if (!isLossUnderWay()) {
    if (!alone && advanceModeChange()) moved = true;
    if (isAssembled()) {
      if (!alone) {
        if (advanceMemberCommand()) moved = true;
        if (advanceRebuild()) moved = true;
      }
      if (advanceRequests()) moved = true;
      // They have all moved as far as they can, and left nothing to do for others.
      if (alone && (!moved || isNothingBeside())) return false;
      // Before whatever goes through regions: a request waits for the record, and all take of the same steps.
      if (advanceWriteIntent()) moved = true;
      // While draining the layer above can no longer write, so no sync could be asked of it.
      if (mode() != MODE_DRAINING && advanceGate()) moved = true;
      if (advanceResync()) moved = true;
      if (advanceScrub()) moved = true;
    }
    if (mode() == MODE_ASSEMBLING && advanceWriteIntent()) moved = true;
  } else if (RIG && seeded(BUG_ANSWER_BEFORE_LOSS_RECORDED)) {
    answerFlushes();
  }
  if (mode() != MODE_FAILED && mode() != MODE_STOPPED && advanceCardFlushes()) moved = true;
  return moved;
}

/** The end of calls after which there is nothing to move most of the time. */
export function pumpIfNeeded(): void {
  if (areAllAsleep() && isNothingBeside()) endMetering();
  else pump();
}

/** Every export ends here: moves everything on until nothing can move without an answer from outside. */
export function pump(): void {
  let moved: bool = true;
  let round: u32 = 0;
  while (moved) {
    assert(round < ROUNDS_MAX);
    round++;
    moved = advanceAll();
  }
  // At the end, as a call may have taken of it before it comes here.
  refillScanBudget();
  endMetering();
}
