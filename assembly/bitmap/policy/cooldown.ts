import { OPTION_FLUSH_BEFORE_CLEAR } from "../../layout";
import { option } from "../../options";
import { STEP_FLUSH, STEP_HOLD } from "./pass-steps";

/**
 * UNSAFE, rig build only: option 3 of the mail, md's timer passes, llbitmap, NetBSD's parity map. A region that was
 * not written for a while is taken to be written back by now.
 */
export function cooldownSteps(): u32 {
  return option(OPTION_FLUSH_BEFORE_CLEAR) != 0 ? STEP_HOLD | STEP_FLUSH : STEP_HOLD;
}

export function cooldownIsDue(): bool {
  return true;
}
