import { describe, expect, it } from "vitest";
import { Campaign } from "../../../host/campaign/campaign.js";
import { PLAIN_SETTINGS } from "../../../host/campaign/world/plain-scenario.js";
import { generateMemberScenario } from "../../../host/campaign/world/member-scenario.js";
import { END_POWER, TINY, type Scenario } from "../../../host/campaign/world/scenario.js";
import { readDriver } from "../../../host/mirror/driver-binary.js";
import {
  WRITES,
  leavesBehind,
  shortHistory,
  spoils,
  takesBack,
} from "../../campaign/search/short-histories.js";

const PROFILES = ["slc", "mlc", "tlc-cached", "ordered-cache"] as const;
const POLICY = { name: "sync-gated", flush: true, cooldownMs: 5 } as const;
const MANY = 1000;

/**
 * Every cut of a small run, every outcome of it, every cut of the recovery of each, every outcome of that: nothing is
 * left out, and each comes to the data of the recovery that was not cut.
 */
describe("cuts during recovery, exhaustively", () => {
  it.each(PROFILES)("on two %s cards", (profile) => {
    const scenario: Scenario = {
      ...PLAIN_SETTINGS,
      policy: POLICY,
      profiles: [profile, profile],
      boots: [{ actions: WRITES, end: { topology: END_POWER, atUs: 60_000, pick: 0 } }],
    };
    const { report, depthTwo } = new Campaign(readDriver("rig"), TINY).runDepthTwo(scenario);
    console.log(
      `${profile}: ${report.cuts} cuts, ${report.pairs} outcomes, ${report.distinct} distinct; in ${depthTwo.recoveries} ` +
        `recoveries ${depthTwo.second.cuts} cuts, ${depthTwo.second.pairs} outcomes`,
    );
    expect(report.violations).toEqual([]);
    expect(report.vacuous(true)).toEqual([]);
    expect([report.bounded, depthTwo.second.bounded]).toEqual([0, 0]);
    expect(depthTwo.recoveries).toBe(report.distinct);
    expect(depthTwo.second.pairs).toBeGreaterThan(300);
  });
});

/** The same where a member was left behind and is rebuilt, and for each card alone at each outcome of each first cut. */
describe("cuts during lone boots and rebuilds, exhaustively", () => {
  const histories = {
    "both in sync": WRITES,
    "A left behind": leavesBehind(0),
    "B left behind": leavesBehind(1),
    "A taken back": takesBack(0),
    "B taken back": takesBack(1),
    "A spoiled": spoils(0),
    "B spoiled": spoils(1),
  };

  it.each([...PROFILES, "slow-settle"])("on two %s cards", (profile) => {
    for (const [title, actions] of Object.entries(histories)) {
      const scenario = shortHistory(actions, profile);
      const campaign = new Campaign(readDriver("rig"), TINY);
      const { report, depthTwo, loneDepthTwo } = campaign.runDepthTwo(scenario, MANY, 0, { loneEvery: 1 });
      console.log(
        `${profile}, ${title}: ${depthTwo.rebuilds} rebuilds cut into ${depthTwo.cutsInRebuild} outcomes; ` +
          `${loneDepthTwo.boots} lone boots, ${loneDepthTwo.second.cuts} cuts, ${loneDepthTwo.second.pairs} outcomes`,
      );
      expect(report.violations).toEqual([]);
      expect([report.bounded, depthTwo.second.bounded, loneDepthTwo.second.bounded]).toEqual([0, 0, 0]);
      expect(loneDepthTwo.recorded).toBeGreaterThan(100);
      expect(loneDepthTwo.unrecorded).toBeGreaterThan(20);
      // A rebuild on cards that settle slowly may not have begun when its history ends.
      if (profile !== "slow-settle" && (title.includes("left") || title.includes("taken")))
        expect(depthTwo.cutsInRebuild).toBeGreaterThan(200);
    }
  });
});

describe("cuts during recovery in random histories of members", () => {
  it.each(PROFILES)("on two %s cards", (profile) => {
    const campaign = new Campaign(readDriver("rig"), TINY);
    let [rebuilds, boots] = [0, 0];
    for (let seed = 1; seed <= 28; seed++) {
      const scenario = generateMemberScenario(seed, {
        policy: POLICY,
        profiles: [profile, profile],
        bootsMax: 2,
      });
      const { report, depthTwo, loneDepthTwo } = campaign.runDepthTwo(scenario);
      expect(report.violations).toEqual([]);
      rebuilds += depthTwo.rebuilds;
      boots += loneDepthTwo.boots;
    }
    expect(rebuilds).toBeGreaterThan(300);
    expect(boots).toBeGreaterThan(400);
  });
});
