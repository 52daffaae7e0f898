import {
  OPTION_MARKED_MAX,
  OPTION_QUIET_MS,
  COUNTER_REGIONS_UNPROVEN,
  REGIONS_PER_BITMAP_SECTOR,
} from "../layout";
import { counterValue } from "../counters";
import { regions } from "../driver/geometry";
import { MODE_STOPPING, mode, nowMs } from "../driver/mode";
import { option } from "../options";
import { eightRegions, isKept, keepMark } from "./regions";
import { askClear } from "./write-intent";

/**
 * Marks of CLEAN regions that stay on the cards: a record costs as much for one bit as for all, and a region that is
 * written again soon needs no record if its bit is still there. They leave with records that are written anyway: those
 * that a sequential stream has left behind first (they are not kept at all), then, above OPTION_MARKED_MAX, whichever a
 * hand that goes round comes to: measured beside the oldest and the least recently used, no rule was better on random
 * writes. After a quiet time one record for each bitmap sector clears what is left.
 */
@unmanaged
class Kept {
  /** Region at which the hand stands. */
  hand: u32;
  /** Time of the last write, ms. */
  writtenMs: u32;
  /** Bit b set: bitmap sector b has marks on the cards that nobody needs. */
  leftOver: u32;
  unused: u32;
}

const STATE: usize = memory.data(16, 16);
/** The fourth bits of eight regions. */
const KEPT_OF_EIGHT: u32 = 0x88888888;

function kept(): Kept {
  return changetype<Kept>(STATE);
}

export function resetKeptMarks(): void {
  memory.fill(STATE, 0, 16);
}

/** Whether marks are kept at all; else each clearing pass ends with records that clear. */
export function areMarksKept(): bool {
  return (option(OPTION_MARKED_MAX) | option(OPTION_QUIET_MS)) != 0;
}

/** A write has come. */
export function noteWrite(): void {
  kept().writtenMs = nowMs();
}

/** A region of this bitmap sector became CLEAN, and its bit stays on the cards for now. */
export function noteLeftOver(bitmapSector: u32): void {
  kept().leftOver |= 1 << bitmapSector;
}

/** Lets up to `count` kept marks of one bitmap sector go, from where the hand stands. */
export function letGo(bitmapSector: u32, count: u32): void {
  const first = bitmapSector * REGIONS_PER_BITMAP_SECTOR;
  const end = min(first + REGIONS_PER_BITMAP_SECTOR, regions());
  let at = kept().hand;
  if (at < first || at >= end) at = first;
  let left = count;
  for (let seen: u32 = 0; seen < REGIONS_PER_BITMAP_SECTOR && left != 0;) {
    if ((at & 7) == 0 && (eightRegions(at) & KEPT_OF_EIGHT) == 0) {
      at += 8;
      seen += 8;
    } else {
      if (isKept(at)) {
        keepMark(at, false);
        left--;
      }
      at++;
      seen++;
    }
    if (at >= end) at = first;
  }
  kept().hand = at;
}

/** Whether there are marks that are only kept. */
export function areMarksLeftOver(): bool {
  return kept().leftOver != 0;
}

/**
 * Time has passed. When it was quiet, with nothing left to prove, or for a stop, every mark that is only kept goes, those
 * of one bitmap sector a tick.
 */
export function tickKeptMarks(): void {
  const state = kept();
  const quiet =
    counterValue(COUNTER_REGIONS_UNPROVEN) == 0 && nowMs() - state.writtenMs >= option(OPTION_QUIET_MS);
  if (state.leftOver == 0 || !(quiet || mode() == MODE_STOPPING)) return;
  const bitmapSector = ctz(state.leftOver);
  state.leftOver &= state.leftOver - 1;
  letGo(bitmapSector, REGIONS_PER_BITMAP_SECTOR);
  askClear(bitmapSector);
}
