import {
  BITMAP_SLOTS,
  BUG_REBUILD_ENDS_WRONG_ORDER,
  BUG_REPLACEMENT_COPIED_IN_PART,
  BUG_RETURNING_MARKS_IGNORED,
  CARD_READ,
  CARD_WRITE,
  CAUSE_SOURCE_UNREADABLE,
  COUNTER_REGIONS_TO_SYNC,
  EVENT_REBUILD_ALL,
  EVENT_REBUILD_MARKED,
  MEMBERS,
  MEMBER_EVENT_ADOPTED,
  MEMBER_EVENT_REBUILT,
  REGIONS_PER_BITMAP_SECTOR,
  SECTOR_BYTES,
  STATUS_ABORTED,
  STATUS_FOREIGN,
  STATUS_OK,
  STATUS_SOURCE_UNREADABLE,
  SUPERBLOCK_ALONE,
  SUPERBLOCK_ARRAY_ID_AT,
  SUPERBLOCK_CARD_ID_AT,
  SUPERBLOCK_COPIES,
  SUPERBLOCK_FLAGS_AT,
  SUPERBLOCK_LINEAGE_AT,
  SUPERBLOCK_MARKS_FOR_AT,
  SUPERBLOCK_MEMBER_AT,
  SUPERBLOCK_PARENT_AT,
  SUPERBLOCK_PARTNER_ID_AT,
  SUPERBLOCK_REBUILDING,
  SUPERBLOCK_SEQUENCE_AT,
  SUPERBLOCK_USED_BYTES,
} from "../layout";
import { REBUILD_STATE } from "./cleared-state";
import { beginRecovery, judgeRecovery, isRecoveredMark, offerRecord } from "../bitmap/recovery";
import { bitmapSectorOf, regionEvent } from "../bitmap/regions";
import {
  askMarksOf,
  buildForSlot,
  holdRecords,
  isIntentAtRest,
  isRecordDue,
  slotsRewritten,
} from "../bitmap/write-intent";
import { counterValue } from "../counters";
import { seeded } from "../seeded-bug";
import { askFlush, askFlushes, hasSettled, haveSettled } from "./card-flush";
import { zeroingMemberJoined } from "./first-write";
import { bitmapSectors, regions, slotSector, superblockSector } from "./geometry";
import { recordAlone } from "./loss";
import { endRebuildCommand } from "./member-command";
import { activeMembers, isActive, isInSync, memberEvent } from "./members";
import { MODE_RUNNING, isAssembled, mode } from "./mode";
import { forgetReadErrors } from "./read-errors";
import { findMarked } from "../bitmap/region-scan";
import { LOOK, STEP, take, takeAll } from "./scan-budget";
import {
  copyField,
  fieldsAgree,
  forgetSuperblock,
  hasFlag,
  hasSuperblock,
  isSingleScheme,
  offerSuperblock,
  setSuperblockWord,
  superblockWord,
  takeCardId,
} from "./superblock";
import { isSuperblockWritten, metadataSector, writeSuperblock } from "./superblock-write";
import { OWNER_BOOT, startOwnTransfer } from "./transfers";
import { REBUILD_AT, lookForPass, phaseAt, setPhaseAt } from "./under-way";

/**
 * A card becomes the partner of the one that is right. The order of what is written is what makes every cut safe:
 *
 *   1. the source says that it is alone, if it does not yet
 *   2. its marks say all that the target may miss: what the target marks itself (partial), or everything (full);
 *      then the source says whom its marks speak of
 *   3. the target gets the bitmap, and says that it is being rebuilt, from which history
 *   4. both take writes and records; marked regions are copied, proven and unmarked: how far it came is in the marks. A
 *      rebuild that is cut goes on with the marks of both: the source's newest record may be lost with its cache
 *   5. the source says that it is not alone; the target takes the source's history
 */
const PHASE_REST: u32 = 0;
const PHASE_READING: u32 = 1;
const PHASE_ALONE: u32 = 2;
const PHASE_TARGETS_MARKS: u32 = 3;
const PHASE_SWEEPING_ALL: u32 = 4;
const PHASE_MARKING: u32 = 5;
const PHASE_HOLDING: u32 = 6;
const PHASE_BITMAP: u32 = 7;
const PHASE_BITMAP_FLUSH: u32 = 8;
const PHASE_RECORDING: u32 = 9;
const PHASE_SWEEPING_MARKED: u32 = 10;
const PHASE_COPYING: u32 = 11;
const PHASE_FLUSHING: u32 = 12;
const PHASE_SOURCE: u32 = 13;
const PHASE_TARGET: u32 = 14;

@unmanaged
class Rebuild {
  get phase(): u32 {
    return phaseAt(REBUILD_AT);
  }
  set phase(value: u32) {
    setPhaseAt(REBUILD_AT, value);
  }
  target: u32;
  /** 1 when everything must be copied. */
  full: u32;
  /** 1 when whatever card there is becomes the member. */
  replaces: u32;
  /** Superblock copy or slot, bitmap sector, and region that the phase has come to. */
  round: u32;
  cursor: u32;
  /** 1 while the target owes an answer. */
  waiting: u32;
  flushA: u32;
  flushB: u32;
}

const STATE = REBUILD_STATE;
if (offsetof<Rebuild>() > 32) ERROR("larger than its part of cleared-state.ts");
const CURSOR = offsetof<Rebuild>("cursor");

function rebuild(): Rebuild {
  return changetype<Rebuild>(STATE);
}

function flushes(): usize {
  return STATE + offsetof<Rebuild>("flushA");
}

function source(): u32 {
  return 1 - rebuild().target;
}

/** Whether a rebuild is under way. */
export function isRebuilding(): bool {
  return rebuild().phase != PHASE_REST;
}

/** Whether regions can be copied and proven: both members are there, the target of a rebuild with all that it misses. */
export function canBecomeEqual(): bool {
  const phase = rebuild().phase;
  return activeMembers() == MEMBERS && (phase == PHASE_REST || phase >= PHASE_COPYING);
}

/** Whether the target is being read, so that a read error is an answer. */
export function isRebuildReading(): bool {
  return rebuild().phase == PHASE_READING || rebuild().phase == PHASE_TARGETS_MARKS;
}

function enter(phase: u32): void {
  const state = rebuild();
  state.phase = phase;
  state.round = 0;
  state.cursor = 0;
}

/** Assembly found a card that must get what it missed, or everything; its superblock is known. */
export function askRebuild(target: u32, full: bool): void {
  const state = rebuild();
  state.target = target;
  state.full = full ? 1 : 0;
  state.replaces = 0;
  judgeTarget();
}

/** A command wants a rebuild of the card in a slot: its superblock has to be read first. */
export function commandRebuild(target: u32, replaces: bool): void {
  const state = rebuild();
  assert(state.phase == PHASE_REST && !isActive(target));
  state.target = target;
  state.full = 0;
  state.replaces = replaces ? 1 : 0;
  forgetSuperblock(target);
  enter(PHASE_READING);
}

/** The rebuild is over, well or not. */
function end(status: u32): void {
  rebuild().phase = PHASE_REST;
  lookForPass();
  holdRecords(false);
  endRebuildCommand(status);
}

/** A member is lost (CAUSE_...), or a card that was to become one: the rebuild is over, its answer is not waited for. */
export function rebuildMemberLost(member: u32, cause: u32): void {
  if (!isRebuilding() || rebuild().target != member) return;
  rebuild().waiting = 0;
  end(cause == CAUSE_SOURCE_UNREADABLE ? STATUS_SOURCE_UNREADABLE : STATUS_ABORTED);
}

/** From here to there no record begins. */
function holdsRecords(): bool {
  const phase = rebuild().phase;
  return phase >= PHASE_HOLDING && phase <= PHASE_RECORDING;
}

/** The array stops: the rebuild is given up, the next assembly goes on with it. Returns whether none is under way. */
export function stopRebuild(): bool {
  if (!isRebuilding()) return true;
  if (holdsRecords() || rebuild().waiting != 0 || !isSuperblockWritten()) return false;
  end(STATUS_ABORTED);
  return true;
}

/** The target has answered. */
export function rebuildTransferEnded(status: u32): void {
  const state = rebuild();
  assert(state.waiting != 0);
  state.waiting = 0;
  if (status != STATUS_OK) memory.fill(metadataSector(), 0, SECTOR_BYTES);
  if (state.phase == PHASE_READING) offerSuperblock(state.target, state.round, metadataSector());
  if (state.phase == PHASE_TARGETS_MARKS) {
    // As both members: the target's marks alone are asked for.
    offerRecord(bitmapSectorOf(state.cursor), state.round, (1 << MEMBERS) - 1, metadataSector());
  }
  state.round++;
}

function askTarget(command: u32, sector: u32): void {
  rebuild().waiting = 1;
  startOwnTransfer(OWNER_BOOT, 0, rebuild().target, command, sector, 1, metadataSector());
}

/** What the target may be, by its superblock; or why it can't be a member of this array. */
function judgeTarget(): void {
  const state = rebuild();
  const target = state.target;
  const ours =
    hasSuperblock(target) &&
    fieldsAgree(target, SUPERBLOCK_ARRAY_ID_AT, source(), SUPERBLOCK_ARRAY_ID_AT, 16);
  if (!ours && state.replaces == 0) {
    end(STATUS_FOREIGN);
    return;
  }
  if (!ours || !knowsWhatItMisses() || state.replaces != 0) state.full = 1;
  enter(PHASE_ALONE);
  if (!hasFlag(source(), SUPERBLOCK_ALONE)) recordAlone(source());
}

/** Whether the source's marks speak of this card, and it has not gone its own way since. */
function knowsWhatItMisses(): bool {
  const target = rebuild().target;
  if (hasFlag(target, SUPERBLOCK_ALONE)) return false;
  if (!fieldsAgree(source(), SUPERBLOCK_MARKS_FOR_AT, target, SUPERBLOCK_CARD_ID_AT, 8)) return false;
  return hasFlag(target, SUPERBLOCK_REBUILDING)
    ? fieldsAgree(target, SUPERBLOCK_PARENT_AT, source(), SUPERBLOCK_LINEAGE_AT, 8)
    : fieldsAgree(target, SUPERBLOCK_LINEAGE_AT, source(), SUPERBLOCK_PARENT_AT, 8);
}

/** What the target itself marks, a bitmap sector after the other, the source marks too. */
function uniteMarks(): bool {
  const state = rebuild();
  if (state.waiting != 0) return false;
  const bitmapSector = bitmapSectorOf(state.cursor);
  if (bitmapSector == bitmapSectors()) {
    enter(PHASE_MARKING);
    return true;
  }
  const first = bitmapSector * REGIONS_PER_BITMAP_SECTOR;
  if (state.round < BITMAP_SLOTS) {
    if (state.round == 0) beginRecovery();
    askTarget(CARD_READ, slotSector(bitmapSector, state.round));
    return true;
  }
  if (state.cursor == first) judgeRecovery(bitmapSector);
  if (isRecordDue()) return false;
  for (; state.cursor < min(first + REGIONS_PER_BITMAP_SECTOR, regions()); state.cursor++) {
    const marked = isRecoveredMark(state.cursor);
    if (!take(marked ? STEP : 1)) return false;
    if (marked) regionEvent(state.cursor, EVENT_REBUILD_ALL);
  }
  state.round = 0;
  state.cursor = (bitmapSector + 1) * REGIONS_PER_BITMAP_SECTOR;
  return true;
}

/** Applies an event to every region, or every marked one, within this call's budget. Returns whether all are done. */
function sweep(event: u32): bool {
  const state = rebuild();
  const all = event == EVENT_REBUILD_ALL;
  // A write may wait for that record, and it takes all steps of a call.
  if (isRecordDue()) return false;
  while (all ? state.cursor < regions() && take(STEP) : findMarked(STATE + CURSOR, regions(), LOOK))
    regionEvent(state.cursor++, event);
  return state.cursor == regions();
}

/** The target's superblock says that it is being copied to, from the source as it is. Partly: it keeps its history. */
function recordTarget(): void {
  const state = rebuild();
  const target = state.target;
  const from = source();
  const sequence = superblockWord(target, SUPERBLOCK_SEQUENCE_AT);
  // All that is not the card's own: its identity and its history lie between.
  copyField(target, 0, from, 0, SUPERBLOCK_CARD_ID_AT);
  copyField(
    target,
    SUPERBLOCK_FLAGS_AT,
    from,
    SUPERBLOCK_FLAGS_AT,
    SUPERBLOCK_USED_BYTES - SUPERBLOCK_FLAGS_AT,
  );
  if (state.full != 0) {
    setSuperblockWord(target, SUPERBLOCK_LINEAGE_AT, 0);
    setSuperblockWord(target, SUPERBLOCK_LINEAGE_AT + 4, 0);
  }
  copyField(target, SUPERBLOCK_PARENT_AT, from, SUPERBLOCK_LINEAGE_AT, 8);
  copyField(target, SUPERBLOCK_PARTNER_ID_AT, from, SUPERBLOCK_CARD_ID_AT, 8);
  setSuperblockWord(target, SUPERBLOCK_SEQUENCE_AT, sequence);
  setSuperblockWord(target, SUPERBLOCK_MEMBER_AT, 1 - superblockWord(from, SUPERBLOCK_MEMBER_AT));
  setSuperblockWord(target, SUPERBLOCK_FLAGS_AT, SUPERBLOCK_REBUILDING);
  writeSuperblock(target);
}

/** The source says that the target is its partner. */
function recordSource(): void {
  copyField(source(), SUPERBLOCK_PARTNER_ID_AT, rebuild().target, SUPERBLOCK_CARD_ID_AT, 8);
  const flags = superblockWord(source(), SUPERBLOCK_FLAGS_AT);
  setSuperblockWord(source(), SUPERBLOCK_FLAGS_AT, flags & ~SUPERBLOCK_ALONE);
  writeSuperblock(source());
}

/** The target takes the source's history. */
function recordRebuilt(): void {
  const target = rebuild().target;
  copyField(target, SUPERBLOCK_LINEAGE_AT, source(), SUPERBLOCK_LINEAGE_AT, 16);
  setSuperblockWord(target, SUPERBLOCK_FLAGS_AT, 0);
  writeSuperblock(target);
}

/** Writes both slots of every bitmap sector of the target. */
function copyBitmap(): bool {
  const state = rebuild();
  if (state.waiting != 0) return false;
  const bitmapSector = state.round / BITMAP_SLOTS;
  const slot = state.round % BITMAP_SLOTS;
  if (bitmapSector < bitmapSectors()) {
    if (!takeAll()) return false;
    buildForSlot(metadataSector(), bitmapSector, slot, superblockWord(state.target, SUPERBLOCK_MEMBER_AT));
    askTarget(CARD_WRITE, slotSector(bitmapSector, slot));
    if (slot == 1) slotsRewritten(bitmapSector, state.target);
    return true;
  }
  state.flushA = askFlush(state.target);
  state.phase = PHASE_BITMAP_FLUSH;
  return true;
}

/** Moves the rebuild on. Returns whether anything moved. */
export function advanceRebuild(): bool {
  const state = rebuild();
  // Whatever comes next waits for what a superblock is to say first.
  if (state.phase == PHASE_REST || !isAssembled() || !isSuperblockWritten()) return false;
  // A rebuild that holds the records back must give them free: the array could not be stopped.
  if (mode() != MODE_RUNNING && !holdsRecords()) return false;
  switch (state.phase) {
    case PHASE_READING: {
      if (state.waiting != 0) return false;
      if (state.round < SUPERBLOCK_COPIES) askTarget(CARD_READ, superblockSector(state.round));
      else judgeTarget();
      return true;
    }
    case PHASE_ALONE: {
      // In the scheme `single` a card alone marks everything, so that the source's marks are all there is to know.
      const told = isSingleScheme() || (RIG && seeded(BUG_RETURNING_MARKS_IGNORED));
      const first = state.full != 0 ? PHASE_SWEEPING_ALL : told ? PHASE_MARKING : PHASE_TARGETS_MARKS;
      enter(RIG && seeded(BUG_REPLACEMENT_COPIED_IN_PART) ? PHASE_MARKING : first);
      return true;
    }
    case PHASE_TARGETS_MARKS:
      return uniteMarks();
    case PHASE_SWEEPING_ALL: {
      if (!sweep(EVENT_REBUILD_ALL)) return false;
      enter(PHASE_MARKING);
      return true;
    }
    case PHASE_MARKING: {
      if (state.round < bitmapSectors()) {
        askMarksOf(state.round++);
        return true;
      }
      if (!isIntentAtRest()) return false;
      // From here on until the target gets the records too, there are none.
      holdRecords(true);
      enter(PHASE_HOLDING);
      if (state.full == 0) return true;
      if (state.replaces != 0) takeCardId(state.target);
      copyField(source(), SUPERBLOCK_MARKS_FOR_AT, state.target, SUPERBLOCK_CARD_ID_AT, 8);
      writeSuperblock(source());
      return true;
    }
    case PHASE_HOLDING: {
      enter(PHASE_BITMAP);
      return true;
    }
    case PHASE_BITMAP:
      return copyBitmap();
    case PHASE_BITMAP_FLUSH: {
      if (!hasSettled(state.target, state.flushA)) return false;
      recordTarget();
      enter(PHASE_RECORDING);
      return true;
    }
    case PHASE_RECORDING: {
      memberEvent(state.target, MEMBER_EVENT_ADOPTED);
      zeroingMemberJoined();
      forgetReadErrors(state.target);
      holdRecords(false);
      enter(PHASE_SWEEPING_MARKED);
      return true;
    }
    case PHASE_SWEEPING_MARKED: {
      if (!sweep(EVENT_REBUILD_MARKED)) return false;
      enter(PHASE_COPYING);
      return true;
    }
    case PHASE_COPYING: {
      // A region that was discarded need not be copied as soon as the target's own record says so.
      if (counterValue(COUNTER_REGIONS_TO_SYNC) != 0 || !isIntentAtRest()) return false;
      askFlushes(flushes());
      enter(PHASE_FLUSHING);
      return true;
    }
    case PHASE_FLUSHING: {
      if (!haveSettled(flushes())) return false;
      enter(PHASE_SOURCE);
      if (RIG && seeded(BUG_REBUILD_ENDS_WRONG_ORDER)) recordRebuilt();
      else recordSource();
      return true;
    }
    case PHASE_SOURCE: {
      enter(PHASE_TARGET);
      if (RIG && seeded(BUG_REBUILD_ENDS_WRONG_ORDER)) recordSource();
      else recordRebuilt();
      return true;
    }
    default: {
      assert(isInSync(source()));
      memberEvent(state.target, MEMBER_EVENT_REBUILT);
      end(STATUS_OK);
      return true;
    }
  }
}
