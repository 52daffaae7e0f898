import type { Scenario } from "../world/scenario.js";
import type { Violation } from "../oracle/violation.js";

/** The options chosen on each card: for each axis of its crash space, in order, the index of one. */
export type OutcomeChoices = readonly [readonly number[], readonly number[]];

/** Everything that decides one broken promise: the world, the moment of the cut, and what each card kept. */
export interface FailingCase {
  /** Its last boot is the one that is cut. */
  readonly scenario: Scenario;
  /** Events of the last boot before the cut. */
  readonly step: number;
  /** null for a fault of the running system, which shows during the step after `step` events. */
  readonly choices: OutcomeChoices | null;
}

/** Index of the boot in which the case fails: the last one. */
export function failingBoot(failing: FailingCase): number {
  return failing.scenario.boots.length - 1;
}

/** The case of a violation that a run of the scenario found; boots that follow it are left out. */
export function caseOf(scenario: Scenario, violation: Violation): FailingCase {
  return {
    scenario: { ...scenario, boots: scenario.boots.slice(0, violation.boot + 1) },
    step: violation.step,
    choices: violation.choices,
  };
}
