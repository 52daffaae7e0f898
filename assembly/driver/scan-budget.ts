import { SCAN_REGIONS } from "../layout";

/** Regions that background scans may still look at in this call; the rest waits for the next one. */
const LEFT: usize = memory.data(8, 8);

export function refillScanBudget(): void {
  store<u32>(LEFT, SCAN_REGIONS);
}

/** Takes one region of the budget; false when none is left. */
export function takeScanBudget(): bool {
  const left = load<u32>(LEFT);
  if (left == 0) return false;
  store<u32>(LEFT, left - 1);
  return true;
}
