import { describe, expect, it } from "vitest";
import { REGIONS_MAX } from "../../assembly/layout.js";
import { tuningOf, TunedDriver } from "../../host/bench/bitmap-settings.js";
import { CALL_SETTINGS } from "../../host/bench/call-bench.js";
import { CallArray } from "../../host/bench/call-array.js";
import { CALL_KINDS, CallCycle, CallTimes, type CallKind } from "../../host/bench/call-cycle.js";
import { readDriver } from "../../host/mirror/driver-binary.js";
import { stepsOf, withCountedSteps } from "./counted-steps.js";

const SIZES = [256, 4096, 16_384, REGIONS_MAX];
const CYCLES = 20;

const binary = withCountedSteps(readDriver("production"));
const steps = new Map(SIZES.map((regions) => [regions, stepsPerCall(regions)]));

/** Steps that one call of each kind takes on the average: a "clock" of steps instead of one of time. */
function stepsPerCall(regions: number): ReadonlyMap<CallKind, number> {
  const driver = new TunedDriver(binary, tuningOf(CALL_SETTINGS));
  const array = CallArray.clean(driver, regions);
  array.becomeUnmarked();
  const cycle = new CallCycle(array, stepsOf(driver), 1);
  const times = new CallTimes();
  for (let at = 0; at < CYCLES; at++) cycle.run(times);
  return new Map(CALL_KINDS.map((kind) => [kind, times.nanoseconds(kind) / 1e6]));
}

function expectFlat(kind: CallKind): void {
  const least = steps.get(SIZES[0]!)!.get(kind)!;
  expect(least).toBeGreaterThan(1);
  for (const regions of SIZES.slice(1)) {
    const ratio = steps.get(regions)!.get(kind)! / least;
    expect(ratio, `${regions} regions`).toBeLessThan(1.1);
  }
}

describe("steps that a call takes are at most 10 % more than at 256 regions, up to the most there can be", () => {
  it.each(CALL_KINDS)("%s", expectFlat);
});
