import type { Campaign } from "../campaign/campaign.js";
import { generateMailScenario } from "../campaign/world/mail-scenario.js";
import type { Scenario } from "../campaign/world/scenario.js";
import type { Checks } from "../campaign/oracle/checks.js";
import type { Violation } from "../campaign/oracle/violation.js";
import type { PolicyRow } from "./policy-rows.js";

/** A scenario that breaks a promise, and how. */
export interface FailingScenario {
  readonly scenario: Scenario;
  readonly violation: Violation;
  /** Scenarios tried, this one included. */
  readonly tried: number;
}

/** One in five or so fails where any can. */
const SCENARIOS_MAX = 400;
const SEED_STRIDE = 1009;

/**
 * Searches for a scenario in which a policy breaks P1 and P3, or that one of them which is looked at.
 * @param campaign of the geometry TINY, with these checks
 * @returns null if none of SCENARIOS_MAX does, or neither is looked at
 */
export function findFailingScenario(
  campaign: Campaign,
  row: PolicyRow,
  seed: number,
  checks: Checks,
): FailingScenario | null {
  const sought = checks.promises.filter((promise) => promise === "P1" || promise === "P3");
  if (sought.length === 0) return null;
  const { policy, holes, storyProfiles, settings } = row;
  for (let tried = 1; tried <= SCENARIOS_MAX; tried++) {
    const options = { policy, holes, profiles: storyProfiles };
    const scenario = { ...generateMailScenario(Math.imul(seed, SEED_STRIDE) + tried, options), ...settings };
    const violation = campaign
      .run(scenario, 0, 1)
      .violations.find(({ promises }) => sought.every((promise) => promises.includes(promise)));
    if (violation !== undefined) return { scenario, violation, tried };
  }
  return null;
}
