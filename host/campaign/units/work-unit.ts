import type { ReportData } from "../campaign-report.js";
import { runDishonestCampaign } from "../dishonest-campaign.js";
import { runMemberCampaign } from "../member-campaign.js";
import { runMatrixCell, type MatrixCell } from "../matrix/matrix-cell.js";
import type { UncutRun } from "../matrix/uncut-run.js";
import { Checks } from "../oracle/checks.js";
import type { BrokenPromise, Violation } from "../oracle/violation.js";
import { settleSearch, type SettleQuestion } from "../settle/settle-search.js";
import type { SmallestSafe } from "../settle/smallest-safe.js";
import type { CutSchedule } from "../search/cut-schedule.js";
import type { ExtraSettings } from "../workload/workload.js";
import { workload } from "../workload/workloads.js";
import type { CleanArrays } from "../world/clean-arrays.js";
import type { PolicyChoice } from "../world/policy-choice.js";
import type { Scenario } from "../world/scenario.js";
import type { Holes } from "../world/scenario-generator.js";
import type { TransitionData } from "../world/transition-hits.js";

/** A workload under one clearing policy, from one seed. */
export interface PolicyUnit {
  readonly kind: "policy";
  /** The promises that are looked at; default: all. */
  readonly promises?: readonly BrokenPromise[];
  readonly policy: PolicyChoice;
  readonly holes: Holes;
  readonly settings?: ExtraSettings;
  /** Name of the workload. */
  readonly workload: string;
  readonly profiles?: readonly [string, string];
  readonly seed: number;
  /** Moments at which the power is cut, or could be under a schedule. */
  readonly budget: number;
  readonly schedule?: CutSchedule;
}

/** Histories of members on one class of cards. */
export interface MembersUnit {
  readonly kind: "members";
  /** The promises that are looked at; default: all. */
  readonly promises?: readonly BrokenPromise[];
  readonly profile: string;
  /** BITMAP_... */
  readonly scheme: number;
  readonly firstSeed: number;
  readonly worlds: number;
  readonly schedule?: CutSchedule;
  /** Every third history is of a kind that comes to what the others seldom do. */
  readonly seldom?: true;
}

/** Worlds on cards of which one or both lie, or none as the measure of those. */
export interface DishonestUnit {
  readonly kind: "dishonest";
  /** The promises that are looked at; default: all. */
  readonly promises?: readonly BrokenPromise[];
  readonly profiles: readonly [string, string];
  readonly firstSeed: number;
  readonly worlds: number;
  readonly schedule?: CutSchedule;
}

/** One cell of the matrix of policies and classes of cards. */
export interface MatrixUnit extends MatrixCell {
  readonly kind: "matrix";
}

/** One point of a settle curve, searched for. */
export interface SettleUnit extends SettleQuestion {
  readonly kind: "settle";
}

/**
 * A part of a campaign that depends on no other part: its result is the same whichever thread or machine runs it, and
 * in whatever order.
 */
export type WorkUnit = PolicyUnit | MembersUnit | DishonestUnit | MatrixUnit | SettleUnit;

/** A broken promise, and the world in which it was. */
export interface FirstFailure {
  readonly scenario: Scenario;
  readonly violation: Violation;
}

/** What came of a unit: data that JSON can hold. */
export interface UnitResult {
  readonly report: ReportData;
  /** Of histories of members. */
  readonly hits?: TransitionData;
  /** The first promise broken; null for none. Of members and dishonest cards. */
  readonly first?: FirstFailure | null;
  /** Worlds in which some promise was broken, of dishonest cards. */
  readonly worldsBroken?: number;
  /** Of a cell of the matrix. */
  readonly uncut?: UncutRun;
  /** Of a settle curve; null for sync-gated, which is not searched. */
  readonly found?: SmallestSafe | null;
}

/** Violations kept of each unit: what reports show of them; all are counted. */
const VIOLATIONS_KEPT = 8;

/**
 * Runs a unit to its end.
 * @param binary the rig build of the driver
 * @param arrays of this thread, shared by all its units
 */
export async function runUnit(unit: WorkUnit, binary: Uint8Array, arrays: CleanArrays): Promise<UnitResult> {
  const promises = "promises" in unit ? unit.promises : undefined;
  const checks = promises === undefined ? undefined : new Checks(promises);
  switch (unit.kind) {
    case "policy": {
      const { policy, holes, settings, profiles, seed, budget, schedule } = unit;
      const options = { binary, arrays, holes, settings, profiles, seed, budget, schedule, checks };
      const report = await workload(unit.workload).run(policy, options);
      return { report: report.data(VIOLATIONS_KEPT) };
    }
    case "members": {
      const { report, hits, first } = runMemberCampaign({ binary, arrays, checks, ...unit });
      return { report: report.data(VIOLATIONS_KEPT), hits: hits.data(), first };
    }
    case "dishonest": {
      const { report, first, worldsBroken } = runDishonestCampaign({ binary, arrays, checks, ...unit });
      return { report: report.data(VIOLATIONS_KEPT), first, worldsBroken };
    }
    case "matrix": {
      const { report, uncut } = runMatrixCell(unit, binary, arrays);
      return { report: report.data(VIOLATIONS_KEPT), uncut };
    }
    case "settle": {
      const { report, found } = settleSearch(unit, binary, arrays);
      return { report: report.data(VIOLATIONS_KEPT), found };
    }
  }
}
