import type { Command } from "commander";
import { runUnits } from "./campaign/run-plan.js";
import { workersOf } from "./campaign/run-options.js";
import { TaskPool } from "./campaign/task-pool.js";
import { EXIT_CODES_HELP, EXIT_INTERRUPTED } from "./exit-codes.js";
import { settleCurves, settleExitCode, settleUnits, type SettleOptions } from "./settle/settle-points.js";
import { settleEnd, settleJson, settleText } from "./settle/settle-text.js";
import type { Terminal } from "./terminal.js";
import { SEED_MAX } from "./dut-options.js";
import { numberIn, UsageError, wholeNumberIn } from "./usage-error.js";

/** What was asked for, as texts. */
interface SettleTexts {
  readonly loss: string;
  readonly lag: string;
  readonly seed: string;
  readonly scale: string;
  readonly workers?: string;
  readonly json?: boolean;
}

/** Up to the longest that was measured on a card (profiles/late-settle.json). */
const LOSSES_MS = [0, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1600];
const LAGS_MS = [5, 10, 20, 50, 100, 200];
const LOSS_MS_MAX = 10_000;
/** Worlds that each time is tried on at scale 1. */
const WORLDS = 12;
const SCALE_MIN = 0.1;
const SCALE_MAX = 10_000;

const HELP = `
A time is safe if no outcome of a cut after any event of its worlds broke a promise, and the range of times is halved until the
smallest is found. It is a search: a time that it calls unsafe is; one that it calls safe broke nothing here.

Examples:
  syncgate bench settle                        losses of 0 to 1600 ms, about a minute on two cores
  syncgate bench settle --loss 5,50 --lag 40 --scale 10
  syncgate bench settle --json                 every time that was tried
${EXIT_CODES_HELP}`;

/** `syncgate bench settle`. @param finish gets the exit code */
export function benchSettleCommand(
  command: Command,
  terminal: Terminal,
  finish: (code: number) => void,
): void {
  command
    .description(
      "Searches for the shortest time that is safe to wait, on cards that lose what they answered for.",
    )
    .option(
      "--loss <list>",
      "what cards may lose after their answer, ms; none: nothing of it",
      LOSSES_MS.join(","),
    )
    .option(
      "--lag <list>",
      "how long write-back lags, ms, at least 1; none: nothing of it",
      LAGS_MS.join(","),
    )
    .option("--seed <number>", "another seed, other worlds; the same seed, the same curves", "1")
    .option("--scale <factor>", "multiply the number of worlds that each time is tried on", "1")
    .option("--workers <number>", "threads to run on, changing no result; default: one for each core")
    .option("--json", "print the result as JSON")
    .addHelpText("after", HELP)
    .action(async (texts: SettleTexts) => finish(await run(texts, terminal)));
}

async function run(texts: SettleTexts, terminal: Terminal): Promise<number> {
  const startedMs = performance.now();
  const options = settleOptions(texts);
  const units = settleUnits(options);
  const pool = new TaskPool(workersOf(texts.workers));
  try {
    const { results, ended } = await runUnits(units, pool, terminal);
    const curves = settleCurves(units, results);
    const interrupted = ended === "interrupted";
    const exitCode = interrupted ? EXIT_INTERRUPTED : settleExitCode(curves);
    if (texts.json === true) {
      const { seed, worlds } = options;
      const result = { version: 1, seed, worlds, exitCode, interrupted, ...settleJson(curves) };
      terminal.print(`${JSON.stringify(result, null, 2)}\n`);
    } else {
      const end = settleEnd(options, performance.now() - startedMs);
      terminal.print(
        `${settleText(curves, options, terminal.colour)}\n${interrupted ? "Interrupted. " : ""}${end}`,
      );
    }
    return exitCode;
  } finally {
    await pool.close();
  }
}

/** @throws UsageError of one sentence */
function settleOptions(texts: SettleTexts): SettleOptions {
  const lossesMs = numbersOf("--loss", texts.loss, 0);
  const lagsMs = numbersOf("--lag", texts.lag, 1);
  if (lossesMs.length + lagsMs.length === 0) {
    throw new UsageError("--loss and --lag are both none: give one of them some numbers");
  }
  return {
    lossesMs,
    lagsMs,
    seed: wholeNumberIn("--seed", texts.seed, 0, SEED_MAX),
    worlds: Math.max(1, Math.round(WORLDS * numberIn("--scale", texts.scale, SCALE_MIN, SCALE_MAX))),
  };
}

/** Ascending, each once. */
function numbersOf(option: string, text: string, least: number): number[] {
  if (text === "none") return [];
  const numbers = text.split(",").map((part) => wholeNumberIn(option, part, least, LOSS_MS_MAX));
  return [...new Set(numbers)].toSorted((a, b) => a - b);
}
