import {
  BUG_REPAIR_WITHOUT_MARK,
  COUNTER_SCRUB_MISMATCHES,
  COUNTER_SECTORS_REPAIRED,
  COUNTER_SECTORS_SCRUBBED,
  REGION_CLEAN,
  REGION_UNWRITTEN,
  RING_MISMATCH,
  RING_REPAIR,
  SCRUB_REASON_FEWER_ERRORS,
  SCRUB_REASON_SOURCE,
  SCRUB_REASON_UNREADABLE,
} from "../layout";
import { regionState } from "../bitmap/regions";
import { count } from "../counters";
import { ring } from "../event-ring";
import { seeded } from "../seeded-bug";
import { COMPARE_DIFFERS, COMPARE_SECTORS, COPY_COMPARE, COPY_TO_OTHER, askCopy } from "./copy";
import { isInSync } from "./members";
import { isBlocked } from "./overlap";
import { readErrors, sectorIsLost } from "./read-errors";
import { areMarksDurable, firstRegion, releaseRegions, touchRegions } from "./request-regions";
import {
  KIND_VERIFY,
  PHASE_BUFFER,
  PHASE_COPIED,
  PHASE_FREE,
  PHASE_MARKING,
  PHASE_QUEUED,
  PHASE_STRETCH,
  REPAIR_REQUEST,
  Request,
  closeRequest,
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
  openRequest(index, KIND_VERIFY, sector, sectors, 0, mends ? MENDING : 0);
  wake(index);
}

/** A read got an error and was served by the other card: the sectors are mended soon, unless others are just now. */
export function askRepair(sector: u32, sectors: u32): void {
  // A card alone, or one that is being copied to, has nothing to mend another one with.
  if (!isInSync(0) || !isInSync(1)) return;
  if (request(REPAIR_REQUEST).phase == PHASE_FREE) openVerify(REPAIR_REQUEST, sector, sectors, true);
}

function release(index: u32): void {
  const entry = request(index);
  if (entry.touchFirst <= entry.touchLast) releaseRegions(entry);
}

/** A member is lost: there are no two cards to compare. */
export function verifyMemberLost(index: u32): void {
  if (request(index).phase == PHASE_FREE) return;
  release(index);
  closeRequest(index);
}

/** Begins with the next sectors: as many as can be compared at once, or one of those that were not the same. */
function nextStretch(index: u32, entry: Request): void {
  entry.phase = PHASE_STRETCH;
  if (entry.cursor == entry.count) {
    closeRequest(index);
    if (index != REPAIR_REQUEST) scrubChunkEnded();
  } else if (entry.cursor % COMPARE_SECTORS == 0) {
    entry.stretch = min(entry.count - entry.cursor, COMPARE_SECTORS);
  }
}

/** One sector is not the same on both cards. */
function sectorDiffers(index: u32, entry: Request, found: u32): void {
  const sector = entry.sector + entry.cursor;
  const state = regionState(firstRegion(sector));
  let verdict = sourceMember() | (SCRUB_REASON_SOURCE << 8);
  if (found == COMPARE_DIFFERS - 1) {
    sectorIsLost(sector);
  } else if (state != REGION_UNWRITTEN) {
    const errorsA = readErrors(0);
    const errorsB = readErrors(1);
    if (found != COMPARE_DIFFERS) {
      verdict = (found & 1) | (SCRUB_REASON_UNREADABLE << 8);
    } else if (state == REGION_CLEAN && errorsA != errorsB) {
      // In any other state readers have been given the source's.
      verdict = (errorsA < errorsB ? 0 : 1) | (SCRUB_REASON_FEWER_ERRORS << 8);
    }
    count(COUNTER_SCRUB_MISMATCHES, 1);
    ring(entry.tag != MENDING ? RING_MISMATCH : RING_REPAIR, sector, verdict);
    if (entry.tag == MENDING) {
      entry.writtenBack = 1;
      entry.member = verdict & 0xff;
      entry.phase = PHASE_MARKING;
      if (!(RIG && seeded(BUG_REPAIR_WITHOUT_MARK))) touchRegions(entry, sector, 1);
      // The mark may be there already, and then no record wakes it.
      wake(index);
      return;
    }
  }
  entry.cursor++;
  nextStretch(index, entry);
}

/** The copy through the buffer has ended: sectors were compared, or one was mended. */
function stretchEnded(index: u32, entry: Request): void {
  if (entry.writtenBack != 0) {
    release(index);
    entry.writtenBack = 0;
    count(COUNTER_SECTORS_REPAIRED, 1);
    entry.cursor++;
    nextStretch(index, entry);
    return;
  }
  // A repair looks for what can't be read: what differs may be a write that the two cards have taken differently.
  const found = index == REPAIR_REQUEST ? entry.failedMembers & ~COMPARE_DIFFERS : entry.failedMembers;
  if (found != 0 && entry.stretch > 1) {
    entry.stretch = 1;
    entry.phase = PHASE_STRETCH;
    return;
  }
  if (index != REPAIR_REQUEST) count(COUNTER_SECTORS_SCRUBBED, entry.stretch);
  if (found != 0) {
    sectorDiffers(index, entry, found);
  } else {
    entry.cursor += entry.stretch;
    nextStretch(index, entry);
  }
}

/** Moves a verification on as far as it can go. */
export function advanceVerify(index: u32): void {
  const entry = request(index);
  if (entry.phase == PHASE_QUEUED && !isBlocked(index)) nextStretch(index, entry);
  if (entry.phase == PHASE_COPIED) stretchEnded(index, entry);
  const sector = entry.sector + entry.cursor;
  const region = firstRegion(sector);
  if (
    entry.phase == PHASE_MARKING &&
    (areMarksDurable(region, region) || (RIG && seeded(BUG_REPAIR_WITHOUT_MARK)))
  )
    entry.phase = PHASE_STRETCH;
  if (entry.phase != PHASE_STRETCH && entry.phase != PHASE_BUFFER) return;
  if (entry.writtenBack != 0) askCopy(index, sector, 1, COPY_TO_OTHER, entry.member);
  else askCopy(index, sector, entry.stretch, COPY_COMPARE, 0);
}
