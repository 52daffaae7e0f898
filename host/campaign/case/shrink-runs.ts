import { Campaign } from "../campaign.js";
import type { Scenario } from "../world/scenario.js";
import type { BrokenPromise, Violation } from "../oracle/violation.js";

/**
 * Runs candidates of a shrinking case, each at most once and all in a fresh campaign: whether a scenario fails then
 * depends on nothing but the scenario.
 */
export class ShrinkRuns {
  /** Candidates run so far. */
  runs = 0;
  private readonly known = new Map<string, Violation | null>();

  /**
   * @param binary the rig build of the driver
   * @param promises what must be broken for a scenario to count as failing
   * @param runsMax after so many runs no other scenario fails
   */
  constructor(
    private readonly binary: Uint8Array,
    private readonly promises: readonly BrokenPromise[],
    private readonly runsMax: number,
    /** 2: the recoveries of all outcomes are cut again, which takes a hundred times as long. */
    private readonly depth: 1 | 2,
  ) {}

  get exhausted(): boolean {
    return this.runs >= this.runsMax;
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
    const campaign = new Campaign(this.binary, scenario.geometry);
    const report =
      this.depth === 1 ? campaign.run(scenario, last, 1) : campaign.runDepthTwo(scenario, 1, last).report;
    const found = report.violations[0];
    const isWanted = found !== undefined && found.boot === last && sameSet(found.promises, this.promises);
    const violation = isWanted ? found : null;
    this.known.set(key, violation);
    return violation;
  }
}

/** Whether two violations break the same promises. */
export function sameSet(a: readonly BrokenPromise[], b: readonly BrokenPromise[]): boolean {
  return a.length === b.length && a.every((promise) => b.includes(promise));
}
