import { describe, expect, it } from "vitest";
import {
  DISHONEST_CLASSES,
  VIOLATIONS_MAX,
  runDishonestCampaign,
  type DishonestCampaignResult,
} from "../../host/campaign/dishonest-campaign.js";
import { PROMISES } from "../../host/campaign/oracle/violation.js";
import { CleanArrays } from "../../host/campaign/world/clean-arrays.js";
import { readDriver } from "../../host/mirror/driver-binary.js";
import { FAULT_PROFILES, profile } from "../../host/sdcard-emulator/characteristics.js";

const binary = readDriver("rig");
const arrays = new CleanArrays(binary);

function on(a: string, b: string, worlds: number): DishonestCampaignResult {
  return runDishonestCampaign({ binary, arrays, profiles: [a, b], firstSeed: 100_001, worlds });
}

function brokenBy({ report }: DishonestCampaignResult): string[] {
  return PROMISES.filter((promise) => report.broken[promise] > 0);
}

describe("what dishonest cards break", () => {
  it("is counted for every class that the emulator has", () => {
    const classes = Object.values(FAULT_PROFILES).filter((card) => !card.collateral);
    expect(DISHONEST_CLASSES.map(({ profile: name }) => name)).toEqual(classes.map(({ name }) => name));
    for (const { honest } of DISHONEST_CLASSES) {
      expect(profile(honest)).toMatchObject({ flush: "honest", rollback: false, misdirectPerMille: 0 });
    }
  });

  it.each([
    // Both cards keep another part of what was flushed: a region called clean differs.
    ["lying-flush", 4, ["P1", "P3"]],
    // Nothing can be written durably: no array comes up, and the driver says so.
    ["endless-flush", 4, ["P7"]],
    ["rollback", 4, ["P1", "P3"]],
    // A sector of the right bytes at a wrong place was never written there.
    ["misdirect", 12, ["P4"]],
  ] as const)("by two cards of %s", (name, worlds, broken) => {
    const result = on(name, name, worlds);
    expect(result.report.lies).toBeGreaterThan(0);
    expect(brokenBy(result)).toEqual(expect.arrayContaining([...broken]));
    expect(result.report.broken.trap).toBe(0);
    expect(result.worldsBroken).toBeGreaterThan(0);
    expect(result.first!.scenario.profiles).toEqual([name, name]);
    expect(result.report.violations.length).toBeLessThanOrEqual(worlds * VIOLATIONS_MAX);
  });

  it("is nothing on the honest class, in the same worlds", () => {
    const result = on("mlc", "mlc", 2);
    expect([brokenBy(result), result.worldsBroken, result.report.lies]).toEqual([[], 0, 0]);
    expect(result.report.vacuous(true)).toEqual([]);
  });

  it("is nothing where only one card's flush never ends: that card is left behind", () => {
    const result = on("endless-flush", "tlc-cached", 12);
    expect(brokenBy(result)).toEqual([]);
    expect(result.report.lies).toBeGreaterThan(12);
    expect(result.report.writes).toBeGreaterThan(40);
  });
});
