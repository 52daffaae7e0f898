import {
  BUG_RESYNC_WRONG_WAY,
  CARD_READ,
  CARD_WRITE,
  CAUSE_SOURCE_UNREADABLE,
  COPY_SECTORS,
  COUNTER_SECTORS_LOST,
  REQUESTS,
  SECTOR_BYTES,
  STATUS_OK,
} from "../layout";
import { count } from "../counters";
import { seeded } from "../seeded-bug";
import { dataStart } from "./geometry";
import { loseMember } from "./loss";
import { isInSync } from "./members";
import { PHASE_BUFFER, wake, wakePhase } from "./requests";
import { sourceMember } from "./source";
import { OWNER_COPY, startOwnTransfer } from "./transfers";

/**
 * Copies a stretch of sectors from the source member to the other one through the driver's own buffer. If the
 * source can't read a stretch it is done again sector by sector; a sector that only the other member can read is
 * copied the other way; one that neither can is counted and left. The only readable copy is never overwritten.
 */
const STEP_READ: u32 = 0;
const STEP_WRITE: u32 = 1;
const STEP_READ_OTHER: u32 = 2;
const STEP_WRITE_SOURCE: u32 = 3;

@unmanaged
class Copy {
  /** Request that the copy belongs to; REQUESTS when the buffer is free. */
  owner: u32;
  sector: u32;
  count: u32;
  step: u32;
  /** 1 while going sector by sector; `at` is the sector reached. */
  single: u32;
  at: u32;
  /** Member that has the transfer under way. */
  member: u32;
  /** 1 when the other member was lost: the copy ends with the transfer under way. */
  aborted: u32;
}

const STATE: usize = memory.data(32, 16);
const BUFFER: usize = memory.data(4096, 16);
if (COPY_SECTORS * SECTOR_BYTES != 4096) ERROR("sizes drifted from layout.ts");

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

/** Whether the transfer under way reads, so that it may be answered by a read error. */
export function isCopyReading(): bool {
  return copyState().step == STEP_READ || copyState().step == STEP_READ_OTHER;
}

/** Whether the copy for request `index` is still under way. */
export function isCopying(index: u32): bool {
  return copyState().owner == index;
}

function from(): u32 {
  return RIG && seeded(BUG_RESYNC_WRONG_WAY) ? 1 - sourceMember() : sourceMember();
}

function send(step: u32): void {
  const copy = copyState();
  copy.step = step;
  const writes = step == STEP_WRITE || step == STEP_WRITE_SOURCE;
  const onSource = step == STEP_READ || step == STEP_WRITE_SOURCE;
  const sector = dataStart() + copy.sector + (copy.single != 0 ? copy.at : 0);
  const sectors: u32 = copy.single != 0 ? 1 : copy.count;
  const member = onSource ? from() : 1 - from();
  copy.member = member;
  startOwnTransfer(OWNER_COPY, 0, member, writes ? CARD_WRITE : CARD_READ, sector, sectors, BUFFER);
}

/** Begins to copy `sectors` data sectors from `sector` on; the owner is woken at the end. */
export function beginCopy(owner: u32, sector: u32, sectors: u32): void {
  assert(copyBufferIsFree() && sectors > 0 && sectors <= COPY_SECTORS);
  const copy = copyState();
  copy.owner = owner;
  copy.sector = sector;
  copy.count = sectors;
  copy.single = 0;
  copy.at = 0;
  copy.aborted = 0;
  send(STEP_READ);
}

function nextSector(): void {
  const copy = copyState();
  copy.at++;
  if (copy.single != 0 && copy.at < copy.count) {
    send(STEP_READ);
    return;
  }
  endCopy();
}

function endCopy(): void {
  const copy = copyState();
  const owner = copy.owner;
  copy.owner = REQUESTS;
  wake(owner);
  wakePhase(PHASE_BUFFER);
}

/** A member is lost: there is nothing to copy to. The owner is woken when the survivor owes no answer any more. */
export function copyMemberLost(member: u32): void {
  const copy = copyState();
  if (copyBufferIsFree()) return;
  if (copy.member == member) endCopy();
  else copy.aborted = 1;
}

/** The source can't read a sector: it is asked of the other member, unless that is only being copied to. */
function readElsewhere(): void {
  const other = 1 - from();
  if (isInSync(other)) {
    send(STEP_READ_OTHER);
    return;
  }
  loseMember(other, CAUSE_SOURCE_UNREADABLE);
  // No transfer is under way that would end it.
  if (!copyBufferIsFree()) endCopy();
}

/** A transfer of the copy has ended; a write that failed has lost its member before. */
export function copyTransferEnded(status: u32): void {
  const copy = copyState();
  assert(!copyBufferIsFree());
  if (copy.aborted != 0) {
    endCopy();
    return;
  }
  const failed = status != STATUS_OK;
  if (copy.step == STEP_READ) {
    if (!failed) {
      send(STEP_WRITE);
    } else if (copy.single == 0 && copy.count > 1) {
      copy.single = 1;
      send(STEP_READ);
    } else {
      readElsewhere();
    }
    return;
  }
  if (copy.step == STEP_READ_OTHER) {
    if (!failed) {
      send(STEP_WRITE_SOURCE);
      return;
    }
    count(COUNTER_SECTORS_LOST, 1);
  }
  assert(!failed || copy.step == STEP_READ_OTHER);
  nextSector();
}
