import { BUG_LOSS_RECORDED_ONCE, CARD_WRITE, SUPERBLOCK_COPIES, SUPERBLOCK_SEQUENCE_AT } from "../layout";
import { SUPERBLOCK_WRITE_STATE } from "./cleared-state";
import { seeded } from "../seeded-bug";
import { askFlush, hasSettled } from "./card-flush";
import { superblockSector } from "./geometry";
import { firstCopy, putSuperblock, setSuperblockWord, superblockWord } from "./superblock";
import { OWNER_SUPERBLOCK, startOwnTransfer } from "./transfers";
import { SUPERBLOCK_WRITE_AT, phaseAt, setPhaseAt } from "./under-way";

/**
 * Writes the superblock kept for one card to both copies, one after the other, each flushed and settled: a fault
 * that destroys the newer copy must not bring an older history back.
 */
const PHASE_REST: u32 = 0;
const PHASE_WRITING: u32 = 1;
const PHASE_FLUSHING: u32 = 2;

@unmanaged
class SuperblockWrite {
  get phase(): u32 {
    return phaseAt(SUPERBLOCK_WRITE_AT);
  }
  set phase(value: u32) {
    setPhaseAt(SUPERBLOCK_WRITE_AT, value);
  }
  member: u32;
  copy: u32;
  flush: u32;
}

const STATE = SUPERBLOCK_WRITE_STATE;
if (offsetof<SuperblockWrite>() > 16) ERROR("larger than its part of cleared-state.ts");
const SECTOR: usize = memory.data(512, 16);

function state(): SuperblockWrite {
  return changetype<SuperblockWrite>(STATE);
}

/** A sector for whoever deals with metadata of a member while no superblock is written. */
export function metadataSector(): usize {
  return SECTOR;
}

/** Whether nothing is being written. */
export function isSuperblockWritten(): bool {
  return state().phase == PHASE_REST;
}

function writeCopy(copy: u32): void {
  const write = state();
  write.phase = PHASE_WRITING;
  write.copy = copy;
  startOwnTransfer(OWNER_SUPERBLOCK, 0, write.member, CARD_WRITE, superblockSector(copy), 1, SECTOR);
}

/** Begins to write what is kept for `member`, under the next sequence number. */
export function writeSuperblock(member: u32): void {
  const write = state();
  assert(write.phase == PHASE_REST);
  setSuperblockWord(member, SUPERBLOCK_SEQUENCE_AT, superblockWord(member, SUPERBLOCK_SEQUENCE_AT) + 1);
  putSuperblock(member, SECTOR);
  write.member = member;
  writeCopy(firstCopy(member));
}

/** A copy has been taken by its card. */
export function superblockTransferEnded(): void {
  const write = state();
  assert(write.phase == PHASE_WRITING);
  write.phase = PHASE_FLUSHING;
  write.flush = askFlush(write.member);
}

/** The card is lost: nothing is written to it any more. */
export function superblockMemberLost(member: u32): void {
  const write = state();
  if (write.member == member) write.phase = PHASE_REST;
}

/** Moves on to the second copy, or to rest. Returns whether anything moved. */
export function advanceSuperblockWrite(): bool {
  const write = state();
  if (write.phase != PHASE_FLUSHING || !hasSettled(write.member, write.flush)) return false;
  const once = RIG && seeded(BUG_LOSS_RECORDED_ONCE);
  if (write.copy == firstCopy(write.member) && !once) writeCopy(SUPERBLOCK_COPIES - 1 - write.copy);
  else write.phase = PHASE_REST;
  return true;
}
