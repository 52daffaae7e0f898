import { OPTION_EPOCH_MS } from "../../layout";
import { option } from "../../options";
import { STEP_FLUSH, STEP_SYNC } from "./pass-steps";

/**
 * Option 4 of the mail, the default: a region is cleared only after a whole-device sync that began after its last
 * write, and a flush of both cards after that.
 */
export const SYNC_GATED_STEPS: u32 = STEP_SYNC | STEP_FLUSH;

export function syncGatedIsDue(sinceLastPassMs: u32): bool {
  return sinceLastPassMs >= option(OPTION_EPOCH_MS);
}
