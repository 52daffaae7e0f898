import { CampaignReport } from "../../campaign/campaign-report.js";
import { FAULT_LEVELS } from "../../campaign/coverage/fault-coverage.js";
import { mailWorkload } from "../../campaign/workload/mail-workload.js";
import { WORKLOADS } from "../../campaign/workload/workloads.js";
import { becomesClean } from "../../campaign/world/policy-choice.js";
import { profile, PROFILES } from "../../sdcard-emulator/characteristics.js";
import { comparisonJson, comparisonText, type Comparison } from "../comparison-report.js";
import { comparedRow, exitCodeOfRows, type ComparedRow } from "../comparison.js";
import { EXIT_HELD, EXIT_INTERRUPTED, EXIT_VACUOUS } from "../exit-codes.js";
import { FINGERPRINT_ROWS, HOLE_ROWS, POLICY_ROWS, type PolicyRow } from "../policy-rows.js";
import type { Terminal } from "../terminal.js";
import type { ToldCase } from "../told-case.js";
import { promisesOf, type TortureOptions } from "../torture-options.js";
import { brokenText } from "../verdict.js";
import type { CampaignCheck } from "./campaign-check.js";
import type { CampaignOutcome, CampaignPlan, CampaignRun } from "./campaign-plan.js";
import { coverageCheck, judgedCells, type CoverageFacts, type JudgedCell } from "./coverage-table.js";
import { policyUnits, rowResults } from "./policy-units.js";
import type { TaskPool } from "./task-pool.js";
import { unitsJson, unitsText } from "./units-run.js";
import type { CaseTask } from "./worker.js";

/** Classes of cards in the workloads, unless --profile names others. */
const DEFAULT_PROFILES = Object.keys(PROFILES);

/** The comparison of clearing policies, or the trial of some. */
export function policyCampaign(options: TortureOptions): CampaignPlan {
  const { workloads, scale } = options;
  // Theory says what all promises together come to; of some alone it says nothing.
  const whole = options.rows === null && options.promises === undefined;
  const rows = options.rows ?? [...POLICY_ROWS, ...FINGERPRINT_ROWS];
  const holes = whole ? HOLE_ROWS : [];
  const holeOptions = { ...options, scale: Math.max(1, scale) };
  const rowUnits = policyUnits(rows, workloads, options);
  const plan: CampaignPlan = {
    units: [...rowUnits, ...policyUnits(holes, [mailWorkload], holeOptions)],
    conclude: async (run, pool, terminal) => {
      const results = rowResults(rows, workloads, scale, run.results.slice(0, rowUnits.length));
      const holeResults = run.results.slice(rowUnits.length);
      const compared = results.map((result) => comparedRow(result, whole));
      const comparedHoles = rowResults(holes, [mailWorkload], holeOptions.scale, holeResults).map((result) =>
        comparedRow(result, true),
      );
      const all = [...compared, ...comparedHoles];
      const unsafe = all.filter(({ verdict }) => options.cases && verdict === "UNSAFE").map(({ row }) => row);
      const cases = await tellCases(unsafe, options, pool, terminal);
      const total = new CampaignReport();
      for (const row of all) total.add(row.total);
      const faults = judgedCells(total, factsOf(options, run));
      const interrupted = run.ended === "interrupted" || terminal.interrupted.aborted;
      return outcomeOf(plan, run, {
        rows: compared,
        holes: comparedHoles,
        cases,
        workloads,
        whole,
        driver: options.driver,
        seed: options.seed,
        scale,
        exitCode: interrupted ? EXIT_INTERRUPTED : exitCodeOf(all, faults),
        faults,
        schedule: options.schedule,
        interrupted,
        notRun: unitsText(run),
      });
    },
  };
  return plan;
}

/** Only the whole comparison must come through every cell. */
function factsOf(options: TortureOptions, { ended }: CampaignRun): CoverageFacts {
  const { rows, workloads, scale, schedule, profiles } = options;
  const isWhole =
    rows === null &&
    workloads.length === WORKLOADS.length &&
    scale >= 1 &&
    schedule === undefined &&
    ended === "complete";
  return {
    membersChange: false,
    lies: false,
    clears: rows === null || rows.some(({ policy }) => becomesClean(policy)),
    cards: (profiles ?? DEFAULT_PROFILES).map(profile),
    demanded: isWhole ? FAULT_LEVELS : [],
  };
}

function exitCodeOf(rows: readonly ComparedRow[], faults: readonly JudgedCell[]): number {
  const code = exitCodeOfRows(rows);
  return code === EXIT_HELD && faults.some(({ missed }) => missed) ? EXIT_VACUOUS : code;
}

/** One shrunk case of each. */
async function tellCases(
  rows: readonly PolicyRow[],
  options: TortureOptions,
  pool: TaskPool,
  terminal: Terminal,
): Promise<Map<PolicyRow, ToldCase>> {
  const told: (ToldCase | null)[] = rows.map(() => null);
  let done = 0;
  const tasks = rows.map((row): CaseTask => ({
    kind: "case",
    row,
    seed: options.seed,
    ...promisesOf(options),
  }));
  await pool.run(
    tasks,
    () => {
      terminal.progress(`shrinking cases: ${done}/${rows.length}`);
      return terminal.interrupted.aborted;
    },
    (index, result) => {
      told[index] = result;
      done++;
    },
  );
  return new Map(rows.flatMap((row, index) => (told[index] === null ? [] : [[row, told[index]!] as const])));
}

function outcomeOf(plan: CampaignPlan, run: CampaignRun, comparison: Comparison): CampaignOutcome {
  const { rows, holes, cases, exitCode } = comparison;
  return {
    exitCode,
    text: (colour, elapsedMs) => comparisonText(comparison, colour, elapsedMs),
    json: { ...comparisonJson(comparison), units: unitsJson(plan, run) },
    checks: [
      ...rows.map((row) => checkOf("policies", row, cases)),
      ...holes.map((row) => checkOf("holes", row, cases)),
      coverageCheck(comparison.faults),
    ],
  };
}

function checkOf(group: string, row: ComparedRow, cases: ReadonlyMap<PolicyRow, ToldCase>): CampaignCheck {
  const told = cases.get(row.row);
  return {
    group,
    name: row.row.title,
    passed: row.exitCode === EXIT_HELD,
    message: `${row.verdict}${row.partial ? " (unfinished)" : ""}, broken: ${brokenText(row.total)}`,
    failing: told === undefined ? null : { id: told.id, story: told.shortStory, replay: told.replay },
  };
}
