import { Campaign } from "../campaign.js";
import type { Scenario } from "../world/scenario.js";
import type { Checks } from "../oracle/checks.js";
import type { BrokenPromise, Violation } from "../oracle/violation.js";
import type { CleanArrays } from "../world/clean-arrays.js";
import { everyCardAlone } from "../world/lone-cards.js";

export interface ShrinkRunsOptions {
  /** The rig build of the driver. */
  readonly binary: Uint8Array;
  readonly arrays: CleanArrays;
  /** The promises that are looked at. */
  readonly checks: Checks;
  /** What must be broken for a scenario to count as failing. */
  readonly promises: readonly BrokenPromise[];
  /** After so many runs no other scenario fails. */
  readonly runsMax: number;
  /** 2: the recoveries of all outcomes are cut again, which takes a hundred times as long. */
  readonly depth: 1 | 2;
}

/**
 * Runs candidates of a shrinking case, each at most once and all in a fresh campaign: whether a scenario fails then
 * depends on nothing but the scenario.
 */
export class ShrinkRuns {
  /** Candidates run so far. */
  runs = 0;
  private readonly known = new Map<string, Violation | null>();

  constructor(private readonly options: ShrinkRunsOptions) {}

  get exhausted(): boolean {
    return this.runs >= this.options.runsMax;
  }

  /**
   * The first violation among all cuts of the scenario's last boot, if it is of the promises wanted; else null.
   */
  failure(scenario: Scenario): Violation | null {
    const key = JSON.stringify(scenario);
    const known = this.known.get(key);
    if (known !== undefined) return known;
    if (this.exhausted) return null;
    this.runs++;
    const last = scenario.boots.length - 1;
    const { binary, arrays, checks, promises, depth } = this.options;
    const campaign = new Campaign(binary, scenario.geometry, arrays, checks);
    const report =
      depth === 1
        ? campaign.run(scenario, last, 1, everyCardAlone(scenario))
        : campaign.runDepthTwo(scenario, 1, last).report;
    const found = report.violations[0];
    const isWanted = found !== undefined && found.boot === last && sameSet(found.promises, promises);
    const violation = isWanted ? found : null;
    this.known.set(key, violation);
    return violation;
  }
}

/** Whether two violations break the same promises. */
export function sameSet(a: readonly BrokenPromise[], b: readonly BrokenPromise[]): boolean {
  return a.length === b.length && a.every((promise) => b.includes(promise));
}
