import type { Command } from "commander";
import { aloneTrials, ownTrial, weakChecks } from "../campaign/bugs/alone-table.js";
import type { BugTrial, TrialResult } from "../campaign/bugs/bug-trial.js";
import type { SeededBug } from "../campaign/bugs/seeded-bug.js";
import { SEEDED_BUGS } from "../campaign/bugs/seeded-bugs.js";
import { isSmall, SIZE_GOAL } from "../campaign/case/case-size.js";
import { aloneJson, aloneText, bugsJson, bugsText } from "./bugs-text.js";
import { workersOf } from "./campaign/run-options.js";
import { TaskPool } from "./campaign/task-pool.js";
import type { BugTask } from "./campaign/worker.js";
import { EXIT_BROKEN, EXIT_CODES_HELP, EXIT_HELD, EXIT_INTERRUPTED, EXIT_VACUOUS } from "./exit-codes.js";
import type { Terminal } from "./terminal.js";
import { listOf, UsageError, wholeNumberIn } from "./usage-error.js";

const HELP = `
Every mistake is switched on in turn in the rig build of the driver, under sync-gated, and hunted with random worlds until
the check of the promise that is named for it notices, with all other checks switched off. The world in which it is known
to die comes first. The production build has none of these switches.
--alone hunts each mistake with the check of each promise alone; of P1 to P7 each must catch two or more.
--shrink shrinks each case: it must come to ${SIZE_GOAL.operations} operations and ${SIZE_GOAL.cuts} cuts at most.

Examples:
  syncgate bugs
  syncgate bugs --shrink
  syncgate bugs --alone
  syncgate bugs --only late-epoch,overlapping-writes --json
${EXIT_CODES_HELP}`;

const WORLDS_DEFAULT = "1";
const WORLDS_MAX = 1000;

interface BugsFlags {
  readonly only?: string;
  readonly alone?: boolean;
  readonly shrink?: boolean;
  readonly worlds?: string;
  readonly workers?: string;
  readonly json?: boolean;
}

/** `syncgate bugs`. @param finish gets the exit code */
export function bugsCommand(command: Command, terminal: Terminal, finish: (code: number) => void): void {
  command
    .description("Switches on mistakes of the driver one by one, and catches them.")
    .option("--only <names>", "these bugs only, separated by commas")
    .option("--shrink", "shrink each case, and demand that it becomes small")
    .option("--alone", "the table of bugs and promises: which check catches which bug alone")
    .option(
      "--worlds <number>",
      `with --alone: worlds tried where none is known (default: "${WORLDS_DEFAULT}")`,
    )
    .option("--workers <number>", "threads; default: one for each core")
    .option("--json", "print the result as JSON")
    .addHelpText("after", HELP)
    .action(async (flags: BugsFlags) => {
      const entries = chosen(flags.only);
      const workers = workersOf(flags.workers);
      if (flags.alone === true && flags.shrink === true)
        throw new UsageError("--alone shrinks no case: leave out --shrink or --alone");
      if (flags.alone !== true && flags.worlds !== undefined)
        throw new UsageError("--worlds is of the table of --alone: add --alone, or leave it out");
      const worlds = wholeNumberIn("--worlds", flags.worlds ?? WORLDS_DEFAULT, 0, WORLDS_MAX);
      const trials =
        flags.alone === true
          ? aloneTrials(entries, worlds)
          : entries.map((entry) => ownTrial(entry, flags.shrink === true));
      const { results, elapsedMs } = await run(trials, workers, terminal);
      const isJson = flags.json === true;
      if (flags.alone === true) {
        terminal.print(isJson ? aloneJson(entries, results) : aloneText(entries, results, terminal.colour));
      } else {
        terminal.print(isJson ? bugsJson(entries, results) : bugsText(entries, results, elapsedMs, terminal));
      }
      if (terminal.interrupted.aborted) {
        const left = trials.length - results.length;
        terminal.complain(`Interrupted: ${left} of ${trials.length} hunts were not begun.\n`);
        return finish(EXIT_INTERRUPTED);
      }
      finish(flags.alone === true ? exitCodeOfTable(entries, results) : exitCodeOfHunts(results));
    });
}

function chosen(only: string | undefined): readonly SeededBug[] {
  if (only === undefined) return SEEDED_BUGS;
  const names = listOf(
    "seeded bug",
    only,
    SEEDED_BUGS.map(({ name }) => name),
  );
  return SEEDED_BUGS.filter(({ name }) => names.includes(name));
}

/** Results in the order of the trials, without those that were not begun. */
async function run(
  trials: readonly BugTrial[],
  workers: number,
  terminal: Terminal,
): Promise<{ results: TrialResult[]; elapsedMs: number }> {
  const startedMs = performance.now();
  const results: (TrialResult | null)[] = trials.map(() => null);
  let done = 0;
  const pool = new TaskPool(Math.min(workers, trials.length));
  try {
    await pool.run(
      trials.map((trial): BugTask => ({ kind: "bug", trial })),
      () => {
        terminal.progress(`${done}/${trials.length} hunts`);
        return terminal.interrupted.aborted;
      },
      (index, result) => {
        results[index] = result;
        done++;
      },
    );
  } finally {
    await pool.close();
  }
  terminal.progress("");
  return {
    results: results.filter((result) => result !== null),
    elapsedMs: performance.now() - startedMs,
  };
}

function exitCodeOfHunts(results: readonly TrialResult[]): number {
  if (results.some(({ world }) => world === null)) return EXIT_BROKEN;
  const isLarge = results.some(({ shrunk }) => shrunk !== null && !isSmall(shrunk));
  return isLarge ? EXIT_VACUOUS : EXIT_HELD;
}

/** Of some bugs only what their own checks do counts. */
function exitCodeOfTable(entries: readonly SeededBug[], results: readonly TrialResult[]): number {
  const isAlive = entries.some(({ name, check }) =>
    results.some(({ bug, promise, world }) => bug === name && promise === check && world === null),
  );
  if (isAlive) return EXIT_BROKEN;
  const isWhole = entries.length === SEEDED_BUGS.length;
  return isWhole && weakChecks(results).length > 0 ? EXIT_VACUOUS : EXIT_HELD;
}
