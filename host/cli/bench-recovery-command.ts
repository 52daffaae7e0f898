import { Command } from "commander";
import { benchRecovery, type RecoveryRates } from "../bench/recovery-bench.js";
import { readDriver } from "../mirror/driver-binary.js";
import { EXIT_HELD } from "./exit-codes.js";
import { grouped } from "./number-text.js";
import { stageTable } from "./stage-table.js";
import { textTable } from "./text-table.js";
import type { Terminal } from "./terminal.js";
import { numberIn } from "./usage-error.js";

/** Distinct recovered states a second that the rig is to reach on one core. */
const GOAL_PER_SECOND = 20_000;
const SECONDS_MAX = 3600;

/** `syncgate bench recovery`. @param finish gets the exit code */
export function benchRecoveryCommand(terminal: Terminal, finish: (code: number) => void): Command {
  return new Command("recovery")
    .description("Recoveries a second on the smallest geometry, one core, and where the time goes.")
    .option("--seconds <number>", "CPU time of the measurement", "4")
    .option("--json", "print the result as JSON")
    .addHelpText(
      "after",
      "\nExamples:\n  syncgate bench recovery\n  syncgate bench recovery --seconds 20 --json\n",
    )
    .action((options: { seconds: string; json?: boolean }) => {
      const secondsWanted = numberIn("--seconds", options.seconds, 0.01, SECONDS_MAX);
      const rates = benchRecovery(readDriver("rig"), secondsWanted, (part) => terminal.progress(part));
      const text = options.json === true ? `${JSON.stringify(rates, null, 2)}\n` : ratesText(rates);
      terminal.print(text);
      finish(EXIT_HELD);
    });
}

function ratesText(rates: RecoveryRates): string {
  const table = textTable(
    [{ title: "" }, { title: "TOTAL", right: true }, { title: "A SECOND", right: true }],
    [
      ["distinct recovered states", grouped(rates.distinct), grouped(Math.round(rates.distinctPerSecond))],
      ["outcomes of cuts", grouped(rates.pairs), grouped(Math.round(rates.pairsPerSecond))],
    ],
  );
  const reached = rates.distinctPerSecond >= GOAL_PER_SECOND ? "reached" : "not reached on this machine now";
  return (
    `Eight sectors, four regions; ${rates.cpuSeconds.toFixed(1)} s of CPU time, one core, warm. A recovery is assembly,\n` +
    `reads of all sectors, resync, the way to CLEAN, and all checks; the running systems are in the time too.\n\n` +
    `${table}\nGoal: ${grouped(GOAL_PER_SECOND)} distinct states a second: ${reached}.\n\n` +
    `Where the time goes (sampled in a further run):\n${stageTable(rates.stages)}`
  );
}
