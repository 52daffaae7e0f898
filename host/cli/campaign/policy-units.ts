import { CampaignReport } from "../../campaign/campaign-report.js";
import type { BrokenPromise } from "../../campaign/oracle/violation.js";
import type { CutSchedule } from "../../campaign/search/cut-schedule.js";
import type { PolicyUnit, UnitResult } from "../../campaign/units/work-unit.js";
import type { Workload } from "../../campaign/workload/workload.js";
import type { PolicyRow } from "../policy-rows.js";
import type { PlannedUnit } from "./campaign-plan.js";

/** How the rows of a table are run. */
export interface PolicyRunOptions {
  readonly seed: number;
  /** Multiple of each workload's own number of cuts. */
  readonly scale: number;
  /** Profiles of the two cards instead of each workload's own. */
  readonly profiles?: readonly [string, string] | undefined;
  /** The promises that are looked at; default: all. */
  readonly promises?: readonly BrokenPromise[] | undefined;
  /** Of workloads that take one. */
  readonly schedule?: CutSchedule | undefined;
}

/** What became of one policy. */
export interface RowResult {
  readonly row: PolicyRow;
  /** By the workload's name; of those of which some unit was run. */
  readonly reports: ReadonlyMap<string, CampaignReport>;
  readonly total: CampaignReport;
  /** Units that were run, of all. */
  readonly unitsDone: number;
  readonly units: number;
}

/** Parts of one workload: each takes a second or two. Seeds of different parts differ. */
export const PARTS_STRIDE = 1000;

/** The units of a table: row by row, workload by workload, each in parts. */
export function policyUnits(
  rows: readonly PolicyRow[],
  workloads: readonly Workload[],
  options: PolicyRunOptions,
): PlannedUnit[] {
  return rows.flatMap((row) =>
    workloads.flatMap((workload) =>
      partsOf(options.scale).map((share, part) => ({
        title: `${row.title}, ${workload.name}`,
        unit: policyUnit(row, workload, part, share, options),
      })),
    ),
  );
}

function policyUnit(
  { policy, holes, settings }: PolicyRow,
  workload: Workload,
  part: number,
  share: number,
  { seed, profiles, promises, schedule }: PolicyRunOptions,
): PolicyUnit {
  return {
    kind: "policy",
    policy,
    holes,
    ...(settings === undefined ? {} : { settings }),
    workload: workload.name,
    ...(profiles === undefined ? {} : { profiles }),
    ...(promises === undefined ? {} : { promises }),
    ...(schedule === undefined ? {} : { schedule }),
    seed: seed * PARTS_STRIDE + part,
    budget: Math.max(1, Math.round(workload.budget * share)),
  };
}

/**
 * The rows that the units of `policyUnits` came to; rows of which nothing was run are left out.
 * @param results of those units, in their order; null for what was not run
 */
export function rowResults(
  rows: readonly PolicyRow[],
  workloads: readonly Workload[],
  scale: number,
  results: readonly (UnitResult | null)[],
): RowResult[] {
  const parts = partsOf(scale).length;
  const units = workloads.length * parts;
  return rows.flatMap((row, index) => {
    const own = results.slice(index * units, (index + 1) * units);
    const unitsDone = own.filter((result) => result !== null).length;
    if (unitsDone === 0) return [];
    const reports = new Map<string, CampaignReport>();
    const total = new CampaignReport();
    for (const [at, { name }] of workloads.entries()) {
      const done = own.slice(at * parts, (at + 1) * parts).filter((result) => result !== null);
      if (done.length === 0) continue;
      const report = new CampaignReport();
      for (const result of done) report.add(CampaignReport.from(result.report));
      reports.set(name, report);
      total.add(report);
    }
    return [{ row, reports, total, unitsDone, units }];
  });
}

/** 2.5 as a whole part, another one, and a half. */
export function partsOf(scale: number): number[] {
  const whole = Math.floor(scale);
  const rest = scale - whole;
  const parts = Array.from({ length: whole }, () => 1);
  return rest > 0 ? [...parts, rest] : parts;
}
