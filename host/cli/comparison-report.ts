import { shrunkText } from "../campaign/case/shrink.js";
import { CampaignReport } from "../campaign/campaign-report.js";
import { scheduleText, type CutSchedule } from "../campaign/search/cut-schedule.js";
import type { Workload } from "../campaign/workload/workload.js";
import type { ComparedRow } from "./comparison.js";
import {
  coverageTable,
  POLICY_TABLE_NOTES,
  policyTable,
  VACUITY_NOTES,
  vacuityTable,
} from "./comparison-text.js";
import { coverageTableText, type JudgedCell } from "./campaign/coverage-table.js";
import { EXIT_HELD } from "./exit-codes.js";
import { grouped, large, seconds, share } from "./number-text.js";
import type { PolicyRow } from "./policy-rows.js";
import { reportJson } from "./report-json.js";
import { styled } from "./style.js";
import type { ToldCase } from "./told-case.js";
import { workloadCases } from "./workload-cases.js";

/** Everything that `torture` found. */
export interface Comparison {
  readonly rows: readonly ComparedRow[];
  /** The mail's two holes under sync-gated; none unless all policies were compared. */
  readonly holes: readonly ComparedRow[];
  readonly cases: ReadonlyMap<PolicyRow, ToldCase>;
  readonly workloads: readonly Workload[];
  /** Whether all policies were compared: then the exit code says whether each did what theory says. */
  readonly whole: boolean;
  /** Path of the module that was tortured; undefined: the package's own. */
  readonly driver: string | undefined;
  readonly seed: number;
  readonly scale: number;
  readonly exitCode: number;
  readonly interrupted: boolean;
  /** Which faults which kinds of writes met. */
  readonly faults: readonly JudgedCell[];
  readonly schedule: CutSchedule | undefined;
  /** How much was run, a line; empty when all was. */
  readonly notRun: string;
}

const NOT_COVERED = `\
Not covered: F3 (durable pages destroyed by a cut), F4 (lying flush, silent rollback, misdirected writes: no driver
can win), F5 (a card dies, returns or is replaced), F6 (transient errors), one card losing power before the other.
Covered: F0 to F2, both cards present; both lose power at once, or the controller resets while they keep it.
`;

const CASES_INTRODUCTION =
  "One case of each policy that broke a promise; the replay commands also show timelines of both cards.\n";

const HOLES_INTRODUCTION = `\
The two holes that the mail leaves, under sync-gated. A buffer that changes in flight is written again by the next sync
only if the layer above knows that it changed. When its dirty flag is set too late, or when the buffer is forgotten
(truncate, direct I/O), no sync writes it, and the region is cleared while the cards differ. The transfer fingerprint
closes both: a write is answered when both cards have accepted the same bytes. A CRC16 takes one pair of contents in
65536 for equal; such a pair, injected, is its known limit (colliding).
`;

/**
 * The result for a person.
 * @param elapsedMs the only thing in it that differs between two runs with one seed
 */
export function comparisonText(comparison: Comparison, colour: boolean, elapsedMs: number): string {
  const { rows, holes, cases, workloads } = comparison;
  const parts = [policyTable(rows, colour)];
  parts.push(POLICY_TABLE_NOTES);
  if (holes.length > 0) parts.push(`${HOLES_INTRODUCTION}\n${policyTable(holes, colour)}`);
  parts.push(`Coverage, all policies together:\n${coverageTable(rows, workloads)}`);
  if (comparison.schedule !== undefined) parts.push(scheduleLine(comparison.schedule, [...rows, ...holes]));
  parts.push(coverageTableText(comparison.faults));
  parts.push(
    `Vacuity (without clears, resyncs and marked regions a run would prove nothing):\n${vacuityTable(rows)}${VACUITY_NOTES}${vacuousText(rows)}`,
  );
  parts.push(NOT_COVERED);
  const own = workloadCases(rows, comparison.driver);
  if (own !== "") parts.push(`The first case of each workload, as it was found:\n${own}`);
  if (cases.size > 0) parts.push(CASES_INTRODUCTION);
  for (const { row } of [...rows, ...holes]) {
    const told = cases.get(row);
    if (told !== undefined) parts.push(caseText(row, told, colour));
  }
  if (comparison.notRun !== "") parts.push(comparison.notRun);
  parts.push(conclusion(comparison, elapsedMs));
  return parts.join("\n");
}

/** How many moments were cut, of how many: never a bare count. */
function scheduleLine(schedule: CutSchedule, rows: readonly ComparedRow[]): string {
  const total = new CampaignReport();
  for (const row of rows) total.add(row.total);
  const { cuts, moments, secondCuts, secondPairs, secondPossible } = total;
  const bound = cuts < moments ? " (bounded)" : "";
  const line = `Schedule ${scheduleText(schedule)}: cut at ${share(cuts, moments)} of ${large(moments)} moments${bound}.\n`;
  if (secondCuts === 0) return line;
  const second = `${share(secondPairs, secondPossible)} of ${large(secondPossible)} outcomes${secondPairs < secondPossible ? " (bounded)" : ""}`;
  return `${line}Recoveries were cut again at ${grouped(secondCuts)} moments, ${second}.\n`;
}

function vacuousText(rows: readonly ComparedRow[]): string {
  return rows
    .filter(({ verdict }) => verdict === "vacuous")
    .map(({ row, total }) => `${row.title} proves nothing: ${total.vacuous(row.holds).join(", ")}\n`)
    .join("");
}

function caseText(row: PolicyRow, told: ToldCase, colour: boolean): string {
  const heading = styled(`${row.title}: ${row.why}`, "heading", colour);
  return `${heading}\n(${shrunkText(told)})\n${told.shortStory}\n`;
}

function conclusion(comparison: Comparison, elapsedMs: number): string {
  const { rows, holes, whole, seed, scale, exitCode, interrupted, notRun } = comparison;
  const work = `seed ${seed}, scale ${scale}, ${seconds(elapsedMs)}`;
  if (interrupted) return `No verdict: the run was interrupted (${work}).\n`;
  if (!whole) return `${exitCode === EXIT_HELD ? "Held" : "Not held"} (${work}).\n`;
  const wrong = [...rows, ...holes].filter((row) => row.exitCode !== EXIT_HELD);
  if (wrong.length === 0 && exitCode === EXIT_HELD) {
    if (notRun !== "") return `Nothing against theory in what was run (${work}).\n`;
    return `Every policy did what theory says of it (${work}).\n`;
  }
  const texts = wrong.map(({ row, verdict }) =>
    row.holds
      ? `${row.title} must hold, and is ${verdict}`
      : `${row.title} was not caught breaking P1 and P3`,
  );
  return `Against theory: ${texts.join("; ")} (${work}).\n`;
}

/** The result for a program; two runs with one seed print the same. */
export function comparisonJson(comparison: Comparison): Record<string, unknown> {
  const { rows, holes, cases, seed, scale, exitCode, interrupted } = comparison;
  return {
    version: 1,
    campaign: "policies",
    seed,
    scale,
    schedule: comparison.schedule === undefined ? null : scheduleText(comparison.schedule),
    exitCode,
    interrupted,
    policies: rows.map((row) => rowJson(row, cases)),
    holes: holes.map((row) => rowJson(row, cases)),
    coverage: comparison.faults,
    notCovered: ["F3", "F4", "F5", "F6"],
  };
}

function rowJson(result: ComparedRow, cases: ReadonlyMap<PolicyRow, ToldCase>): Record<string, unknown> {
  const { row, verdict, partial, exitCode, total, reports } = result;
  const told = cases.get(row);
  return {
    policy: row.name,
    title: row.title,
    expected: row.holds ? "safe" : "UNSAFE",
    result: verdict,
    partial,
    exitCode,
    total: reportJson(total),
    workloads: Object.fromEntries([...reports].map(([name, report]) => [name, reportJson(report)])),
    ...(told === undefined ? {} : { case: toldJson(told) }),
  };
}

function toldJson(told: ToldCase): Record<string, unknown> {
  const { id, headline, story, actionsBefore, actionsAfter, replay } = told;
  return { id, headline, story, actionsBefore, actionsAfter, replay };
}
