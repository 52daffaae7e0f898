import { stepsLeft, takeSteps } from "../driver/scan-budget";
import { areAllUnmarked, eightRegions, isMarked, regionState } from "./regions";

/**
 * The first region from `region` on, below `end`, that is in a state which marks it; `end` if there is none; or where the
 * steps that are left in this call were used up, be it marked or not. A step passes over eight regions.
 */
export function nextMarked(region: u32, end: u32): u32 {
  let left = stepsLeft();
  const had = left;
  let at = region;
  while (at < end && left != 0) {
    left--;
    if ((at & 7) == 0 && areAllUnmarked(eightRegions(at))) {
      at += 8;
      continue;
    }
    const next = (at | 7) + 1;
    while (at < next && at < end && !isMarked(regionState(at))) at++;
    if (at < next) break;
  }
  takeSteps(had - left);
  return min(at, end);
}
