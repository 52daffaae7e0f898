import { SCAN_STEPS, SWEEP_STEPS } from "../layout";

/** Background scans of the gate and of resync. */
export const BUDGET_SCANS: u32 = 0;
/** Sweeps that everybody waits for: a member is lost, or joins. */
export const BUDGET_SWEEPS: u32 = 1;

/** Steps that are left in this call, for each of the two. */
const LEFT: usize = memory.data(8, 8);

export function refillScanBudget(): void {
  store<u32>(LEFT, SCAN_STEPS);
  store<u32>(LEFT, SWEEP_STEPS, 4);
}

export function stepsLeft(budget: u32): u32 {
  return load<u32>(LEFT + <usize>(budget << 2));
}

export function takeSteps(budget: u32, steps: u32): void {
  store<u32>(LEFT + <usize>(budget << 2), stepsLeft(budget) - steps);
}

/** Takes one step; false when none is left in this call, and the rest waits for the next one. */
export function takeStep(budget: u32): bool {
  if (stepsLeft(budget) == 0) return false;
  takeSteps(budget, 1);
  return true;
}
