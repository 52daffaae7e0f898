import { STATUS_OK } from "../layout";
import { areMarksLeftOver } from "../bitmap/kept-marks";
import { forcePass, isForcedPassOver } from "../bitmap/sync-gate";
import { isIntentAtRest } from "../bitmap/write-intent";
import { askFlushes, haveSettled } from "./card-flush";
import { MODE_DRAINING, MODE_STOPPING, mode, setMode } from "./mode";
import { endModeChange } from "./mode-change";
import { requestsInUse } from "./requests";
import { stopScrub } from "./scrub";
import { isResyncAtRest } from "./resync";
import { stopRebuild } from "./rebuild";

/**
 * Stop: one more clearing pass through the gate while requests are still taken (its sync needs them), then what is
 * under way is finished, both cards are flushed, and the array is stopped. What the pass could not prove stays
 * marked: there is no other way to be clean.
 */
const STATE: usize = memory.data(16, 16);

export function beginStop(): void {
  memory.fill(STATE, 0, 16);
  setMode(MODE_STOPPING);
  stopScrub();
  forcePass();
}

/** Moves the stop on. Returns whether anything moved. */
export function advanceStop(): bool {
  if (mode() == MODE_STOPPING) {
    if (!isForcedPassOver() || areMarksLeftOver()) return false;
    setMode(MODE_DRAINING);
    return true;
  }
  if (requestsInUse() != 0 || !isResyncAtRest() || !isIntentAtRest() || !stopRebuild()) return false;
  const flushing = load<u32>(STATE) != 0;
  if (!flushing) {
    store<u32>(STATE, 1);
    askFlushes(STATE + 4);
    return true;
  }
  if (!haveSettled(STATE + 4)) return false;
  endModeChange(STATUS_OK);
  return true;
}
