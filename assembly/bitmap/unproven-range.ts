import { UNPROVEN_WORDS } from "../driver/hot-words";
import { lookForPass } from "../driver/under-way";

/**
 * The smallest range that holds every region which became unproven since the last clearing pass, so that a pass
 * looks at what was written and not at the whole array.
 */
const RANGE = UNPROVEN_WORDS;

/** Lowest region of the range; above the highest one when the range is empty. */
export function unprovenLow(): u32 {
  return load<u32>(RANGE);
}

export function unprovenHigh(): u32 {
  return load<u32>(RANGE, 4);
}

export function noteUnproven(region: u32): void {
  if (region < unprovenLow()) {
    store<u32>(RANGE, region);
    lookForPass();
  }
  if (region > unprovenHigh()) store<u32>(RANGE, region, 4);
}

export function emptyUnprovenRange(): void {
  store<u32>(RANGE, u32.MAX_VALUE);
  store<u32>(RANGE, 0, 4);
}
