import { CampaignReport } from "../campaign/campaign-report.js";
import { becomesClean } from "../campaign/world/policy-choice.js";
import type { Workload } from "../campaign/workload/workload.js";
import type { PolicyRow } from "./policy-rows.js";
import { runRow, type RowResult, type RowRunOptions } from "./row-run.js";
import { exitCodeAgainstTheory, exitCodeOf, gravest, verdictOf, type Verdict } from "./verdict.js";

/** A row of the table as it came out. */
export interface ComparedRow extends RowResult {
  readonly verdict: Verdict;
  /** Whether it was left unfinished by Ctrl-C. */
  readonly partial: boolean;
  readonly exitCode: number;
}

/**
 * Runs rows one after the other; Ctrl-C leaves out what has not begun.
 * @param asTheorySays an unsafe policy must be caught, instead of being a failure
 */
export async function compare(
  rows: readonly PolicyRow[],
  workloads: readonly Workload[],
  asTheorySays: boolean,
  options: RowRunOptions,
): Promise<ComparedRow[]> {
  const results: ComparedRow[] = [];
  for (const row of rows) {
    const result = await runRow(row, workloads, options);
    if (result.reports.size > 0) results.push(judged(result, workloads, asTheorySays));
    if (options.terminal.interrupted.aborted) break;
  }
  return results;
}

function judged(result: RowResult, workloads: readonly Workload[], asTheorySays: boolean): ComparedRow {
  const { row, total, reports } = result;
  const clears = becomesClean(row.policy);
  return {
    ...result,
    verdict: verdictOf(total, clears),
    partial: reports.size < workloads.length,
    exitCode: asTheorySays ? exitCodeAgainstTheory(total, clears, row.holds) : exitCodeOf(total, clears),
  };
}

/** The gravest of the rows. */
export function exitCodeOfRows(rows: readonly ComparedRow[]): number {
  return gravest(rows.map((row) => row.exitCode));
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
