import { MOVE_STEPS } from "../layout";
import { takeSteps } from "../driver/scan-budget";
import { markedOfEight } from "./regions";

/**
 * Moves the cursor at `at` to the next region, itself or one below `end`, that is in a state which marks it. A step looks at
 * eight regions, and whoever gets a region has paid for what it does to it.
 * @returns whether there is one; if not, the cursor is at the end, or the steps of this call were used up
 */
export function findMarked(at: usize, end: u32): bool {
  let region = load<u32>(at);
  let found: bool = false;
  while (region < end && takeSteps(1)) {
    const marked = markedOfEight(region);
    if (marked != 0) {
      region = min(region + (ctz(marked) >> 2), end);
      found = region < end && takeSteps(MOVE_STEPS);
      break;
    }
    region = (region | 7) + 1;
  }
  store<u32>(at, min(region, end));
  return found;
}
