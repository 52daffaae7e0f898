import {
  BITMAP_MARKED_AT,
  BITMAP_PLANE_BYTES,
  BITMAP_SLOTS,
  BUG_SLOTS_FORMATTED_EQUAL,
  CARD_WRITE,
  FORMAT_KEEP,
  MEMBERS,
  OPTION_FORMAT,
  SECTOR_BYTES,
  STATUS_OK,
  SUPERBLOCK_COPIES,
} from "../layout";
import { beginRecord, sealRecord } from "../bitmap/bitmap-record";
import { fillPlane } from "../bitmap/planes";
import { askFlushes, haveSettled } from "./card-flush";
import { copyBuffer } from "./copy";
import { bitmapSectors, slotSector, superblockSector } from "./geometry";
import { option } from "../options";
import { seeded } from "../seeded-bug";
import { endModeChange } from "./mode-change";
import { buildSuperblock, chooseFounding, isSingleScheme, putSuperblock } from "./superblock";
import { OWNER_BOOT, startOwnTransfer } from "./transfers";

/**
 * Makes a new array: records 1 (slot 1) and 2 (slot 0) of every bitmap sector, a flush, both superblock copies, a
 * flush. The superblocks come last, so that a format that is cut leaves no array, or the old one with records of
 * another lineage, which is resynchronised as a whole. Data is not touched: OPTION_FORMAT says whether every region
 * starts UNWRITTEN, or marked, so that the first assembly makes the cards equal.
 */
const STEP_RECORDS: u32 = 0;
const STEP_SUPERBLOCKS: u32 = 1;

@unmanaged
class Format {
  step: u32;
  bitmapSector: u32;
  round: u32;
  left: u32;
  flushing: u32;
  flushA: u32;
  flushB: u32;
  unused: u32;
}

const STATE: usize = memory.data(32, 16);

function formatting(): Format {
  return changetype<Format>(STATE);
}

function flushes(): usize {
  return STATE + offsetof<Format>("flushA");
}

/** @param nonce differs at every format */
export function beginFormat(nonce: u32): void {
  memory.fill(STATE, 0, 32);
  buildSuperblock(0, nonce);
  buildSuperblock(1, nonce);
  chooseFounding(0);
  writeRound();
}

/** The record that format writes to a slot of a member: 1 and 2 everywhere, or one number for each member and slot. */
function firstRecord(member: u32, slot: u32): u32 {
  if (isSingleScheme()) return member + (slot == 1 ? 2 : 4);
  return RIG && seeded(BUG_SLOTS_FORMATTED_EQUAL) ? 1 : 2 - slot;
}

/** No region was written; or what is on the cards is kept: every region was, and may differ. */
function buildFirst(at: usize, bitmapSector: u32, sequence: u32): void {
  beginRecord(at, bitmapSector, sequence);
  const planes = at + <usize>BITMAP_MARKED_AT;
  if (option(OPTION_FORMAT) != FORMAT_KEEP) {
    memory.fill(planes, 0, 2 * BITMAP_PLANE_BYTES);
  } else {
    fillPlane(planes, bitmapSector);
    fillPlane(planes + <usize>BITMAP_PLANE_BYTES, bitmapSector);
  }
  sealRecord(at);
}

function writeRound(): void {
  const state = formatting();
  state.left = MEMBERS;
  for (let member: u32 = 0; member < MEMBERS; member++) {
    const slot = 1 - state.round;
    let source = copyBuffer() + <usize>(member * SECTOR_BYTES);
    let sector = superblockSector(state.round);
    if (state.step == STEP_RECORDS) {
      sector = slotSector(state.bitmapSector, slot);
      const sequence = firstRecord(member, slot);
      // Both members get the same, unless their records have numbers of their own.
      if (sequence == firstRecord(0, slot)) source = copyBuffer();
      if (member == 0 || source != copyBuffer()) buildFirst(source, state.bitmapSector, sequence);
    } else {
      putSuperblock(member, source);
    }
    startOwnTransfer(OWNER_BOOT, member, member, CARD_WRITE, sector, 1, source);
  }
}

function flushBoth(): void {
  formatting().flushing = 1;
  askFlushes(flushes());
}

/** A member has taken its sector. */
export function formatTransferEnded(): void {
  const state = formatting();
  state.left--;
  if (state.left != 0) return;
  const rounds = state.step == STEP_RECORDS ? BITMAP_SLOTS : SUPERBLOCK_COPIES;
  state.round++;
  if (state.round < rounds) {
    writeRound();
    return;
  }
  state.round = 0;
  state.bitmapSector++;
  if (state.step == STEP_RECORDS && state.bitmapSector < bitmapSectors()) writeRound();
  else flushBoth();
}

/** Moves format on where it waits for a flush. Returns whether anything moved. */
export function advanceFormat(): bool {
  const state = formatting();
  if (state.flushing == 0 || !haveSettled(flushes())) return false;
  state.flushing = 0;
  if (state.step == STEP_RECORDS) {
    state.step = STEP_SUPERBLOCKS;
    writeRound();
  } else {
    endModeChange(STATUS_OK);
  }
  return true;
}
