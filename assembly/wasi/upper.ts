import { SECTOR_BYTES } from "../layout";

/**
 * The layer above the driver in the WASI module: a command line keeps no page dirty, so every sync it is asked for
 * is over at once; the answer is given after the driver's call has returned.
 */
@unmanaged
class Upper {
  /** Tag and status of the operation that ended last. */
  doneTag: u32;
  doneStatus: u32;
  /** 1 while a sync is to be answered. */
  syncWanted: u32;
  epoch: u32;
}

const STATE: usize = memory.data(16, 16);

function upper(): Upper {
  return changetype<Upper>(STATE);
}

/** Called by the driver: see the declaration in the driver's own upper.ts. */
export function done(tag: u32, status: u32): void {
  upper().doneTag = tag;
  upper().doneStatus = status;
}

/** Called by the driver: see the declaration in the driver's own upper.ts. Buffers are addresses here. */
export function zeros(buffer: u32, bufferSector: u32, count: u32): void {
  memory.fill(<usize>(buffer + bufferSector * SECTOR_BYTES), 0, <usize>(count * SECTOR_BYTES));
}

/** Called by the driver: see the declaration in the driver's own upper.ts. */
export function requestSync(epoch: u32): void {
  upper().syncWanted = 1;
  upper().epoch = epoch;
}

export function doneTag(): u32 {
  return upper().doneTag;
}

export function doneStatus(): u32 {
  return upper().doneStatus;
}

export function isSyncWanted(): bool {
  return upper().syncWanted != 0;
}

/** Takes the sync that is wanted; returns its epoch. */
export function takeSync(): u32 {
  upper().syncWanted = 0;
  return upper().epoch;
}
