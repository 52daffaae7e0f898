import { STEP_FLUSH, STEP_SYNC } from "./pass-steps";

/**
 * Option 2 of the mail: no bit is cleared until the array is stopped, and then only behind a sync like any other
 * (md marks its superblock clean after a moment of idleness, and so skips the resync that its bits ask for).
 */
export const NEVER_STEPS: u32 = STEP_SYNC | STEP_FLUSH;

export function neverIsDue(): bool {
  return false;
}
