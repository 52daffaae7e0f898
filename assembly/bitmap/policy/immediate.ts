import { OPTION_FLUSH_BEFORE_CLEAR } from "../../layout";
import { option } from "../../options";
import { STEP_FLUSH } from "./pass-steps";

/** UNSAFE, rig build only: md of Linux 2.6.13 and dm-mirror. A region is cleared as soon as its writes have ended. */
export function immediateSteps(): u32 {
  return option(OPTION_FLUSH_BEFORE_CLEAR) != 0 ? STEP_FLUSH : 0;
}

export function immediateIsDue(): bool {
  return true;
}
