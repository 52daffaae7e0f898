import {
  BUG_REPAIR_WITHOUT_MARK,
  COUNTER_SCRUB_MISMATCHES,
  COUNTER_SECTORS_LOST,
  COUNTER_SECTORS_REPAIRED,
  COUNTER_SECTORS_SCRUBBED,
  RING_LOST,
  RING_MISMATCH,
  RING_REPAIR,
  SCRUB_REASON_FEWER_ERRORS,
  SCRUB_REASON_LOST,
  SCRUB_REASON_SOURCE,
  SCRUB_REASON_UNREADABLE,
} from "../layout";
import { isInSync } from "./members";
import { count } from "../counters";
import { ring } from "../event-ring";
import { seeded } from "../seeded-bug";
import {
  FOUND_DIFFERENCE,
  VERIFY_SECTORS,
  beginMend,
  beginVerify,
  copyBufferIsFree,
  copyFindings,
  isCopying,
} from "./copy";
import { isBlocked } from "./overlap";
import { readErrors } from "./read-errors";
import { areMarksDurable, releaseRegions, touchRegions } from "./request-regions";
import {
  KIND_VERIFY,
  PHASE_BUFFER,
  PHASE_COPYING,
  PHASE_FREE,
  PHASE_MARKING,
  PHASE_QUEUED,
  REPAIR_REQUEST,
  Request,
  closeRequest,
  isCallerWaitingForBuffer,
  openRequest,
  request,
  wake,
} from "./requests";
import { scrubChunkEnded } from "./scrub";
import { sourceMember } from "./source";

/**
 * Sectors that the driver itself looks at on both cards, and mends where it is asked to: what a read could not read
 * (repair), and everything in its turn (scrub). They are held alone; a sector is mended by a write like any other, which
 * marks its region first, also a CLEAN one. Which copy is right: the one that can be read; else that of the card with
 * fewer read errors; else, as nothing tells, the source's.
 */
const MENDING: u32 = 1;

/** Opens a verification by one of the driver's own requests, which is free. */
export function openVerify(index: u32, sector: u32, sectors: u32, mends: bool): void {
  openRequest(index, KIND_VERIFY, sector, sectors, 0, mends ? MENDING : 0, true);
  request(index).stretch = index == REPAIR_REQUEST ? 1 : VERIFY_SECTORS;
}

/** A read got an error and was served by the other card: the sectors are mended soon, unless others are just now. */
export function askRepair(sector: u32, sectors: u32): void {
  // A card alone, or one that is being copied to, has nothing to mend another one with.
  if (!isInSync(0) || !isInSync(1)) return;
  if (request(REPAIR_REQUEST).phase == PHASE_FREE) openVerify(REPAIR_REQUEST, sector, sectors, true);
}

function end(index: u32): void {
  closeRequest(index);
  if (index != REPAIR_REQUEST) scrubChunkEnded(request(index).sector);
}

/** A member is lost: there are no two cards to compare. The request is closed once the buffer is not its any more. */
export function verifyMemberLost(index: u32): void {
  const entry = request(index);
  if (entry.phase == PHASE_FREE) return;
  if (entry.touchFirst <= entry.touchLast) releaseRegions(index);
  closeRequest(index);
}

function verifyNext(index: u32): void {
  const entry = request(index);
  if (entry.cursor == entry.count) {
    end(index);
    return;
  }
  if (!copyBufferIsFree() || isCallerWaitingForBuffer()) {
    entry.phase = PHASE_BUFFER;
    return;
  }
  entry.phase = PHASE_COPYING;
  beginVerify(index, entry.sector + entry.cursor, min(entry.stretch, entry.count - entry.cursor));
}

/** The card whose copy is right, and why (SCRUB_REASON_...), in the second byte. */
function judge(found: u32): u32 {
  if ((found & FOUND_DIFFERENCE) == 0) return (found & 1) | (SCRUB_REASON_UNREADABLE << 8);
  const errorsA = readErrors(0);
  const errorsB = readErrors(1);
  if (errorsA == errorsB) return sourceMember() | (SCRUB_REASON_SOURCE << 8);
  return (errorsA < errorsB ? 0 : 1) | (SCRUB_REASON_FEWER_ERRORS << 8);
}

/** One sector is not the same on both cards. */
function sectorDiffers(index: u32, entry: Request, found: u32): void {
  const sector = entry.sector + entry.cursor;
  const lost = found == FOUND_DIFFERENCE - 1;
  const verdict = lost ? SCRUB_REASON_LOST << 8 : judge(found);
  const touched = entry.touchFirst <= entry.touchLast;
  if (lost || entry.tag != MENDING) {
    if (lost) count(COUNTER_SECTORS_LOST, 1);
    count(COUNTER_SCRUB_MISMATCHES, 1);
    ring(lost ? RING_LOST : RING_MISMATCH, sector, verdict);
    if (touched) releaseRegions(index);
    sectorDone(index, entry);
  } else if (touched || (RIG && seeded(BUG_REPAIR_WITHOUT_MARK))) {
    count(COUNTER_SCRUB_MISMATCHES, 1);
    count(COUNTER_SECTORS_REPAIRED, 1);
    ring(RING_REPAIR, sector, verdict);
    entry.writtenBack = 1;
    entry.phase = PHASE_COPYING;
    beginMend(index, sector, verdict & 0xff);
  } else {
    touchRegions(index, sector, 1);
    entry.phase = PHASE_MARKING;
    // The mark may be there already, and then no record wakes it.
    wake(index);
  }
}

function sectorDone(index: u32, entry: Request): void {
  entry.cursor++;
  entry.writtenBack = 0;
  verifyNext(index);
}

function verified(index: u32, entry: Request): void {
  if (entry.writtenBack != 0) {
    if (entry.touchFirst <= entry.touchLast) releaseRegions(index);
    sectorDone(index, entry);
    return;
  }
  const found = copyFindings();
  const sectors = min(entry.stretch, entry.count - entry.cursor);
  if (found == 0) {
    // It has become equal since it was touched, or was so all along.
    if (entry.touchFirst <= entry.touchLast) releaseRegions(index);
    count(COUNTER_SECTORS_SCRUBBED, sectors);
    entry.cursor += sectors;
    verifyNext(index);
  } else if (sectors > 1) {
    entry.stretch = 1;
    verifyNext(index);
  } else {
    sectorDiffers(index, entry, found);
  }
}

/** Moves a verification on as far as it can go. */
export function advanceVerify(index: u32): void {
  const entry = request(index);
  if (entry.phase == PHASE_QUEUED && isBlocked(index)) return;
  if (entry.phase == PHASE_MARKING && !areMarksDurable(entry.sector + entry.cursor, 1)) return;
  if (entry.phase == PHASE_COPYING) {
    if (!isCopying(index)) verified(index, entry);
  } else {
    verifyNext(index);
  }
}
