import {
  BUG_RESYNC_WRONG_WAY,
  BUG_REWRITE_FROM_CALLERS_BUFFER,
  CARD_READ,
  CARD_WRITE,
  CAUSE_FINGERPRINT,
  CAUSE_SOURCE_UNREADABLE,
  COPY_SECTORS,
  MEMBERS,
  REQUESTS,
  SECTOR_BYTES,
  STATUS_OK,
} from "../layout";
import { COPY_STATE } from "./cleared-state";
import { areEqual } from "../equal-words";
import { seeded } from "../seeded-bug";
import { meterBytes } from "../work-meter";
import { dataStart } from "./geometry";
import { loseMember } from "./loss";
import { isInSync } from "./members";
import { noteReadError, sectorIsLost } from "./read-errors";
import {
  PHASE_ABORTED,
  PHASE_BUFFER,
  PHASE_COPIED,
  PHASE_COPYING,
  isBehindForBuffer,
  request,
  wake,
  wakePhase,
} from "./requests";
import { COMPARISON, take } from "./scan-budget";
import { OWNER_COPY, startOwnTransfer, startTransfer } from "./transfers";

/**
 * Everything that goes through the driver's own buffer, one copy at a time, a stretch of at most COPY_SECTORS:
 *
 *   COPY_TO_OTHER   read from one member, write to the other (resync, pinned reads, repair)
 *   COPY_TO_BOTH    the same sector by sector, written to both and compared (rewrite after a fingerprint mismatch)
 *   COPY_COMPARE    read from both members, a half of the buffer each, and compare (repair, scrub)
 *
 * If the first member can't read a stretch it is done again sector by sector; a sector that only the other one can
 * read is taken from there, one that neither can is counted and left. The only readable copy is never overwritten
 * alone. Whoever has the buffer waits for cards only, never for a mark or for sectors, so it always comes free.
 */
export const COPY_TO_OTHER: u32 = 0;
export const COPY_TO_BOTH: u32 = 1;
export const COPY_COMPARE: u32 = 2;
/** Sectors of one comparison. */
export const COMPARE_SECTORS: u32 = COPY_SECTORS >> 1;
/** What a comparison leaves in `failedMembers` beside the members that could not read: both could, and differ. */
export const COMPARE_DIFFERS: u32 = 1 << MEMBERS;

@unmanaged
class Copy {
  /** Request that the copy belongs to; REQUESTS when the buffer is free. */
  owner: u32;
  what: u32;
  /** Member that is read first. */
  from: u32;
  sector: u32;
  count: u32;
  /** 1 while going sector by sector; `at` is the sector reached. */
  single: u32;
  at: u32;
  /** 1 while reading, 0 while writing. */
  reading: u32;
  /** Bit m set: a transfer is under way on member m. */
  onMembers: u32;
  /** Bit m set: member m could not read. */
  failedMembers: u32;
  /** 1 once a member was lost: the copy ends with the transfers under way. */
  aborted: u32;
  /** XOR of the fingerprints of the writes of one sector. */
  fingerprints: u32;
}

const STATE = COPY_STATE;
if (offsetof<Copy>() > 48) ERROR("larger than its part of cleared-state.ts");
const BUFFER: usize = memory.data(2048, 16);
if (COPY_SECTORS * SECTOR_BYTES != 2048) ERROR("sizes drifted from layout.ts");

/** Address of the copy buffer; assembly and format borrow it while no copy can run. */
export function copyBuffer(): usize {
  return BUFFER;
}

function copyState(): Copy {
  return changetype<Copy>(STATE);
}

export function resetCopy(): void {
  copyState().owner = REQUESTS;
}

export function copyBufferIsFree(): bool {
  return copyState().owner == REQUESTS;
}

/** Whether the copy has reads under way, which may fail without the card being lost. */
export function isCopyReading(): bool {
  return copyState().reading != 0;
}

function sectorsAtOnce(): u32 {
  const copy = copyState();
  return copy.single != 0 ? 1 : copy.count;
}

function half(member: u32): usize {
  return BUFFER + <usize>(member * COMPARE_SECTORS * SECTOR_BYTES);
}

function send(reading: bool, members: u32): void {
  const copy = copyState();
  copy.reading = reading ? 1 : 0;
  copy.fingerprints = 0;
  copy.onMembers = members;
  const sector = dataStart() + copy.sector + copy.at;
  const command = reading ? CARD_READ : CARD_WRITE;
  for (let member: u32 = 0; member < MEMBERS; member++) {
    if (((members >> member) & 1) == 0) continue;
    if (RIG && seeded(BUG_REWRITE_FROM_CALLERS_BUFFER) && !reading && copy.what == COPY_TO_BOTH) {
      const entry = request(copy.owner);
      const at = copy.sector + copy.at - entry.sector;
      startTransfer(OWNER_COPY, 0, member, command, sector, 1, entry.buffer, at);
      continue;
    }
    const address = copy.what == COPY_COMPARE ? half(member) : BUFFER;
    startOwnTransfer(OWNER_COPY, 0, member, command, sector, sectorsAtOnce(), address);
  }
}

function beginReading(): void {
  const copy = copyState();
  copy.failedMembers = 0;
  send(true, copy.what == COPY_COMPARE ? (1 << MEMBERS) - 1 : 1 << copy.from);
}

/**
 * Begins the next stretch of request `index`, which is in PHASE_COPYING then, and woken in PHASE_COPIED or
 * PHASE_ABORTED at the end. If it isn't the request's turn it is in PHASE_BUFFER, and asks again when woken.
 * @param what COPY_...
 * @param from member that is read first
 */
export function askCopy(index: u32, sector: u32, sectors: u32, what: u32, from: u32): void {
  assert(sectors > 0 && sectors <= COPY_SECTORS);
  if (!copyBufferIsFree() || isBehindForBuffer(index)) {
    request(index).phase = PHASE_BUFFER;
    return;
  }
  request(index).phase = PHASE_COPYING;
  const copy = copyState();
  copy.owner = index;
  copy.what = what;
  copy.from = RIG && seeded(BUG_RESYNC_WRONG_WAY) ? 1 - from : from;
  copy.sector = sector;
  copy.count = sectors;
  copy.single = what == COPY_TO_BOTH ? 1 : 0;
  copy.at = 0;
  copy.aborted = 0;
  beginReading();
}

function end(phase: u32): void {
  const copy = copyState();
  const owner = copy.owner;
  copy.owner = REQUESTS;
  // One of the driver's own is closed as soon as a member is lost.
  if (request(owner).phase == PHASE_COPYING) request(owner).phase = phase;
  wake(owner);
  wakePhase(PHASE_BUFFER);
}

function nextSector(): void {
  const copy = copyState();
  copy.at++;
  if (copy.single != 0 && copy.at < copy.count) beginReading();
  else end(PHASE_COPIED);
}

function compare(): void {
  const copy = copyState();
  const bytes = copy.count * SECTOR_BYTES;
  meterBytes(2 * bytes);
  take(COMPARISON);
  const differs = copy.failedMembers == 0 && !areEqual(half(0), half(1), bytes);
  request(copy.owner).failedMembers = copy.failedMembers | (differs ? COMPARE_DIFFERS : 0);
  end(PHASE_COPIED);
}

/** @param member whose read has ended last */
function readsEnded(member: u32): void {
  const copy = copyState();
  const other = 1 - copy.from;
  if (copy.what == COPY_COMPARE) {
    compare();
  } else if (((copy.failedMembers >> member) & 1) == 0) {
    send(false, copy.what == COPY_TO_BOTH ? (1 << MEMBERS) - 1 : 1 << (1 - member));
  } else if (sectorsAtOnce() > 1) {
    copy.single = 1;
    beginReading();
  } else if (member == other) {
    sectorIsLost(copy.sector + copy.at);
    nextSector();
  } else if (!isInSync(other)) {
    // It is being rebuilt: what it holds is worth nothing, and there is nothing to rebuild it from.
    loseMember(other, CAUSE_SOURCE_UNREADABLE);
  } else {
    send(true, 1 << other);
  }
}

function writesEnded(): void {
  const copy = copyState();
  if (copy.what == COPY_TO_BOTH && copy.fingerprints != 0) {
    // Nobody can have changed the driver's own buffer: a card, or the way to it, is broken.
    loseMember(1 - copy.from, CAUSE_FINGERPRINT);
  } else {
    nextSector();
  }
}

/** A transfer of the copy has ended; a write has succeeded. */
export function copyTransferEnded(member: u32, status: u32, fingerprint: u32): void {
  const copy = copyState();
  assert(!copyBufferIsFree() && ((copy.onMembers >> member) & 1) != 0);
  copy.onMembers &= ~(1 << member);
  copy.fingerprints ^= fingerprint;
  // A bad sector counts, not also the stretch that it lies in.
  const counts = status != STATUS_OK && sectorsAtOnce() == 1;
  if (status != STATUS_OK) copy.failedMembers |= 1 << member;
  if (copy.onMembers == 0) {
    if (copy.aborted != 0) end(PHASE_ABORTED);
    else if (copy.reading != 0) readsEnded(member);
    else writesEnded();
  }
  if (counts) noteReadError(member);
}

/** A member was lost, and its transfers are forgotten: the copy under way ends with those of the other one. */
export function copyMemberLost(member: u32): void {
  if (copyBufferIsFree()) return;
  const copy = copyState();
  copy.aborted = 1;
  copy.onMembers &= ~(1 << member);
  if (copy.onMembers == 0) end(PHASE_ABORTED);
}
