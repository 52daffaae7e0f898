import type { Command } from "commander";
import { benchRig, rigUnit, type RigBench, type RigRates } from "../bench/rig-bench.js";
import { readDriver } from "../mirror/driver-binary.js";
import { measurePools, type PoolSpeed } from "./campaign/pool-speed.js";
import { EXIT_HELD } from "./exit-codes.js";
import { grouped, outcomesText, volume } from "./number-text.js";
import { stageTable } from "./stage-table.js";
import { textTable } from "./text-table.js";
import type { Terminal } from "./terminal.js";
import { numberIn, wholeNumberIn } from "./usage-error.js";

/** Goals on one core of the machine that the project is measured on, on the smallest geometry. */
const DISTINCT_GOAL = 30_000;
const PAIRS_GOAL = 150_000;
const RATIO_GOAL = 1.8;
const SECONDS_MAX = 3600;
const ROUNDS_MAX = 99;
/** Of the comparison of workers: each takes some tenths of a second, and both workers get as many. */
const UNITS = 40;
const UNIT_CUTS = 4500;

/** `syncgate bench rig`. @param finish gets the exit code */
export function benchRigCommand(command: Command, terminal: Terminal, finish: (code: number) => void): void {
  command
    .description(
      "Recovered states and outcomes a second on one core, two workers beside one, and where time goes.",
    )
    .option("--seconds <number>", "CPU time of the measurement on each geometry", "4")
    .option("--rounds <number>", "comparisons of two workers with one; 0 for none", "3")
    .option("--json", "print the result as JSON")
    .addHelpText(
      "after",
      "\nExamples:\n  syncgate bench rig\n  syncgate bench rig --seconds 20 --rounds 0 --json\n",
    )
    .action(async (options: { seconds: string; rounds: string; json?: boolean }) => {
      const secondsWanted = numberIn("--seconds", options.seconds, 0.01, SECONDS_MAX);
      const rounds = wholeNumberIn("--rounds", options.rounds, 0, ROUNDS_MAX);
      const bench = await benchRig(readDriver("rig"), secondsWanted, (part) => terminal.progress(part));
      terminal.progress("comparing two workers with one");
      const units = Array.from({ length: UNITS }, (_, at) => rigUnit("tiny", UNIT_CUTS, at));
      const pools = rounds === 0 ? null : await measurePools(units, rounds, () => performance.now());
      const json = options.json === true;
      terminal.print(json ? `${JSON.stringify({ ...bench, pools }, null, 2)}\n` : rigText(bench, pools));
      finish(EXIT_HELD);
    });
}

function rigText({ rates, stages }: RigBench, pools: PoolSpeed | null): string {
  const [smallest] = rates as readonly [RigRates];
  const table = textTable(
    [
      { title: "ARRAY" },
      { title: "CPU", right: true },
      { title: "CUTS", right: true },
      { title: "OUTCOMES", right: true },
      { title: "OUTCOMES/S", right: true },
      { title: "STATES", right: true },
      { title: "STATES/S", right: true },
    ],
    rates.map((row) => [
      `${volume(row.dataSectors)} in ${row.regions} regions`,
      `${row.cpuSeconds.toFixed(1)} s`,
      grouped(row.cuts),
      outcomesText(row),
      grouped(Math.round(row.pairsPerSecond)),
      grouped(row.distinct),
      grouped(Math.round(row.distinctPerSecond)),
    ]),
  );
  return (
    `One core, warm, CPU time. OUTCOMES: of cuts, judged, of all there were. STATES: different ones among them, each\n` +
    `recovered: assembly, reads, resync, the way to CLEAN, all checks. The running systems are in the time too.\n\n` +
    `${table}\n` +
    goalText("states a second on the smallest array", smallest.distinctPerSecond, DISTINCT_GOAL) +
    goalText("outcomes a second on the smallest array", smallest.pairsPerSecond, PAIRS_GOAL) +
    (pools === null ? "" : poolText(pools)) +
    `\nWhere the time goes on the smallest array (sampled in a further run):\n${stageTable(stages)}`
  );
}

function poolText({ units, rounds, ratio }: PoolSpeed): string {
  const reached = ratio >= RATIO_GOAL ? "reached" : "not reached on this machine now";
  return (
    `Two workers: ${ratio.toFixed(2)} times one (${units} units, median of ${rounds.length} rounds); ` +
    `goal ${RATIO_GOAL}: ${reached}.\n`
  );
}

function goalText(what: string, rate: number, goal: number): string {
  const reached = rate >= goal ? "reached" : "not reached on this machine now";
  return `Goal of ${grouped(goal)} ${what}: ${reached}.\n`;
}
