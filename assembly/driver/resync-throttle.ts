import { COPY_SECTORS, OPTION_RESYNC_MIN_RATE, OPTION_RESYNC_SHARE } from "../layout";
import { THROTTLE_STATE } from "./cleared-state";
import { option } from "../options";
import { nowMs } from "./mode";
import { wereCallersSeen } from "./requests";

/**
 * How much resync, rebuild and scrub may do beside callers: a share of the time when nobody else is there, and a rate
 * that they get in any case when somebody is, so that they end.
 */
@unmanaged
class Throttle {
  /** Sectors that may be copied now, in thousandths: a rate in sectors per second times ms. */
  credit: u32;
  lastMs: u32;
  /** Percents of the share that have come together; a tick in which they reach a hundred is free. */
  share: u32;
  /** 1 while no caller is there, and this tick belongs to the copies. */
  free: u32;
}

const STATE = THROTTLE_STATE;
if (offsetof<Throttle>() > 16) ERROR("larger than its part of cleared-state.ts");
const RATE_MAX: u32 = 1_000_000;
/** Credit grows for at most this time. */
const BURST_MS: u32 = 1000;
/** What is saved of it from one tick to the next: a piece, so that the slowest rate comes to one. */
const SAVED_MAX: u32 = COPY_SECTORS * 1000;

function throttle(): Throttle {
  return changetype<Throttle>(STATE);
}

export function resetThrottle(): void {
  throttle().free = 1;
}

/** Time has passed. */
export function tickThrottle(): void {
  const state = throttle();
  const rate = min(option(OPTION_RESYNC_MIN_RATE), RATE_MAX);
  const share = option(OPTION_RESYNC_SHARE);
  const elapsed = min(nowMs() - state.lastMs, BURST_MS);
  state.lastMs = nowMs();
  state.credit = min(state.credit, SAVED_MAX) + rate * elapsed;
  state.share += share == 0 ? 100 : share;
  const alone = !wereCallersSeen() || rate == 0;
  state.free = 0;
  if (state.share < 100) return;
  state.share -= 100;
  state.free = alone ? 1 : 0;
}

/** Whether so many sectors may be copied now; they count as copied. */
export function mayCopy(sectors: u32): bool {
  const state = throttle();
  if (state.free != 0) return true;
  if (state.credit < sectors * 1000) return false;
  state.credit -= sectors * 1000;
  return true;
}
