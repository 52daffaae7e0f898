import type { Campaign } from "../campaign/campaign.js";
import { generateMailScenario } from "../campaign/world/mail-scenario.js";
import type { Scenario } from "../campaign/world/scenario.js";
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
 * Searches for a scenario in which a policy breaks P1 and P3.
 * @param campaign of the geometry TINY
 * @returns null if none of SCENARIOS_MAX does
 */
export function findFailingScenario(
  campaign: Campaign,
  row: PolicyRow,
  seed: number,
): FailingScenario | null {
  const { policy, holes, storyProfiles, settings } = row;
  for (let tried = 1; tried <= SCENARIOS_MAX; tried++) {
    const options = { policy, holes, profiles: storyProfiles };
    const scenario = { ...generateMailScenario(Math.imul(seed, SEED_STRIDE) + tried, options), ...settings };
    const violation = campaign
      .run(scenario, 0, 1)
      .violations.find(({ promises }) => promises.includes("P1") && promises.includes("P3"));
    if (violation !== undefined) return { scenario, violation, tried };
  }
  return null;
}
