import {
  GEOMETRY_REGIONS,
  REGION_CLEAN,
  REGION_NEEDS_SYNC,
  REGION_SYNCING,
  REGION_UNWRITTEN,
} from "../../../assembly/layout.js";
import type { DriverExports } from "../../mirror/driver-module.js";
import type { DriverOptions } from "../../mirror/driver-options.js";
import type { WorldSettings } from "./scenario.js";

/** Passes, and waits for settled cards, that the slowest of the profiles may need. */
const ROUNDS = 40;
/** The flush that probes a card after its settle time, and the tick that asks for it. */
const PROBE_US = 6000;
/** Resync of one region, its flushes included. */
const REGION_US = 20_000;

/**
 * Virtual time in which a world to which nothing new comes must have come to rest, us: dirty pages grow old and are
 * written back, the sync asked for last begins, then ROUNDS epochs (no shorter than a tick, which begins them) and
 * settle times with their probes, the cooldown, and REGION_US for each region.
 */
export function settlingBoundUs(settings: WorldSettings, options: DriverOptions, regions: number): number {
  const epochUs = Math.max(settings.epochMs * 1000, settings.tickUs);
  const writtenUs = settings.writeBackUs + settings.dirtyAgeUs + settings.syncDelayUs;
  const holdUs = (options.cooldownMs ?? 0) * 1000;
  const settleUs = (options.settleMs ?? 0) * 1000;
  const roundUs = epochUs + (settleUs === 0 ? 0 : settleUs + PROBE_US);
  return writtenUs + ROUNDS * roundUs + holdUs + regions * REGION_US;
}

/** A region that has not come to rest, or -1; an unproven one is at rest only if it need not `becomeClean`. */
export function unsettledRegion(driver: DriverExports, becomesClean: boolean): number {
  const regions = driver.geometry(GEOMETRY_REGIONS);
  for (let region = 0; region < regions; region++) {
    const state = driver.regionState(region);
    const isClean = state === REGION_CLEAN || state === REGION_UNWRITTEN;
    if (becomesClean ? !isClean : state === REGION_NEEDS_SYNC || state === REGION_SYNCING) return region;
  }
  return -1;
}
