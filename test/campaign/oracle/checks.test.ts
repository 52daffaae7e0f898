import { describe, expect, it } from "vitest";
import { BUG_EARLY_ACKNOWLEDGE, BUG_MARK_AFTER_DATA, BUG_NONE } from "../../../assembly/layout.js";
import { CampaignReport } from "../../../host/campaign/campaign-report.js";
import { Campaign } from "../../../host/campaign/campaign.js";
import { ALL_CHECKS, Checks } from "../../../host/campaign/oracle/checks.js";
import type { BrokenPromise } from "../../../host/campaign/oracle/violation.js";
import { CleanArrays } from "../../../host/campaign/world/clean-arrays.js";
import { generateScenario } from "../../../host/campaign/world/scenario-generator.js";
import { TINY } from "../../../host/campaign/world/scenario.js";
import { readDriver } from "../../../host/mirror/driver-binary.js";

const EVERY: readonly BrokenPromise[] = ["P1", "P2", "P3", "P4", "P5", "P6", "P7", "trap"];
const SYNC_GATED = { name: "sync-gated", flush: true, cooldownMs: 5 } as const;
const binary = readDriver("rig");
const arrays = new CleanArrays(binary);

/** The promises that a world with a bug breaks, by these checks. */
function brokenBy(checks: Checks, bug: number, profile: string): BrokenPromise[] {
  const scenario = generateScenario(1, { policy: SYNC_GATED, profiles: [profile, profile], bug });
  const { broken } = new Campaign(binary, TINY, arrays, checks).run(scenario);
  return EVERY.filter((promise) => broken[promise] > 0);
}

describe("checks", () => {
  it("look at what they are told to, and at nothing else", () => {
    const checks = new Checks(["P3", "P5"]);
    expect(checks.has("P3")).toBe(true);
    expect(checks.has("P1")).toBe(false);
    expect(checks.hasAny(["P1", "P5"])).toBe(true);
    expect(checks.hasAny(["P1", "trap"])).toBe(false);
    expect(checks.of(["P1", "P3"])).toEqual(["P3"]);
    expect(ALL_CHECKS.promises).toEqual(EVERY);
  });

  it("are of promises that exist, and at least one", () => {
    expect(() => new Checks([])).toThrow("at least one");
    expect(() => new Checks(["P8" as BrokenPromise])).toThrow('"P8"');
  });

  it("find each what they find together, alone", () => {
    const together = brokenBy(ALL_CHECKS, BUG_MARK_AFTER_DATA, "mlc");
    expect(together).toEqual(["P1", "P3"]);
    for (const promise of together)
      expect(brokenBy(new Checks([promise]), BUG_MARK_AFTER_DATA, "mlc")).toEqual([promise]);
    for (const promise of ["P4", "P7"] as const)
      expect(brokenBy(new Checks([promise]), BUG_MARK_AFTER_DATA, "mlc")).toEqual([]);
  });

  it("go on where another promise is broken: what is lost shows beside what differs", () => {
    expect(brokenBy(new Checks(["P2"]), BUG_EARLY_ACKNOWLEDGE, "tlc-cached")).toEqual(["P2"]);
  });

  it("find nothing in a driver without bugs", () => {
    for (const promise of ["P1", "P5", "P6"] as const)
      expect(brokenBy(new Checks([promise]), BUG_NONE, "mlc")).toEqual([]);
  });

  it("do not take a driver that stops itself for a broken promise", () => {
    const scenario = generateScenario(1, { policy: SYNC_GATED, profiles: ["mlc", "mlc"] });
    const limits = { readsAll: true, bail: 1 };
    const noted = (checks: Checks): BrokenPromise[] => {
      const report = new CampaignReport();
      const world = new Campaign(binary, TINY, arrays, checks).world(scenario, report, limits);
      world.complain(["trap"], -1, "an assertion failed");
      return report.violations.flatMap(({ promises }) => [...promises]);
    };
    expect(noted(ALL_CHECKS)).toEqual(["trap"]);
    for (const promise of EVERY.filter((each) => each !== "trap")) {
      expect(noted(new Checks([promise]))).toEqual([]);
    }
  });
});
