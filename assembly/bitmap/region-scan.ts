import { regions } from "../driver/geometry";
import { areAllUnmarked, eightRegions, isMarked, regionState } from "./regions";

/** Words of eight regions that one step of a scan may pass over: what one region of the scan budget pays for. */
const WORDS_PER_STEP: u32 = 8;

/**
 * The first region from `region` on that is in a state which marks it; or one before it, when WORDS_PER_STEP words of
 * unmarked ones lie between; or the number of regions.
 */
export function skipUnmarked(region: u32): u32 {
  const end = regions();
  let at = region;
  for (let words: u32 = 0; words < WORDS_PER_STEP && at < end; words++) {
    if ((at & 7) == 0 && areAllUnmarked(eightRegions(at))) {
      at += 8;
      continue;
    }
    while (at < end && !isMarked(regionState(at))) {
      at++;
      if ((at & 7) == 0) break;
    }
    if (at < end && isMarked(regionState(at))) return at;
  }
  return min(at, end);
}
