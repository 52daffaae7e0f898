import { COUNTER_REGIONS_UNPROVEN, OPTION_EPOCH_MS, OPTION_MARKED_MAX } from "../../layout";
import { counterValue } from "../../counters";
import { option } from "../../options";
import { STEP_FLUSH, STEP_SYNC } from "./pass-steps";

/**
 * Option 4 of the mail, the default: a region is cleared only after a whole-device sync that began after its last
 * write, and a flush of both cards after that.
 */
export const SYNC_GATED_STEPS: u32 = STEP_SYNC | STEP_FLUSH;

export function syncGatedIsDue(sinceLastPassMs: u32): bool {
  const cap = option(OPTION_MARKED_MAX);
  // Above the soft cap nothing but another pass lets marks go; but a sync that fails at once is not asked for again in
  // the same moment, for ever.
  if (cap != 0 && sinceLastPassMs != 0 && counterValue(COUNTER_REGIONS_UNPROVEN) >= cap) return true;
  return sinceLastPassMs >= option(OPTION_EPOCH_MS);
}
