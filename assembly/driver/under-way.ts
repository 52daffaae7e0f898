import { UNDER_WAY_WORDS } from "./hot-words";
import { MODE_RUNNING, mode } from "./mode";

/**
 * What goes on beside callers' requests: the phase of each of these, a byte that is 0 at rest, all side by side, so that two
 * words tell the pump that there is nothing to move on but requests. Nearly every call of the driver is such a one.
 */
const TABLE = UNDER_WAY_WORDS;

export const LOSS_AT: usize = 0;
export const SUPERBLOCK_WRITE_AT: usize = 1;
export const MEMBER_COMMAND_AT: usize = 2;
export const REBUILD_AT: usize = 3;
export const GATE_AT: usize = 4;
export const RESYNC_AT: usize = 5;
export const SCRUB_AT: usize = 6;
export const RECORD_AT: usize = 7;
/** Masks of bitmap sectors, two bytes each. */
export const MARKS_DUE_AT: usize = 8;
export const CLEARS_DUE_AT: usize = 10;
/** Something has changed that a clearing pass may begin for. */
const PASS_MAY_BEGIN_AT: usize = 12;
/** Something has changed that a card may be flushed for. */
const FLUSH_MAY_BEGIN_AT: usize = 13;

/** Nothing goes on; everything is to be looked at once. */
export function resetUnderWay(): void {
  memory.fill(TABLE, 0, 16);
  lookForPass();
  lookForFlush();
}

export function phaseAt(at: usize): u32 {
  return load<u8>(TABLE + at);
}

export function setPhaseAt(at: usize, phase: u32): void {
  store<u8>(TABLE + at, <u8>phase);
}

export function dueAt(at: usize): u32 {
  return load<u16>(TABLE + at);
}

export function setDueAt(at: usize, mask: u32): void {
  store<u16>(TABLE + at, <u16>mask);
}

/** A pass may be due now, that was not. */
export function lookForPass(): void {
  setPhaseAt(PASS_MAY_BEGIN_AT, 1);
}

/** No pass is due, until `lookForPass`. */
export function passIsNotDue(): void {
  setPhaseAt(PASS_MAY_BEGIN_AT, 0);
}

/** A flush may have to be started now. */
export function lookForFlush(): void {
  setPhaseAt(FLUSH_MAY_BEGIN_AT, 1);
}

/** Every flush that can be started is, until `lookForFlush`. */
export function flushesAreStarted(): void {
  setPhaseAt(FLUSH_MAY_BEGIN_AT, 0);
}

/** Whether only requests can move: the array runs, nothing goes on beside them, and nothing may begin. */
export function isNothingBeside(): bool {
  return (load<u64>(TABLE) | load<u64>(TABLE, 8)) == 0 && mode() == MODE_RUNNING;
}
