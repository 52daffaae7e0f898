import { SCAN_STEPS } from "../layout";

/**
 * What one call may do: all that goes through regions or records takes its part, so that no call is long. SPEC.md section 1
 * says how long. Counted in eighths of a step, which are about 50 cycles of the smallest core each.
 */
const LEFT: usize = memory.data(4, 4);

/** Eighths of a step. */
export const STEP: u32 = 8;
/** Of a region that is looked at by itself. */
export const LOOK: u32 = 3;
/** Of the look at all requests whether one touches a region. */
export const TOUCHED: u32 = 6;
/** Of a request that may go on as a record is durable. */
export const WOKEN: u32 = 6;
/** Of each further region of a request. */
export const SPAN: u32 = 11;
/** Of the look at the mark of each. */
export const MARK: u32 = 6;
/** Of a comparison of sectors. */
export const COMPARISON: u32 = 100;
/** Of the check of a record: it leaves less than another one needs to be built. */
export const CHECK: u32 = 110;
/** What must be left for a record to be built; it takes all. */
const RECORD: u32 = 200;

export function refillScanBudget(): void {
  store<u32>(LEFT, SCAN_STEPS * STEP);
}

export function isAnythingLeft(): bool {
  return load<u32>(LEFT) != 0;
}

/** Takes a part, or what is left; false when nothing is left in this call, and the rest waits for the next one. */
export function take(part: u32): bool {
  const left = load<u32>(LEFT);
  store<u32>(LEFT, left > part ? left - part : 0);
  return left != 0;
}

/** Takes all of this call for something long; false when it has to wait for the next one. */
export function takeAll(): bool {
  if (load<u32>(LEFT) < RECORD) return false;
  store<u32>(LEFT, 0);
  return true;
}
