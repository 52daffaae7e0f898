import { CampaignReport } from "../campaign/campaign-report.js";
import type { CleanArrays } from "../campaign/world/clean-arrays.js";
import type { Workload } from "../campaign/workload/workload.js";
import type { PolicyRow } from "./policy-rows.js";
import { breathe, type Terminal } from "./terminal.js";

/** How the rows of a table are run. */
export interface RowRunOptions {
  readonly binary: Uint8Array;
  readonly arrays: CleanArrays;
  readonly seed: number;
  /** Multiple of each workload's own number of cuts. */
  readonly scale: number;
  /** Profiles of the two cards instead of each workload's own. */
  readonly profiles?: readonly [string, string] | undefined;
  readonly terminal: Terminal;
}

/** What became of one policy. */
export interface RowResult {
  readonly row: PolicyRow;
  /** By the workload's name; only those that were run to their end. */
  readonly reports: ReadonlyMap<string, CampaignReport>;
  readonly total: CampaignReport;
}

/** Parts of one workload: each takes a second or two, so that Ctrl-C is heard. Seeds of different parts differ. */
const PARTS_STRIDE = 1000;

/**
 * Runs one policy on the workloads. The same options give the same result, unless Ctrl-C ends it early.
 * @param workloads at least one
 */
export async function runRow(
  row: PolicyRow,
  workloads: readonly Workload[],
  options: RowRunOptions,
): Promise<RowResult> {
  const { terminal } = options;
  const reports = new Map<string, CampaignReport>();
  const total = new CampaignReport();
  for (const workload of workloads) {
    const report = new CampaignReport();
    for (const [part, share] of partsOf(options.scale).entries()) {
      await breathe();
      if (terminal.interrupted.aborted) return { row, reports, total };
      const { binary, arrays, profiles } = options;
      report.add(
        await workload.run(row.policy, {
          binary,
          arrays,
          profiles,
          holes: row.holes,
          settings: row.settings,
          seed: options.seed * PARTS_STRIDE + part,
          budget: Math.max(1, Math.round(workload.budget * share)),
          onProgress: (now) => {
            terminal.progress(`${row.title}, ${workload.name}: ${report.cuts + now.cuts} cuts`);
          },
        }),
      );
    }
    reports.set(workload.name, report);
    total.add(report);
  }
  return { row, reports, total };
}

/** 2.5 as a whole part, another one, and a half. */
function partsOf(scale: number): number[] {
  const whole = Math.floor(scale);
  const rest = scale - whole;
  const parts = Array.from({ length: whole }, () => 1);
  return rest > 0 ? [...parts, rest] : parts;
}
