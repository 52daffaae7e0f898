import { AREA_DATA } from "../../../assembly/layout.js";
import type { ScenarioGeometry } from "../world/scenario.js";

/** Regions of an array at most, so that each lies under several requests. */
const REGIONS_MAX = 64;
/** Sectors between two metadata areas. */
const STRIDE = 8;

/**
 * The smallest array that holds what is asked of it, in at most 64 regions.
 * @param sectors data sectors that are used
 * @param sectorsPerPage of the page cache; a region has at least two pages
 */
export function blockGeometry(sectors: number, sectorsPerPage: number): ScenarioGeometry {
  let regionShift = Math.ceil(Math.log2(2 * sectorsPerPage));
  while (sectors / 2 ** regionShift > REGIONS_MAX) regionShift++;
  const regions = Math.ceil(sectors / 2 ** regionShift);
  return {
    cardSectors: AREA_DATA * STRIDE + regions * 2 ** regionShift,
    regionShift,
    metadataStride: STRIDE,
    sectorsPerPage,
  };
}
