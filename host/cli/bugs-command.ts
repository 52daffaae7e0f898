import { Command } from "commander";
import { CleanArrays } from "../campaign/world/clean-arrays.js";
import { killSeededBug, type Kill } from "../campaign/bugs/bug-hunt.js";
import { HIDDEN_BUGS } from "../campaign/bugs/hidden-bugs.js";
import type { SeededBug } from "../campaign/bugs/seeded-bug.js";
import { SEEDED_BUGS } from "../campaign/bugs/seeded-bugs.js";
import { readDriver } from "../mirror/driver-binary.js";
import { EXIT_BROKEN, EXIT_CODES_HELP, EXIT_HELD, EXIT_INTERRUPTED } from "./exit-codes.js";
import { grouped, outcomesText, seconds } from "./number-text.js";
import { styledCell } from "./style.js";
import { breathe, type Terminal } from "./terminal.js";
import { textTable, type Cell } from "./text-table.js";
import { listOf } from "./usage-error.js";

const HELP = `
Every mistake is switched on in turn in the rig build of the driver, under sync-gated, and hunted with random worlds
until the check named for it notices. The production build has none of these switches.

Examples:
  syncgate bugs
  syncgate bugs --only late-epoch,overlapping-writes --json
${EXIT_CODES_HELP}`;

interface TimedKill extends Kill {
  readonly elapsedMs: number;
}

/** `syncgate bugs`. @param finish gets the exit code */
export function bugsCommand(terminal: Terminal, finish: (code: number) => void): Command {
  return new Command("bugs")
    .summary("prove that the rig can fail: seeded mistakes of the driver must be caught")
    .description("Switches on mistakes of the driver one by one, and catches them.")
    .option("--only <names>", "these bugs only, separated by commas")
    .option("--json", "print the result as JSON")
    .addHelpText("after", HELP)
    .action(async (options: { only?: string; json?: boolean }) => {
      finish(await bugs(chosen(options.only), options.json === true, terminal));
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

async function bugs(entries: readonly SeededBug[], json: boolean, terminal: Terminal): Promise<number> {
  const binary = readDriver("rig");
  const arrays = new CleanArrays(binary);
  const kills: TimedKill[] = [];
  for (const entry of entries) {
    terminal.progress(`${kills.length + 1}/${entries.length} ${entry.name}`);
    await breathe();
    if (terminal.interrupted.aborted) break;
    const startedMs = performance.now();
    const kill = killSeededBug(binary, arrays, entry);
    kills.push({ ...kill, elapsedMs: performance.now() - startedMs });
  }
  terminal.progress("");
  terminal.print(json ? `${JSON.stringify(bugsJson(kills), null, 2)}\n` : bugsText(kills, terminal.colour));
  if (terminal.interrupted.aborted) {
    terminal.complain(
      `Interrupted: ${entries.length - kills.length} of ${entries.length} bugs were not tried.\n`,
    );
    return EXIT_INTERRUPTED;
  }
  return kills.every(({ violation }) => violation !== null) ? EXIT_HELD : EXIT_BROKEN;
}

function bugsText(kills: readonly TimedKill[], colour: boolean): string {
  const killed = kills.filter(({ violation }) => violation !== null).length;
  const table = textTable(
    [
      { title: "SEEDED BUG" },
      { title: "CHECK" },
      { title: "PROFILE" },
      { title: "WORLDS", right: true },
      { title: "OUTCOMES" },
      { title: "DISTINCT", right: true },
      { title: "TIME", right: true },
      { title: "RESULT" },
      { title: "MISTAKE" },
    ],
    kills.map((kill) => [
      kill.entry.name,
      kill.entry.check,
      kill.entry.profile,
      grouped(kill.seeds),
      outcomesText(kill.report),
      grouped(kill.report.distinct),
      seconds(kill.elapsedMs),
      resultCell(kill, colour),
      kill.entry.mistake,
    ]),
  );
  const hidden = textTable(
    [{ title: "NOT TRIED" }, { title: "SHOWN" }, { title: "WHY NO CAMPAIGN SHOWS IT" }],
    HIDDEN_BUGS.map(({ name, verdict, reason }) => [name, verdict, reason]),
  );
  return `${table}\nKilled ${killed} of ${kills.length} that must be.\n\n${hidden}`;
}

function resultCell({ violation }: Kill, colour: boolean): Cell {
  return violation === null ? styledCell("ALIVE", "bad", colour) : styledCell("killed", "good", colour);
}

function bugsJson(kills: readonly TimedKill[]): Record<string, unknown> {
  return {
    version: 1,
    bugs: kills.map(({ entry, violation, seeds, report, elapsedMs }) => ({
      name: entry.name,
      mistake: entry.mistake,
      check: entry.check,
      profile: entry.profile,
      killed: violation !== null,
      text: violation?.text ?? null,
      worlds: seeds,
      cuts: report.cuts,
      pairs: report.pairs,
      distinct: report.distinct,
      seconds: elapsedMs / 1000,
    })),
    notTried: HIDDEN_BUGS.map(({ name, verdict, reason }) => ({ name, verdict, reason })),
  };
}
