import {
  BITMAP_SLOTS,
  BUG_NO_FLUSH_AT_ASSEMBLY,
  CARD_READ,
  MEMBERS,
  OPTION_METADATA_STRIDE,
  SECTOR_BYTES,
  STATUS_FOREIGN,
  STATUS_GEOMETRY,
  STATUS_LINEAGE,
  STATUS_NO_SUPERBLOCK,
  STATUS_OK,
  STATUS_SAME_MEMBER,
  STATUS_TOO_SMALL,
  SUPERBLOCK_ARRAY_ID_AT,
  SUPERBLOCK_COPIES,
  SUPERBLOCK_LINEAGE_AT,
  SUPERBLOCK_MEMBER_AT,
  SUPERBLOCK_REGIONS_AT,
  SUPERBLOCK_REGION_SHIFT_AT,
  SUPERBLOCK_STRIDE_AT,
} from "../layout";
import { beginRecovery, endRecovery, offerRecords } from "../bitmap/recovery";
import { resetRegions } from "../bitmap/regions";
import { isIntentAtRest } from "../bitmap/write-intent";
import { option } from "../options";
import { seeded } from "../seeded-bug";
import { askFlushes, haveSettled } from "./card-flush";
import { copyBuffer } from "./copy";
import { bitmapSectors, fitsCards, setGeometry, setStride, slotSector, superblockSector } from "./geometry";
import { endModeChange } from "./mode-change";
import { chooseSource } from "./source";
import {
  forgetSuperblocks,
  hasSuperblock,
  offerSuperblock,
  superblockStatus,
  superblockWord,
  superblocksAgree,
} from "./superblock";
import { OWNER_BOOT, startOwnTransfer } from "./transfers";

/**
 * Assembly, step by step; both members take each step together. Both cards are flushed before anything is read:
 * after a reset of the controller alone, a card may still show what it can lose.
 */
const STEP_FLUSH: u32 = 0;
const STEP_SUPERBLOCK: u32 = 1;
const STEP_SLOT: u32 = 2;
const STEP_RECORD: u32 = 3;

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

function readBoth(step: u32, round: u32): void {
  const state = assembly();
  state.step = step;
  state.round = round;
  state.left = MEMBERS;
  const sector = step == STEP_SUPERBLOCK ? superblockSector(round) : slotSector(state.bitmapSector, round);
  for (let member: u32 = 0; member < MEMBERS; member++) {
    startOwnTransfer(OWNER_BOOT, member, member, CARD_READ, sector, 1, buffer(member));
  }
}

/** A member has answered; a sector that can't be read is offered as zeros, which no structure accepts. */
export function assemblyTransferEnded(member: u32, status: u32): void {
  const state = assembly();
  assert(state.left > 0);
  if (status != STATUS_OK) memory.fill(buffer(member), 0, SECTOR_BYTES);
  state.left--;
  if (state.left != 0) return;
  if (state.step == STEP_SUPERBLOCK) {
    for (let each: u32 = 0; each < MEMBERS; each++) offerSuperblock(each, buffer(each));
    superblocksRead();
  } else {
    offerRecords(state.bitmapSector, state.round, buffer(0), buffer(1));
    slotsRead();
  }
}

function superblocksRead(): void {
  const round = assembly().round + 1;
  if (round < SUPERBLOCK_COPIES) {
    readBoth(STEP_SUPERBLOCK, round);
    return;
  }
  const status = judgeMembers();
  if (status != STATUS_OK) {
    endModeChange(status);
    return;
  }
  beginBitmapSector(0);
}

/** Whether the two superblocks make an array that this build can run. Losing members come with a later version. */
function judgeMembers(): u32 {
  if (!hasSuperblock(0) || !hasSuperblock(1)) return STATUS_NO_SUPERBLOCK;
  for (let member: u32 = 0; member < MEMBERS; member++) {
    const status = superblockStatus(member);
    if (status != STATUS_OK) return status;
  }
  if (!superblocksAgree(SUPERBLOCK_ARRAY_ID_AT, 16)) return STATUS_FOREIGN;
  if (superblockWord(0, SUPERBLOCK_MEMBER_AT) == superblockWord(1, SUPERBLOCK_MEMBER_AT))
    return STATUS_SAME_MEMBER;
  if (!superblocksAgree(SUPERBLOCK_LINEAGE_AT, 16)) return STATUS_LINEAGE;
  if (!superblocksAgree(SUPERBLOCK_REGION_SHIFT_AT, 16)) return STATUS_GEOMETRY;
  setGeometry(
    superblockWord(0, SUPERBLOCK_REGION_SHIFT_AT),
    superblockWord(0, SUPERBLOCK_REGIONS_AT),
    superblockWord(0, SUPERBLOCK_STRIDE_AT),
  );
  if (!fitsCards()) return STATUS_TOO_SMALL;
  resetRegions();
  chooseSource();
  return STATUS_OK;
}

function beginBitmapSector(bitmapSector: u32): void {
  assembly().bitmapSector = bitmapSector;
  beginRecovery();
  readBoth(STEP_SLOT, 0);
}

function slotsRead(): void {
  const state = assembly();
  if (state.round + 1 < BITMAP_SLOTS) {
    readBoth(STEP_SLOT, state.round + 1);
    return;
  }
  endRecovery(state.bitmapSector);
  // Recovery writes record N+1 to both cards before any data leaves.
  state.step = STEP_RECORD;
}

/** Moves assembly on where it waits for flushes or records. Returns whether anything moved. */
export function advanceAssembly(): bool {
  const state = assembly();
  if (state.step == STEP_FLUSH && state.left == 0) {
    if (!haveSettled(flushes()) && !(RIG && seeded(BUG_NO_FLUSH_AT_ASSEMBLY))) return false;
    readBoth(STEP_SUPERBLOCK, 0);
    return true;
  }
  if (state.step != STEP_RECORD || !isIntentAtRest()) return false;
  if (state.bitmapSector + 1 < bitmapSectors()) beginBitmapSector(state.bitmapSector + 1);
  else endModeChange(STATUS_OK);
  return true;
}
