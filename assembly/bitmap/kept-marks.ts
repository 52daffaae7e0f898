import {
  BITMAP_PLANE_BYTES,
  BITMAP_SECTORS_MAX,
  OPTION_MARKED_MAX,
  OPTION_QUIET_MS,
  COUNTER_REGIONS_UNPROVEN,
  REGIONS_PER_BITMAP_SECTOR,
} from "../layout";
import { KEPT_MARKS_STATE } from "../driver/cleared-state";
import { counterValue } from "../counters";
import { MODE_STOPPING, mode, nowMs } from "../driver/mode";
import { takeAll } from "../driver/scan-budget";
import { option } from "../options";
import { LOWEST_OF_EIGHT, gather } from "./planes";
import { statesOf } from "./regions";
import { areClearsDue, askClear } from "./write-intent";

/**
 * Marks of CLEAN regions that stay on the cards: a record costs as much for one bit as for all, and a region that is
 * written again soon needs no record if its bit is still there. They leave with records that are written anyway: those
 * that a sequential stream has left behind first (they are not kept at all), then, above OPTION_MARKED_MAX, whichever a
 * hand that goes round comes to: measured beside the oldest and the least recently used, no rule was better on random
 * writes. After a quiet time one record for each bitmap sector clears what is left.
 */
@unmanaged
class Kept {
  /** Time of the last write, ms. */
  writtenMs: u32;
  /** Bit b set: bitmap sector b has marks on the cards that nobody needs. */
  leftOver: u32;
}

const STATE = KEPT_MARKS_STATE;
/** Where the hand of each bitmap sector stands: a byte of its planes. One for all would begin anew with every other sector. */
const HANDS: usize = STATE + offsetof<Kept>();
if (offsetof<Kept>() + BITMAP_SECTORS_MAX > 24 || BITMAP_PLANE_BYTES > 255)
  ERROR("sizes drifted from cleared-state.ts");

function kept(): Kept {
  return changetype<Kept>(STATE);
}

/** What eight regions cost of which marks leave, beside eight of which none does: about 170 cycles of the smallest core and 44. */
const LEAVING: i32 = 4;

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

/**
 * Lets up to `count` kept marks of one bitmap sector go, from where the hand stands, once round at most, for as long as `cost`
 * lasts. They leave the plane `marked` too, if there is one.
 * @returns how many went
 */
export function letGo(bitmapSector: u32, count: u32, cost: i32, marked: usize): u32 {
  const states = statesOf(bitmapSector);
  const hand = HANDS + <usize>bitmapSector;
  let at: u32 = load<u8>(hand);
  let left = count;
  for (let seen: u32 = 0; seen < BITMAP_PLANE_BYTES && cost > 0 && left != 0; seen++) {
    if (at >= BITMAP_PLANE_BYTES) at = 0;
    const eight = load<u32>(states + <usize>(at << 2));
    // The fourth bit of a CLEAN region.
    let going = (eight >> 3) & ~((eight >> 2) | (eight >> 1)) & LOWEST_OF_EIGHT;
    cost--;
    if (going != 0) {
      cost -= LEAVING - 1;
      // Their sum, in the highest four bits of the product.
      let leaving = (going * LOWEST_OF_EIGHT) >> 28;
      for (; leaving > left; leaving--) going &= going - 1;
      left -= leaving;
      store<u32>(states + <usize>(at << 2), eight ^ (going << 3));
      const byte = marked + <usize>at;
      if (marked != 0) store<u8>(byte, <u8>(load<u8>(byte) & ~gather(going)));
    }
    at++;
  }
  store<u8>(hand, <u8>at);
  return count - left;
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
  // Its record is built in a later call, and before the next one's marks go.
  if (areClearsDue() || !takeAll()) return;
  const bitmapSector = ctz(state.leftOver);
  state.leftOver &= state.leftOver - 1;
  letGo(bitmapSector, REGIONS_PER_BITMAP_SECTOR, i32.MAX_VALUE, 0);
  askClear(bitmapSector);
}
