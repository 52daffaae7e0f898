import {
  BITMAP_SLOTS,
  BUG_NO_FLUSH_AT_ASSEMBLY,
  BUG_SOLO_BOOT_UNRECORDED,
  CARD_READ,
  MEMBERS,
  MEMBER_EVENT_FOUND,
  OPTION_CHOOSE,
  OPTION_METADATA_STRIDE,
  OPTION_START_DEGRADED,
  SECTOR_BYTES,
  STATUS_NO_SUPERBLOCK,
  STATUS_OK,
  STATUS_TOO_SMALL,
  SUPERBLOCK_ALONE,
  SUPERBLOCK_COPIES,
  SUPERBLOCK_FLAGS_AT,
  SUPERBLOCK_REGIONS_AT,
  SUPERBLOCK_REGION_SHIFT_AT,
  SUPERBLOCK_STRIDE_AT,
} from "../layout";
import {
  areStatesRecovered,
  beginRecovery,
  endRecovery,
  forgetRegions,
  offerRecord,
  setRecovered,
} from "../bitmap/recovery";
import { isIntentAtRest, noteRecoveredMarks } from "../bitmap/write-intent";
import { option, setOption } from "../options";
import { seeded } from "../seeded-bug";
import { DECIDE_PAIR } from "./assembly-table";
import { askFlushes, haveSettled } from "./card-flush";
import { copyBuffer } from "./copy";
import { bitmapSectors, fitsCards, setGeometry, setStride, slotSector, superblockSector } from "./geometry";
import { recordAlone } from "./loss";
import { cardOfDecision, decisionTaken, judgeMembers, rebuildsOther } from "./member-search";
import { activeMembers, isActive, memberEvent, useCard } from "./members";
import { endModeChange } from "./mode-change";
import { askRebuild } from "./rebuild";
import { takeAll } from "./scan-budget";
import { chooseSource } from "./source";
import {
  areCopiesSame,
  chooseFounding,
  forgetSuperblocks,
  hasFlag,
  offerSuperblock,
  setSuperblockWord,
  superblockWord,
} from "./superblock";
import { isSuperblockWritten, writeSuperblock } from "./superblock-write";
import { OWNER_BOOT, startOwnTransfer } from "./transfers";

/**
 * Assembly, step by step; both cards take each step together. Both are flushed before anything is read: after a reset
 * of the controller alone, a card may still show what it can lose. A card that does not answer is not there.
 */
const STEP_FLUSH: u32 = 0;
const STEP_SUPERBLOCK: u32 = 1;
const STEP_ALONE: u32 = 2;
const STEP_SLOT: u32 = 3;
const STEP_RECORD: u32 = 4;

@unmanaged
class Assembly {
  step: u32;
  /** Superblock copy or bitmap slot that is being read. */
  round: u32;
  bitmapSector: u32;
  left: u32;
  flushA: u32;
  flushB: u32;
  unused0: u32;
  unused1: u32;
}

const STATE: usize = memory.data(32, 16);

function assembly(): Assembly {
  return changetype<Assembly>(STATE);
}

function flushes(): usize {
  return STATE + offsetof<Assembly>("flushA");
}

/** Borrows the copy buffer, a sector for each member: no copy can run yet. */
function buffer(member: u32): usize {
  return copyBuffer() + <usize>(member * SECTOR_BYTES);
}

export function beginAssembly(): void {
  memory.fill(STATE, 0, 32);
  forgetSuperblocks();
  setStride(option(OPTION_METADATA_STRIDE));
  askFlushes(flushes());
}

/** Whether it is decided which cards are members; before, one that fails is merely not there. */
export function areMembersKnown(): bool {
  return assembly().step >= STEP_ALONE;
}

function readAll(step: u32, round: u32): void {
  const state = assembly();
  state.step = step;
  state.round = round;
  state.left = activeMembers();
  const sector = step == STEP_SUPERBLOCK ? superblockSector(round) : slotSector(state.bitmapSector, round);
  // What nobody reads is offered as zeros, which no structure accepts.
  memory.fill(copyBuffer(), 0, MEMBERS * SECTOR_BYTES);
  for (let member: u32 = 0; member < MEMBERS; member++) {
    if (isActive(member)) startOwnTransfer(OWNER_BOOT, member, member, CARD_READ, sector, 1, buffer(member));
  }
  if (state.left == 0) endModeChange(STATUS_NO_SUPERBLOCK);
}

/** A member has answered, and what it read is looked at: there would be too much to do in one call for both. */
export function assemblyTransferEnded(member: u32, status: u32): void {
  const state = assembly();
  const at = buffer(member);
  if (status != STATUS_OK) memory.fill(at, 0, SECTOR_BYTES);
  if (state.step == STEP_SUPERBLOCK) offerSuperblock(member, state.round, at);
  else offerRecord(state.bitmapSector, state.round, 1 << member, at);
  state.left--;
}

/** All cards have answered: the next step. */
function stepRead(): void {
  const state = assembly();
  const round = state.round + 1;
  if (state.step == STEP_SUPERBLOCK) {
    if (round < SUPERBLOCK_COPIES) readAll(STEP_SUPERBLOCK, round);
    else superblocksRead();
    return;
  }
  if (round < BITMAP_SLOTS) {
    readAll(STEP_SLOT, round);
    return;
  }
  endRecovery(state.bitmapSector);
  // Recovery writes record N+1 before any data leaves.
  state.step = STEP_RECORD;
}

function superblocksRead(): void {
  const chosen = option(OPTION_CHOOSE);
  let status = judgeMembers(chosen, option(OPTION_START_DEGRADED) != 0);
  setOption(OPTION_CHOOSE, 0);
  if (status == STATUS_OK) status = adoptGeometry(cardOfDecision(decisionTaken()));
  if (status != STATUS_OK) {
    endModeChange(status);
    return;
  }
  adoptMembers(chosen != 0);
}

/** Takes the geometry of the card that is right. */
function adoptGeometry(member: u32): u32 {
  setGeometry(
    superblockWord(member, SUPERBLOCK_REGION_SHIFT_AT),
    superblockWord(member, SUPERBLOCK_REGIONS_AT),
    superblockWord(member, SUPERBLOCK_STRIDE_AT),
  );
  if (!fitsCards()) return STATUS_TOO_SMALL;
  forgetRegions();
  return STATUS_OK;
}

/** The cards become members; one that goes on alone says so before anything is answered. */
function adoptMembers(chosen: bool): void {
  const decision = decisionTaken();
  const right = cardOfDecision(decision);
  const other = 1 - right;
  chooseFounding(right);
  memberEvent(right, MEMBER_EVENT_FOUND);
  if (decision == DECIDE_PAIR) memberEvent(other, MEMBER_EVENT_FOUND);
  else useCard(other, false);
  chooseSource();
  assembly().step = STEP_ALONE;
  if (decision == DECIDE_PAIR) return;
  const rebuilds = rebuildsOther(decision);
  const goesOn = rebuilds || hasFlag(right, SUPERBLOCK_ALONE);
  if (!(RIG && seeded(BUG_SOLO_BOOT_UNRECORDED))) {
    if (chosen || !goesOn) recordAlone(right);
    else resumeAlone(right);
  }
  if (rebuilds) askRebuild(other, chosen);
}

/**
 * The end of a rebuild was cut between its two records: the source runs with a partner that is still half a copy. Nobody
 * else has the source's lineage, so it stays, and so does what its marks say of that partner.
 */
function resumeAlone(member: u32): void {
  setSuperblockWord(
    member,
    SUPERBLOCK_FLAGS_AT,
    superblockWord(member, SUPERBLOCK_FLAGS_AT) | SUPERBLOCK_ALONE,
  );
  writeSuperblock(member);
}

/**
 * A member whose superblock copies are not the same gets both written: a later fault of the one that is well would
 * lose the card. Returns whether there was one.
 */
function repairsSuperblock(): bool {
  for (let member: u32 = 0; member < MEMBERS; member++) {
    if (!isActive(member) || areCopiesSame(member)) continue;
    writeSuperblock(member);
    return true;
  }
  return false;
}

function beginBitmapSector(bitmapSector: u32): void {
  assembly().bitmapSector = bitmapSector;
  beginRecovery();
  readAll(STEP_SLOT, 0);
}

/** Moves assembly on. Returns whether anything moved. */
export function advanceAssembly(): bool {
  const state = assembly();
  switch (state.step) {
    case STEP_FLUSH: {
      if (!haveSettled(flushes()) && !(RIG && seeded(BUG_NO_FLUSH_AT_ASSEMBLY))) return false;
      readAll(STEP_SUPERBLOCK, 0);
      return true;
    }
    case STEP_ALONE: {
      if (!isSuperblockWritten()) return false;
      if (!repairsSuperblock()) beginBitmapSector(0);
      return true;
    }
    case STEP_RECORD: {
      // Its regions are set while the cards take the record.
      if (!areStatesRecovered()) {
        if (!takeAll()) return false;
        noteRecoveredMarks(setRecovered());
        return true;
      }
      if (!isIntentAtRest()) return false;
      if (state.bitmapSector + 1 < bitmapSectors()) beginBitmapSector(state.bitmapSector + 1);
      else endModeChange(STATUS_OK);
      return true;
    }
    default: {
      if (state.left != 0) return false;
      stepRead();
      return true;
    }
  }
}
