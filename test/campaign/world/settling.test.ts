import { describe, expect, it } from "vitest";
import {
  GEOMETRY_REGIONS,
  REGION_CLEAN,
  REGION_MAYBE_DIRTY,
  REGION_NEEDS_SYNC,
} from "../../../assembly/layout.js";
import type { DriverExports } from "../../../host/mirror/driver-module.js";
import { PLAIN_SETTINGS } from "../../../host/campaign/world/plain-scenario.js";
import { settlingBoundUs, unsettledRegion } from "../../../host/campaign/world/settling.js";

function driverWith(states: readonly number[]): DriverExports {
  const driver = {
    geometry: (key: number) => (key === GEOMETRY_REGIONS ? states.length : 0),
    regionState: (region: number) => states[region]!,
  };
  return driver as unknown as DriverExports;
}

describe("a world that has come to rest", () => {
  it("has no region to resynchronise, whatever the policy", () => {
    const driver = driverWith([REGION_CLEAN, REGION_NEEDS_SYNC]);
    expect(unsettledRegion(driver, true)).toBe(1);
    expect(unsettledRegion(driver, false)).toBe(1);
  });

  it("has no unproven region, unless its policy never clears", () => {
    const driver = driverWith([REGION_CLEAN, REGION_CLEAN, REGION_MAYBE_DIRTY]);
    expect(unsettledRegion(driver, true)).toBe(2);
    expect(unsettledRegion(driver, false)).toBe(-1);
    expect(unsettledRegion(driverWith([REGION_CLEAN]), true)).toBe(-1);
  });

  it("has had time for slow ticks, settle times and every region", () => {
    const settings = {
      ...PLAIN_SETTINGS,
      policy: { name: "sync-gated", flush: true, cooldownMs: 5 },
      profiles: ["mlc", "mlc"],
    } as const;
    const options = {
      cardSectors: 12,
      baseSector: 0,
      metadataStride: 1,
      epochMs: 8,
      cooldownMs: 5,
      settleMs: 3,
    };
    // After a settle time of 3 ms the probe of 6 ms; without one there is none.
    expect(settlingBoundUs(settings, options, 4)).toBe(5000 + 40 * (8000 + 3000 + 6000) + 5000 + 4 * 20_000);
    expect(settlingBoundUs({ ...settings, tickUs: 9000 }, options, 4)).toBe(
      5000 + 40 * (9000 + 3000 + 6000) + 5000 + 4 * 20_000,
    );
    expect(settlingBoundUs(settings, { ...options, settleMs: 0 }, 4)).toBe(
      5000 + 40 * 8000 + 5000 + 4 * 20_000,
    );
  });
});
