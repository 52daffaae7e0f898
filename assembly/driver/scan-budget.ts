import { SCAN_STEPS } from "../layout";

/**
 * What one call may look through. All that goes through regions or records takes its steps here, so that no call is long:
 * SPEC.md section 1 says how long. A step is about 50 cycles of the smallest core.
 */
const LEFT: usize = memory.data(4, 4);

/** Steps of one that is looked at by itself. */
export const LOOK_STEPS: u32 = 3;
/** Steps of each further region of a request. */
export const SPAN_STEPS: u32 = 12;
/** Steps of the check of a record: less than leaves enough for one to be built. */
export const CHECK_STEPS: u32 = 110;
/** Steps of a comparison. */
export const COMPARE_STEPS: u32 = 100;
/** Steps that must be left for a record to be built, which then takes all of them. */
export const RECORD_STEPS: u32 = 200;

export function refillScanBudget(): void {
  store<u32>(LEFT, SCAN_STEPS);
}

export function stepsLeft(): u32 {
  return load<u32>(LEFT);
}

/** Takes steps, or those that are left; false when none is left in this call, and the rest waits for the next one. */
export function takeSteps(steps: u32): bool {
  const left = stepsLeft();
  store<u32>(LEFT, left > steps ? left - steps : 0);
  return left != 0;
}

/** Takes all steps of this call for something long; false when it has to wait for the next one. */
export function takeAllSteps(): bool {
  if (stepsLeft() < RECORD_STEPS) return false;
  store<u32>(LEFT, 0);
  return true;
}
