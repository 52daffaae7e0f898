import { describe, expect, it } from "vitest";
import { Campaign } from "../../../host/campaign/campaign.js";
import { PLAIN_SETTINGS } from "../../../host/campaign/world/plain-scenario.js";
import {
  ACTION_DIRECT,
  ACTION_DIRECT_STORE,
  ACTION_STORE,
  ACTION_SYNC,
  END_POWER,
  TINY,
  type Action,
  type Scenario,
} from "../../../host/campaign/world/scenario.js";
import { readDriver } from "../../../host/mirror/driver-binary.js";

const action = (atUs: number, kind: number, page: number, sector = 0, piece = 0, amount = 0): Action => ({
  atUs,
  kind,
  page,
  sector,
  piece,
  amount,
});

/** A direct write across two regions, a page stored into while it is written, an epoch that clears. */
const ACTIONS: readonly Action[] = [
  ...[0, 1].map((sector) => action(0, ACTION_DIRECT_STORE, 0, sector)),
  action(0, ACTION_DIRECT, 1, 0, 0, 2),
  action(6000, ACTION_STORE, 1),
  action(6000, ACTION_SYNC, 0),
  action(6080, ACTION_STORE, 1, 0, 1),
];

/**
 * Every cut of a small run, every outcome of it, every cut of the recovery of each, every outcome of that: nothing is
 * left out, and each comes to the data of the recovery that was not cut.
 */
describe("cuts during recovery, exhaustively", () => {
  it.each(["slc", "mlc", "tlc-cached", "ordered-cache"])("on two %s cards", (profile) => {
    const scenario: Scenario = {
      ...PLAIN_SETTINGS,
      policy: { name: "sync-gated", flush: true, cooldownMs: 5 },
      profiles: [profile, profile],
      boots: [{ actions: ACTIONS, end: { topology: END_POWER, atUs: 60_000, pick: 0 } }],
    };
    const { report, depthTwo } = new Campaign(readDriver("rig"), TINY).runDepthTwo(scenario);
    console.log(
      `${profile}: ${report.cuts} cuts, ${report.pairs} outcomes, ${report.distinct} distinct; in ${depthTwo.recoveries} ` +
        `recoveries ${depthTwo.cuts} cuts, ${depthTwo.pairs} outcomes`,
    );
    expect(report.violations).toEqual([]);
    expect(report.vacuous(true)).toEqual([]);
    expect([report.bounded, depthTwo.bounded]).toEqual([0, 0]);
    expect(depthTwo.recoveries).toBe(report.distinct);
    expect(depthTwo.pairs).toBeGreaterThan(300);
  });
});
