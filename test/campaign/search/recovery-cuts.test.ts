import { describe, expect, it } from "vitest";
import {
  BUG_HALF_REBUILT_BELIEVED,
  BUG_NONE,
  BUG_REBUILD_ENDS_WRONG_ORDER,
  BUG_SOLO_BOOT_UNRECORDED,
} from "../../../assembly/layout.js";
import { ALL_CHECKS } from "../../../host/campaign/oracle/checks.js";
import { Campaign } from "../../../host/campaign/campaign.js";
import { LoneRecoveryCuts } from "../../../host/campaign/search/lone-recovery-cuts.js";
import { RecoveredStates } from "../../../host/campaign/search/recovered-states.js";
import { Recovery } from "../../../host/campaign/search/recovery.js";
import { CleanArrays } from "../../../host/campaign/world/clean-arrays.js";
import { driverPolicy } from "../../../host/campaign/world/policy-choice.js";
import { TINY } from "../../../host/campaign/world/scenario.js";
import { worldDriverOptions } from "../../../host/campaign/world/world-driver-options.js";
import { readDriver } from "../../../host/mirror/driver-binary.js";
import { DriverModule } from "../../../host/mirror/driver-module.js";
import { WRITES, leavesBehind, shortHistory, spoils, takesBack } from "./short-histories.js";

const binary = readDriver("rig");
const arrays = new CleanArrays(binary);
const MANY = 1000;
const ALL = { loneEvery: 1 };

describe("cuts during the recovery of one card alone", () => {
  it.each(["slc", "ordered-cache"])("come to what was read before, on %s", (profile) => {
    const scenario = shortHistory(WRITES, profile);
    const { report, loneDepthTwo } = new Campaign(binary, TINY, arrays).runDepthTwo(scenario, MANY, 0, ALL);
    expect(report.violations).toEqual([]);
    expect(loneDepthTwo.boots).toBe(2 * report.distinct);
    // Both before the lone boot is recorded and after it.
    expect(loneDepthTwo.recorded).toBeGreaterThan(300);
    expect(loneDepthTwo.unrecorded).toBeGreaterThan(100);
    expect(loneDepthTwo.second.bounded).toBe(0);
  });

  it("do not take a sector that only the other card can read for a flip", () => {
    for (const slot of [0, 1]) {
      const campaign = new Campaign(binary, TINY, arrays);
      const { report, loneDepthTwo } = campaign.runDepthTwo(shortHistory(spoils(slot), "slc"), MANY, 0, ALL);
      expect(report.violations).toEqual([]);
      expect(loneDepthTwo.recorded).toBeGreaterThan(50);
    }
  });

  it("find a lone boot that answers and leaves no record", () => {
    const scenario = shortHistory(WRITES, "slc");
    const campaign = new Campaign(binary, TINY, arrays);
    const { contents, geometry } = campaign;
    const honest = {
      contents,
      geometry,
      driverOptions: worldDriverOptions(scenario, geometry),
      policy: driverPolicy(scenario.policy),
      checks: ALL_CHECKS,
    };
    const recovery = new Recovery({
      ...honest,
      driver: new DriverModule(binary),
      becomesClean: true,
      startDegraded: true,
    });
    // Only the boot that is cut has the bug: what comes before and after it is judged by a driver that has none.
    const loneRecoveryCuts = new LoneRecoveryCuts({
      ...honest,
      driver: new DriverModule(binary),
      driverOptions: { ...honest.driverOptions, seededBug: BUG_SOLO_BOOT_UNRECORDED },
      profiles: scenario.profiles,
      tickUs: scenario.tickUs,
      recovery,
      states: new RecoveredStates(),
    });
    const { violations } = campaign.run(scenario, 0, 1, { ...ALL, loneRecoveryCuts });
    expect(violations.map(({ promises, text }) => `${promises.join(" ")} ${text}`)).toEqual([
      "P2 card A: a lone boot that was cut answered, and is not recorded",
      "P2 card B: a lone boot that was cut answered, and is not recorded",
    ]);
  });
});

describe("cuts during the rebuild of a stale member", () => {
  it.each([
    ["that boots with the other card", leavesBehind(1)],
    ["that was taken back before", takesBack(0)],
  ])("%s come to its source's data", (_, actions) => {
    for (const profile of ["slc", "mlc"]) {
      const scenario = shortHistory(actions, profile);
      const { report, depthTwo } = new Campaign(binary, TINY, arrays).runDepthTwo(scenario, MANY, 0, ALL);
      expect(report.violations).toEqual([]);
      expect(depthTwo.rebuilds).toBeGreaterThan(5);
      expect(depthTwo.cutsInRebuild).toBeGreaterThan(200);
      expect(depthTwo.second.bounded).toBe(0);
    }
  });

  it.each([
    [BUG_NONE, []],
    [
      BUG_REBUILD_ENDS_WRONG_ORDER,
      ["P2 after a cut during recovery, assembly ends otherwise, with status 9"],
    ],
    [BUG_HALF_REBUILT_BELIEVED, ["P7 after a cut during recovery, assembly ended with status 9, not 0"]],
  ])("find seeded bug %i", (bug, found) => {
    const scenario = shortHistory(leavesBehind(1), "slc", bug);
    const { violations } = new Campaign(binary, TINY, arrays).runDepthTwo(scenario, MANY).report;
    const texts = new Set(violations.map(({ promises, text }) => `${promises.join(" ")} ${text}`));
    expect([...texts]).toEqual(found);
  });
});
