import type { Terminal } from "../terminal.js";
import type { UnitResult } from "../../campaign/units/work-unit.js";
import type { CampaignPlan, CampaignRun, PlannedUnit } from "./campaign-plan.js";
import type { FirmwareResult } from "./firmware-part.js";
import type { TaskPool } from "./task-pool.js";
import type { Task } from "./worker.js";

export interface PlanRunOptions<Result> {
  readonly pool: TaskPool;
  readonly terminal: Terminal;
  /** Units to be run, by index; those of other shards are left to them. */
  readonly own: readonly number[];
  /** Results that are known already, by index. */
  readonly known: ReadonlyMap<number, Result>;
  /** After so much real time no further unit is begun; Infinity for no limit. */
  readonly budgetMs: number;
  /** Told of each unit that ended, in whatever order they do. */
  readonly onUnit: (index: number, result: Result) => void;
}

/**
 * Runs units of a campaign until all are done, the budget is used up or Ctrl-C is heard; whole ones only, so that each
 * result is what it would be without a budget. Units of firmware, which may take minutes, hear Ctrl-C themselves.
 */
export async function runPlan<Result>(
  { units, device, firmware }: Pick<CampaignPlan<Result>, "units" | "device" | "firmware">,
  options: PlanRunOptions<Result>,
): Promise<CampaignRun<Result>> {
  const { pool, terminal, own, known, budgetMs, onUnit } = options;
  const results: (Result | null)[] = units.map((_, index) => known.get(index) ?? null);
  const open = own.filter((index) => results[index] === null);
  const startedMs = performance.now();
  const isOver = (): boolean => performance.now() - startedMs >= budgetMs;
  let done = own.length - open.length;
  const tasks = open.map((index): Task => {
    const { unit } = units[index]!;
    if (unit.kind === "device") return { kind: "device", unit, source: device! };
    return unit.kind === "firmware" ? { kind: "firmware", unit, source: firmware! } : { kind: "unit", unit };
  });
  const stopped: Result[] = [];
  await pool.run(
    tasks,
    () => terminal.interrupted.aborted || isOver(),
    (at, given) => {
      const index = open[at]!;
      const result = given as Result;
      if (tasks[at]!.kind === "firmware" && (given as FirmwareResult).stopped === true) {
        stopped.push(result);
        return;
      }
      results[index] = result;
      terminal.progress(`${++done}/${own.length} units: ${units[index]!.title}`);
      onUnit(index, result);
    },
  );
  const isWhole = own.every((index) => results[index] !== null);
  const ended = isWhole ? "complete" : terminal.interrupted.aborted ? "interrupted" : "budget";
  return { results, ended, isOver, stopped };
}

/** Runs all of some units, as one piece: what no file keeps. */
export async function runUnits(
  units: readonly PlannedUnit[],
  pool: TaskPool,
  terminal: Terminal,
): Promise<CampaignRun> {
  const own = units.map((_, index) => index);
  const known = new Map<number, UnitResult>();
  return runPlan({ units }, { pool, terminal, own, known, budgetMs: Infinity, onUnit: ignore });
}

function ignore(): void {}
