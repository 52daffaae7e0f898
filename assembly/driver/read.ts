import {
  BUG_ANSWER_BEFORE_FLUSH,
  BUG_ANSWER_BEFORE_WRITE_BACK,
  BUG_READ_FROM_REBUILDING,
  CARD_READ,
  COPY_SECTORS,
  COUNTER_READS_WRITTEN_BACK,
  MEMBERS,
  REGION_UNWRITTEN,
  STATUS_OK,
  STATUS_READ_ERROR,
} from "../layout";
import { regionState } from "../bitmap/regions";
import { isMarkDurable } from "../bitmap/write-intent";
import { count } from "../counters";
import { seeded } from "../seeded-bug";
import * as upper from "../upper";
import { answer } from "./answer";
import { askFlushes, haveSettled } from "./card-flush";
import { COPY_TO_OTHER, askCopy } from "./copy";
import { dataStart, regionShift } from "./geometry";
import { isLossUnderWay } from "./loss";
import { activeMembers, isInSync } from "./members";
import { isBlocked } from "./overlap";
import {
  anyNeedsSync,
  areAllClean,
  firstRegion,
  needsSync,
  releaseRegions,
  touchRegions,
} from "./request-regions";
import {
  PHASE_ABORTED,
  PHASE_BUFFER,
  PHASE_COPIED,
  PHASE_COPYING,
  PHASE_FLUSHING,
  PHASE_MARKING,
  PHASE_QUEUED,
  PHASE_STRETCH,
  PHASE_TRANSFER,
  Request,
  flushesOf,
  request,
  wake,
} from "./requests";
import { noteReadError, sectorIsLost } from "./read-errors";
import { askRepair } from "./verify";
import { sourceMember } from "./source";
import { OWNER_REQUEST, busierBy, startTransfer } from "./transfers";

/**
 * A read is accepted. In a region that needs sync it is *pinned*: what it is going to answer is first written to the
 * other card and flushed on both, so that no later cut can make the sector read differently (the read write-back
 * of Attiya, Bar-Noy and Dolev's register). Such a read holds its sectors alone.
 */
export function submitRead(entry: Request): void {
  const pinned = anyNeedsSync(entry.sector, entry.count) && !(RIG && seeded(BUG_ANSWER_BEFORE_WRITE_BACK));
  entry.exclusive = pinned ? 1 : 0;
}

/** Reads of clean regions go to the idler card, alternating when both are; all others to the source member. */
function chooseMember(entry: Request): u32 {
  if (entry.exclusive != 0 || !areAllClean(entry.sector, entry.count)) return sourceMember();
  const both =
    RIG && seeded(BUG_READ_FROM_REBUILDING) ? activeMembers() == MEMBERS : isInSync(0) && isInSync(1);
  if (!both) return sourceMember();
  const busier = busierBy();
  return busier != 0 ? (busier < 0 ? 0 : 1) : entry.order & 1;
}

/** Reads the piece at the cursor from a card. */
function readFrom(index: u32, entry: Request, member: u32): void {
  entry.phase = PHASE_TRANSFER;
  entry.member = member;
  const sector = dataStart() + entry.sector + entry.cursor;
  startTransfer(OWNER_REQUEST, index, member, CARD_READ, sector, entry.stretch, entry.buffer, entry.cursor);
}

/** Sectors from the cursor on that were all written, or never. */
function pieceLength(entry: Request): u32 {
  const region = firstRegion(entry.sector + entry.cursor);
  const unwritten = regionState(region) == REGION_UNWRITTEN;
  const last = firstRegion(entry.sector + entry.count - 1);
  let next = region + 1;
  while (next <= last && (regionState(next) == REGION_UNWRITTEN) == unwritten) next++;
  const sectors = min((next << regionShift()) - entry.sector, entry.count) - entry.cursor;
  // Its reads have failed as a whole: sector by sector, the two cards may make up for each other.
  return entry.left != 0 ? 1 : sectors;
}

/** Fills the caller's buffer from the cursor on, piece by piece: from a card, or with zeros where nothing was written. */
function readPieces(index: u32, entry: Request): void {
  while (entry.cursor < entry.count) {
    entry.stretch = pieceLength(entry);
    if (regionState(firstRegion(entry.sector + entry.cursor)) != REGION_UNWRITTEN) {
      entry.failedMembers = 0;
      readFrom(index, entry, chooseMember(entry));
      return;
    }
    upper.zeros(entry.buffer, entry.cursor, entry.stretch);
    entry.cursor += entry.stretch;
  }
  answer(index, STATUS_OK);
}

/** Sectors from the cursor on that lie in one region and fit the copy buffer. */
function stretchLength(entry: Request): u32 {
  const sector = entry.sector + entry.cursor;
  const inRegion = ((firstRegion(sector) + 1) << regionShift()) - sector;
  return min(min(entry.count - entry.cursor, inRegion), COPY_SECTORS);
}

/** Writes back stretch after stretch; regions that are equal already are passed over. */
function writeBack(index: u32, entry: Request): void {
  while (entry.cursor < entry.count) {
    const sector = entry.sector + entry.cursor;
    const region = firstRegion(sector);
    entry.stretch = stretchLength(entry);
    if (needsSync(region)) {
      // A write of the driver's own counts like any other. The mark is there since assembly, but when a rebuild began
      // while a write's first mark was under way.
      if (!isMarkDurable(region)) {
        entry.phase = PHASE_MARKING;
        return;
      }
      askCopy(index, sector, entry.stretch, COPY_TO_OTHER, sourceMember());
      if (entry.phase == PHASE_COPYING) touchRegions(entry, sector, entry.stretch);
      return;
    }
    entry.cursor += entry.stretch;
  }
  entry.cursor = 0;
  if (entry.writtenBack == 0 || (RIG && seeded(BUG_ANSWER_BEFORE_FLUSH))) {
    readPieces(index, entry);
    return;
  }
  entry.phase = PHASE_FLUSHING;
  askFlushes(flushesOf(index));
}

/** Moves a read as far as it can go. */
export function advanceRead(index: u32): void {
  const entry = request(index);
  if (entry.phase == PHASE_QUEUED) {
    if (isBlocked(index)) return;
    if (entry.exclusive == 0) {
      readPieces(index, entry);
      return;
    }
    entry.phase = PHASE_STRETCH;
  }
  if (entry.phase == PHASE_COPIED || entry.phase == PHASE_ABORTED) stretchEnded(index, entry);
  if (entry.phase == PHASE_STRETCH || entry.phase == PHASE_BUFFER || entry.phase == PHASE_MARKING)
    writeBack(index, entry);
  if (entry.phase == PHASE_FLUSHING && haveSettled(flushesOf(index))) {
    count(COUNTER_READS_WRITTEN_BACK, 1);
    readPieces(index, entry);
  }
}

/** The member asked is lost: the read looks again where to. */
export function readMemberLost(index: u32): void {
  const entry = request(index);
  assert(entry.phase == PHASE_TRANSFER);
  entry.cursor = 0;
  entry.phase = entry.exclusive != 0 ? PHASE_STRETCH : PHASE_QUEUED;
  wake(index);
}

/** The stretch is on both cards, or one is lost and there is no other to write it back to. */
function stretchEnded(index: u32, entry: Request): void {
  releaseRegions(entry);
  entry.cursor += entry.stretch;
  entry.writtenBack = 1;
  entry.phase = PHASE_STRETCH;
}

/** What a card can't read is asked of the other one; what neither can read as a whole, sector by sector. */
function readFailed(index: u32, entry: Request): void {
  noteReadError(entry.member);
  if (isLossUnderWay()) {
    readMemberLost(index);
    return;
  }
  entry.failedMembers |= 1 << entry.member;
  const other = 1 - entry.member;
  if (((entry.failedMembers >> other) & 1) == 0 && isInSync(other)) {
    readFrom(index, entry, other);
  } else if (entry.stretch > 1) {
    askRepair(entry.sector + entry.cursor, entry.stretch);
    entry.left = 1;
    readPieces(index, entry);
  } else {
    // What could not be written back was counted then.
    if (entry.writtenBack == 0) sectorIsLost(entry.sector + entry.cursor);
    answer(index, STATUS_READ_ERROR);
  }
}

/** The card has answered. */
export function readTransferEnded(index: u32, status: u32): void {
  const entry = request(index);
  assert(entry.phase == PHASE_TRANSFER);
  if (status != STATUS_OK) {
    readFailed(index, entry);
    return;
  }
  if (entry.failedMembers != 0) askRepair(entry.sector + entry.cursor, entry.stretch);
  entry.cursor += entry.stretch;
  // While a loss is not recorded nothing new starts: the rest waits for its end, like an answer.
  if (isLossUnderWay()) readMemberLost(index);
  else readPieces(index, entry);
}
