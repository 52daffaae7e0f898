import { GEOMETRY_REGIONS, GEOMETRY_REGION_SHIFT } from "../../assembly/layout.js";
import type { DriverExports } from "./driver-module.js";
import { checkRegionStateName, regionStateName, type RegionStateName } from "./region-names.js";

/** A region and its state now. */
export interface RegionStatus {
  readonly region: number;
  readonly state: RegionStateName;
  /** First data sector, and number of sectors. */
  readonly sector: number;
  readonly sectors: number;
}

/** Which regions are asked for: those in a state, those not in one, or all. */
export interface RegionFilter {
  readonly is?: RegionStateName;
  readonly not?: RegionStateName;
}

/** Regions of an assembled array that pass the filter, ascending. @throws Error for a state that there is not */
export function listRegions(driver: DriverExports, { is, not }: RegionFilter): RegionStatus[] {
  if (is !== undefined) checkRegionStateName(is);
  if (not !== undefined) checkRegionStateName(not);
  const found: RegionStatus[] = [];
  const sectors = 2 ** driver.geometry(GEOMETRY_REGION_SHIFT);
  const regions = driver.geometry(GEOMETRY_REGIONS);
  for (let region = 0; region < regions; region++) {
    const state = regionStateName(driver.regionState(region));
    if ((is !== undefined && state !== is) || state === not) continue;
    found.push({ region, state, sector: region * sectors, sectors });
  }
  return found;
}
