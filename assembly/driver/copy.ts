import {
  BUG_RESYNC_WRONG_WAY,
  BUG_REWRITE_FROM_CALLERS_BUFFER,
  CARD_READ,
  CARD_WRITE,
  CAUSE_FINGERPRINT,
  CAUSE_SOURCE_UNREADABLE,
  COPY_SECTORS,
  COUNTER_SECTORS_LOST,
  MEMBERS,
  REQUESTS,
  RING_LOST,
  SECTOR_BYTES,
  STATUS_OK,
} from "../layout";
import { count } from "../counters";
import { ring } from "../event-ring";
import { seeded } from "../seeded-bug";
import { meterBytes } from "../work-meter";
import { dataStart } from "./geometry";
import { isLossUnderWay, loseMember } from "./loss";
import { isInSync } from "./members";
import { noteReadError } from "./read-errors";
import { PHASE_BUFFER, PHASE_REWRITING, request, wake, wakePhase } from "./requests";
import { sourceMember } from "./source";
import { OWNER_COPY, startOwnTransfer, startTransfer } from "./transfers";

/**
 * What goes through the driver's own buffer, one stretch of at most COPY_SECTORS at a time:
 *
 *   COPY     read from the source, write to the other member: resync, and the write-back of reads
 *   REWRITE  sector by sector: read from the source, write to both, compare what they accepted
 *   VERIFY   read from both, a half of the buffer each, and compare
 *   MEND     write one half of what was verified to the other member
 *
 * If the source can't read a stretch it is done again sector by sector; a sector that only the other member can read is
 * copied the other way; one that neither can is counted and left. The only readable copy is never overwritten alone.
 * Whoever has the buffer waits for cards only, so it always comes free.
 */
const MODE_COPY: u32 = 0;
const MODE_REWRITE: u32 = 1;
const MODE_VERIFY: u32 = 2;
const MODE_MEND: u32 = 3;
const BOTH: u32 = (1 << MEMBERS) - 1;
/** Sectors that can be verified at a time. */
export const VERIFY_SECTORS: u32 = COPY_SECTORS >> 1;
/** What verifying found, beside bit m for member m that could not read: both could, and differ. */
export const FOUND_DIFFERENCE: u32 = 1 << MEMBERS;

@unmanaged
class Copy {
  /** Request that the copy belongs to; REQUESTS when the buffer is free. */
  owner: u32;
  mode: u32;
  sector: u32;
  count: u32;
  /** 1 while going sector by sector; `at` is the sector reached. */
  single: u32;
  at: u32;
  /** 1 while reading, so that a read error is an answer. */
  reading: u32;
  /** Members that owe an answer, and those that could not read, as masks. */
  pending: u32;
  failed: u32;
  /** XOR of the fingerprints of what both accepted. */
  fingerprints: u32;
  /** 1 when a member was lost: the copy ends with the transfers under way. */
  aborted: u32;
  /** What verifying found. */
  found: u32;
}

const STATE: usize = memory.data(48, 16);
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

/** Whether the transfers under way read, so that they may be answered by a read error. */
export function isCopyReading(): bool {
  return copyState().reading != 0;
}

/** Whether the copy for request `index` is still under way. */
export function isCopying(index: u32): bool {
  return copyState().owner == index;
}

/** What the verifying that ended last has found: members that could not read, FOUND_DIFFERENCE. */
export function copyFindings(): u32 {
  return copyState().found;
}

function from(): u32 {
  return RIG && seeded(BUG_RESYNC_WRONG_WAY) ? 1 - sourceMember() : sourceMember();
}

function half(member: u32): usize {
  return BUFFER + <usize>(member * VERIFY_SECTORS * SECTOR_BYTES);
}

/** Sends the present stretch, or the sector reached, to or from the members in `mask`. */
function send(command: u32, mask: u32, buffer: usize): void {
  const copy = copyState();
  copy.reading = command == CARD_READ ? 1 : 0;
  copy.pending = mask;
  const sector = dataStart() + copy.sector + copy.at;
  const sectors: u32 = copy.single != 0 ? 1 : copy.count;
  for (let member: u32 = 0; member < MEMBERS; member++) {
    if (((mask >> member) & 1) == 0) continue;
    if (
      RIG &&
      seeded(BUG_REWRITE_FROM_CALLERS_BUFFER) &&
      copy.mode == MODE_REWRITE &&
      command == CARD_WRITE
    ) {
      const entry = request(copy.owner);
      const at = copy.sector + copy.at - entry.sector;
      startTransfer(OWNER_COPY, 0, member, command, sector, 1, entry.buffer, at);
    } else {
      startOwnTransfer(
        OWNER_COPY,
        0,
        member,
        command,
        sector,
        sectors,
        copy.mode == MODE_VERIFY ? half(member) : buffer,
      );
    }
  }
}

function begin(owner: u32, mode: u32, sector: u32, sectors: u32): void {
  assert(copyBufferIsFree() && sectors > 0 && sectors <= COPY_SECTORS);
  const copy = copyState();
  const found = copy.found;
  memory.fill(STATE, 0, 48);
  copy.owner = owner;
  copy.mode = mode;
  copy.sector = sector;
  copy.count = sectors;
  copy.single = mode == MODE_REWRITE ? 1 : 0;
  copy.found = mode == MODE_VERIFY ? 0 : found;
}

/** Begins to copy `sectors` data sectors from `sector` on; the owner is woken at the end, of this and of the others. */
export function beginCopy(owner: u32, sector: u32, sectors: u32): void {
  begin(owner, MODE_COPY, sector, sectors);
  send(CARD_READ, 1 << from(), BUFFER);
}

/** Begins to write sectors anew on both members, as the source has them. */
export function beginRewrite(owner: u32, sector: u32, sectors: u32): void {
  begin(owner, MODE_REWRITE, sector, sectors);
  send(CARD_READ, 1 << from(), BUFFER);
}

/** Begins to compare up to VERIFY_SECTORS sectors; copyFindings tells what came of it. */
export function beginVerify(owner: u32, sector: u32, sectors: u32): void {
  assert(sectors <= VERIFY_SECTORS);
  begin(owner, MODE_VERIFY, sector, sectors);
  send(CARD_READ, BOTH, BUFFER);
}

/** Begins to write the sector that was verified last from the half of `winner` to the other member. */
export function beginMend(owner: u32, sector: u32, winner: u32): void {
  begin(owner, MODE_MEND, sector, 1);
  send(CARD_WRITE, 1 << (1 - winner), half(winner));
}

function endCopy(): void {
  const copy = copyState();
  const owner = copy.owner;
  copy.owner = REQUESTS;
  wake(owner);
  wakePhase(PHASE_BUFFER);
  wakePhase(PHASE_REWRITING);
}

/** A member is lost: there is nothing to copy to. The owner is woken when the survivor owes no answer any more. */
export function copyMemberLost(member: u32): void {
  const copy = copyState();
  if (copyBufferIsFree()) return;
  copy.aborted = 1;
  copy.pending &= ~(1 << member);
  if (copy.pending == 0) endCopy();
}

function nextSector(): void {
  const copy = copyState();
  copy.at++;
  copy.failed = 0;
  copy.fingerprints = 0;
  if (copy.single != 0 && copy.at < copy.count) send(CARD_READ, 1 << from(), BUFFER);
  else endCopy();
}

/** The source, or then the other member, can't read. */
function readFailed(): void {
  const copy = copyState();
  if (copy.single == 0 && copy.count > 1) {
    copy.single = 1;
    copy.failed = 0;
    send(CARD_READ, 1 << from(), BUFFER);
    return;
  }
  const other = 1 - from();
  if (copy.failed == BOTH) {
    count(COUNTER_SECTORS_LOST, 1);
    ring(RING_LOST, copy.sector + copy.at, 0);
    nextSector();
  } else if (isInSync(other)) {
    send(CARD_READ, 1 << other, BUFFER);
  } else {
    // What the target of a rebuild has there is old: the source alone would know.
    loseMember(other, CAUSE_SOURCE_UNREADABLE);
  }
}

function readsEnded(wasRead: bool): void {
  const copy = copyState();
  if (copy.mode == MODE_VERIFY) {
    const bytes = copy.count * SECTOR_BYTES;
    meterBytes(2 * bytes);
    const differ = copy.failed == 0 && memory.compare(half(0), half(1), <usize>bytes) != 0;
    copy.found = copy.failed | (differ ? FOUND_DIFFERENCE : 0);
    endCopy();
  } else if (wasRead) {
    // What the source could not read, the other member has.
    const to = copy.failed == 0 ? 1 - from() : from();
    send(CARD_WRITE, copy.mode == MODE_REWRITE ? BOTH : 1 << to, BUFFER);
  } else {
    readFailed();
  }
}

/**
 * A transfer of the copy has ended; a write that failed has lost its member before.
 * @param fingerprint of what was accepted, of a write
 */
export function copyTransferEnded(member: u32, status: u32, fingerprint: u32): void {
  const copy = copyState();
  assert(!copyBufferIsFree() && ((copy.pending >> member) & 1) != 0);
  copy.pending &= ~(1 << member);
  const reading = copy.reading != 0;
  if (reading && status != STATUS_OK) {
    copy.failed |= 1 << member;
    if (copy.single != 0 || copy.count == 1) noteReadError(member);
    // That may have lost the member, and with it the copy.
    if (copyBufferIsFree()) return;
  }
  if (!reading) copy.fingerprints ^= fingerprint;
  if (copy.pending != 0) return;
  if (copy.aborted != 0 || isLossUnderWay()) endCopy();
  else if (reading) readsEnded(status == STATUS_OK);
  else if (copy.mode == MODE_REWRITE && copy.fingerprints != 0) loseMember(1 - from(), CAUSE_FINGERPRINT);
  else nextSector();
}
