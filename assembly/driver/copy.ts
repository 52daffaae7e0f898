import {
  BUG_RESYNC_WRONG_WAY,
  CARD_READ,
  CARD_WRITE,
  COPY_SECTORS,
  COUNTER_SECTORS_LOST,
  REQUESTS,
  SECTOR_BYTES,
  STATUS_OK,
  STATUS_READ_ERROR,
} from "../layout";
import { count } from "../counters";
import { seeded } from "../seeded-bug";
import { dataStart } from "./geometry";
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
  send(STEP_READ);
}

function nextSector(): void {
  const copy = copyState();
  copy.at++;
  if (copy.single != 0 && copy.at < copy.count) {
    send(STEP_READ);
    return;
  }
  const owner = copy.owner;
  copy.owner = REQUESTS;
  wake(owner);
  wakePhase(PHASE_BUFFER);
}

/**
 * A transfer of the copy has ended.
 * @returns false if a card failed a write, which stops the driver
 */
export function copyTransferEnded(status: u32): bool {
  const copy = copyState();
  assert(!copyBufferIsFree());
  const failed = status != STATUS_OK;
  if (failed && status != STATUS_READ_ERROR) return false;
  if (copy.step == STEP_READ) {
    if (!failed) {
      send(STEP_WRITE);
    } else if (copy.single == 0 && copy.count > 1) {
      copy.single = 1;
      send(STEP_READ);
    } else {
      send(STEP_READ_OTHER);
    }
    return true;
  }
  if (copy.step == STEP_READ_OTHER) {
    if (!failed) {
      send(STEP_WRITE_SOURCE);
      return true;
    }
    count(COUNTER_SECTORS_LOST, 1);
  } else if (failed) {
    return false;
  }
  nextSector();
  return true;
}
