import { STATUS_OK } from "../layout";
import * as upper from "../upper";
import {
  MODE_ASSEMBLING,
  MODE_DRAINING,
  MODE_FAILED,
  MODE_IDLE,
  MODE_RUNNING,
  MODE_STOPPED,
  mode,
  modeTag,
  setMode,
} from "./mode";

/** The mode that a finished format, assemble or stop leads to. */
function modeAfter(status: u32): u32 {
  if (mode() == MODE_DRAINING) return status == STATUS_OK ? MODE_STOPPED : MODE_FAILED;
  if (status != STATUS_OK) return MODE_FAILED;
  return mode() == MODE_ASSEMBLING ? MODE_RUNNING : MODE_IDLE;
}

/** Ends the format, assemble or stop that is under way, and tells its caller. */
export function endModeChange(status: u32): void {
  setMode(modeAfter(status));
  upper.done(modeTag(), status);
}
