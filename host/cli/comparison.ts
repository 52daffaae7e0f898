import { CampaignReport } from "../campaign/campaign-report.js";
import { becomesClean } from "../campaign/world/policy-choice.js";
import type { Workload } from "../campaign/workload/workload.js";
import type { RowResult } from "./campaign/policy-units.js";
import { EXIT_HELD, EXIT_VACUOUS } from "./exit-codes.js";
import { exitCodeAgainstTheory, exitCodeOf, gravest, verdictOf, type Verdict } from "./verdict.js";

/** A row of the table as it came out. */
export interface ComparedRow extends RowResult {
  readonly verdict: Verdict;
  /** Whether some of it was not run. */
  readonly partial: boolean;
  readonly exitCode: number;
}

/**
 * Judges a row. Of one that was not run to its end only what it broke counts: what it did not show yet may come.
 * @param asTheorySays an unsafe policy must be caught, instead of being a failure
 */
export function comparedRow(result: RowResult, asTheorySays: boolean): ComparedRow {
  const { row, total, unitsDone, units } = result;
  const clears = becomesClean(row.policy);
  const partial = unitsDone < units;
  const code = asTheorySays ? exitCodeAgainstTheory(total, clears, row.holds) : exitCodeOf(total, clears);
  const exitCode = partial && code === EXIT_VACUOUS ? EXIT_HELD : code;
  return { ...result, verdict: verdictOf(total, clears), partial, exitCode };
}

/** The gravest of the rows; of none it is that nothing was shown. */
export function exitCodeOfRows(rows: readonly ComparedRow[]): number {
  return rows.length === 0 ? EXIT_VACUOUS : gravest(rows.map((row) => row.exitCode));
}

/** The reports of all rows, added up by workload, in the workloads' order. */
export function byWorkload(
  rows: readonly ComparedRow[],
  workloads: readonly Workload[],
): { workload: Workload; report: CampaignReport }[] {
  return workloads.map((workload) => {
    const report = new CampaignReport();
    for (const row of rows) {
      const part = row.reports.get(workload.name);
      if (part !== undefined) report.add(part);
    }
    return { workload, report };
  });
}
