import type { Command } from "commander";
import { LIMITS, type CallWork } from "../bench/call-work.js";
import { benchWork, largestWork, type WorkRow } from "../bench/work-bench.js";
import { readDriver } from "../mirror/driver-binary.js";
import { EXIT_BROKEN, EXIT_HELD, EXIT_INTERRUPTED } from "./exit-codes.js";
import { grouped } from "./number-text.js";
import { styled } from "./style.js";
import { breathe, type Terminal } from "./terminal.js";
import { textTable } from "./text-table.js";
import { wholeNumberIn } from "./usage-error.js";

/** What was asked for, as texts. */
interface WorkTexts {
  readonly scale: string;
  readonly json?: boolean;
}

const SCENARIOS = 20;
const BURSTS = 100;
const WRITES = 400;
const SIZES = [256, 4096, 16_384];
const SCALE_MAX = 1000;

const HELP = `
Scenarios with power cuts, the whole request pool in use at once, and the recorded traces. The limits are those of
SPEC.md; a call that takes more ends with exit code ${EXIT_BROKEN}.

Examples:
  syncgate bench work
  syncgate bench work --scale 10 --json
`;

/** `syncgate bench work`. @param finish gets the exit code */
export function benchWorkCommand(command: Command, terminal: Terminal, finish: (code: number) => void): void {
  command
    .description("Gathers the largest number of card commands and of bytes touched that one call takes.")
    .option("--scale <number>", "times as many scenarios, bursts and writes", "1")
    .option("--json", "print the result as JSON")
    .addHelpText("after", HELP)
    .action(async (texts: WorkTexts) => finish(await run(texts, terminal)));
}

async function run(texts: WorkTexts, terminal: Terminal): Promise<number> {
  const scale = wholeNumberIn("--scale", texts.scale, 1, SCALE_MAX);
  const binaries = { production: readDriver("production"), rig: readDriver("rig") };
  const options = {
    scenarios: SCENARIOS * scale,
    bursts: BURSTS * scale,
    sizes: SIZES,
    writes: WRITES * scale > 4096 ? null : WRITES * scale,
  };
  const rows: WorkRow[] = [];
  terminal.progress("random scenarios");
  for (const row of benchWork(binaries, options)) {
    rows.push(row);
    terminal.progress(`done: ${row.name}`);
    await breathe();
    if (terminal.interrupted.aborted) break;
  }
  const most = largestWork(rows);
  terminal.print(texts.json === true ? workJson(rows, most) : workText(rows, most, terminal.colour));
  if (!isWithin(most)) return EXIT_BROKEN;
  return terminal.interrupted.aborted ? EXIT_INTERRUPTED : EXIT_HELD;
}

function isWithin({ submits, bytes }: CallWork): boolean {
  return submits <= (LIMITS.submits ?? Infinity) && bytes <= (LIMITS.bytes ?? Infinity);
}

function workJson(rows: readonly WorkRow[], most: CallWork): string {
  return `${JSON.stringify({ version: 1, rows, most, limits: LIMITS }, null, 2)}\n`;
}

function workText(rows: readonly WorkRow[], most: CallWork, colour: boolean): string {
  const table = textTable(
    [
      { title: "RUN" },
      { title: "CALLS", right: true },
      { title: "CARD COMMANDS, MOST", right: true },
      { title: "BYTES, MOST", right: true },
    ],
    [
      ...rows.map(({ name, calls, work }) => [name, figure(calls), figure(work.submits), figure(work.bytes)]),
      ["all", "", figure(most.submits), figure(most.bytes)],
      ["limit", "", figure(LIMITS.submits), figure(LIMITS.bytes)],
    ],
  );
  return `The most that one call of the driver did:\n\n${table}\n${verdict(most, colour)}\n`;
}

function verdict(most: CallWork, colour: boolean): string {
  if (LIMITS.submits === null && LIMITS.bytes === null) return "There is no limit to compare them with.";
  return `${isWithin(most) ? styled("No call is beyond", "good", colour) : styled("A call is beyond", "bad", colour)} the limits.`;
}

function figure(value: number | null): string {
  return value === null ? "-" : grouped(value);
}
