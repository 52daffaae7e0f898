import { STEP, take } from "../driver/scan-budget";
import { markedOfEight } from "./regions";

/**
 * Moves the cursor at `at` to the next region, itself or one below `end`, that is in a state which marks it; whoever gets it
 * has paid a step.
 * @param look what eight regions cost that are in none, eighths of a step
 * @returns whether there is one; if not, the cursor is at the end, or the steps of this call were used up
 */
export function findMarked(at: usize, end: u32, look: u32): bool {
  let region = load<u32>(at);
  let found: bool = false;
  while (region < end && take(look)) {
    const marked = markedOfEight(region);
    region = marked != 0 ? region + (ctz(marked) >> 2) : (region | 7) + 1;
    if (marked == 0) continue;
    found = region < end;
    take(STEP - look);
    break;
  }
  store<u32>(at, min(region, end));
  return found;
}
