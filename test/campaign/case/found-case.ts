import { Campaign } from "../../../host/campaign/campaign.js";
import { caseOf, type FailingCase } from "../../../host/campaign/case/failing-case.js";
import { PLAIN_END, PLAIN_SETTINGS } from "../../../host/campaign/world/plain-scenario.js";
import type { PolicyChoice } from "../../../host/campaign/world/policy-choice.js";
import { generateScenario } from "../../../host/campaign/world/scenario-generator.js";
import { ACTION_STORE, type Action, type Scenario } from "../../../host/campaign/world/scenario.js";
import type { BrokenPromise, Violation } from "../../../host/campaign/oracle/violation.js";
import { readDriver } from "../../../host/mirror/driver-binary.js";

export const RIG = readDriver("rig");

export const IMMEDIATE: PolicyChoice = { name: "immediate", flush: false, cooldownMs: 5 };

/** A scenario as generated, the first promise that it breaks, and the case of that. */
export interface FoundCase {
  readonly scenario: Scenario;
  readonly violation: Violation;
  readonly failing: FailingCase;
}

const SEEDS = 100;

/** The first case, from a seed on, in which a generated world breaks `promise` (of several, if not given). */
export function foundCase(
  policy: PolicyChoice,
  profiles: readonly [string, string],
  firstSeed: number,
  bug = 0,
  promise?: BrokenPromise,
): FoundCase {
  for (let seed = firstSeed; seed < firstSeed + SEEDS; seed++) {
    const scenario = generateScenario(seed, { policy, profiles, bug });
    const violation = firstViolation(scenario);
    if (violation === null || (promise !== undefined && violation.promises[0] !== promise)) continue;
    return { scenario, violation, failing: caseOf(scenario, violation) };
  }
  throw new Error(`${policy.name} breaks nothing in ${SEEDS} scenarios: a rig that finds nothing`);
}

/** The first promise that a scenario breaks. */
export function firstViolation(scenario: Scenario): Violation | null {
  return new Campaign(RIG, scenario.geometry).run(scenario, 0, 1).violations[0] ?? null;
}

/** A world in which one page is written back while a thread stores into it; `timing` decides who wins. */
export function racingStores(timing: number): Scenario {
  return {
    ...PLAIN_SETTINGS,
    policy: IMMEDIATE,
    profiles: ["mlc", "mlc"],
    boots: [{ actions: [STORE, { ...STORE, atUs: 7500 }], end: { ...PLAIN_END, atUs: 30_000 } }],
    timing,
  };
}

const STORE: Action = { atUs: 0, kind: ACTION_STORE, page: 3, sector: 0, piece: 0, amount: 0 };
