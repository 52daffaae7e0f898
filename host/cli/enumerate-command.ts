import type { Command } from "commander";
import { encodeCase } from "../campaign/case/case-id.js";
import { replayCase } from "../campaign/case/replay.js";
import { replayCommandLine } from "../campaign/case/replay-command-line.js";
import { storyOf } from "../campaign/case/story.js";
import { enumerateShort, SHORT_LENGTH_MAX, type ShortResult } from "../campaign/short/short-enumeration.js";
import { operationsText } from "../campaign/short/short-operation.js";
import { SHORT_LENGTH, SHORT_PROFILES } from "../campaign/short/short-workload.js";
import { CleanArrays } from "../campaign/world/clean-arrays.js";
import { becomesClean } from "../campaign/world/policy-choice.js";
import { readDriver } from "../mirror/driver-binary.js";
import { EXIT_CODES_HELP } from "./exit-codes.js";
import { grouped, outcomesText } from "./number-text.js";
import { FINGERPRINTS, type PolicyRow } from "./policy-rows.js";
import { reportJson } from "./report-json.js";
import type { Terminal } from "./terminal.js";
import { textTable, type Column } from "./text-table.js";
import { HOLE_NAMES, tortureOptions } from "./torture-options.js";
import { wholeNumberIn } from "./usage-error.js";
import { exitCodeOf, gravest } from "./verdict.js";

const HELP = `
Operations: write, read, forget, discard and fua write of a region, and sync. A write that meets its page on the way to
the cards modifies a buffer in flight. The enumeration of a policy ends with the first promise it breaks: no shorter
workload breaks one.

Examples:
  syncgate enumerate                          the mail's corruption, found without a hint, in a second
  syncgate enumerate --policy sync-gated      seconds; with --length 3 minutes
  syncgate enumerate --policy sync-gated --length 3 --hole forgotten
${EXIT_CODES_HELP}`;

interface EnumerateTexts {
  readonly policy: string;
  readonly length: string;
  readonly hole?: string;
  readonly fingerprint?: string;
  readonly profile?: string;
  readonly seed: string;
  readonly json?: boolean;
}

/** A policy and what the enumeration found of it. */
interface Enumerated {
  readonly row: PolicyRow;
  readonly result: ShortResult;
  readonly exitCode: number;
  /** Of the shortest failing case, if there is one. */
  readonly id: string | null;
  readonly story: string | null;
}

/** `syncgate enumerate`. @param finish gets the exit code */
export function enumerateCommand(command: Command, terminal: Terminal, finish: (code: number) => void): void {
  command
    .description(
      `Runs every workload of up to ${SHORT_LENGTH_MAX} operations on two regions, cuts each after every event, and tries all outcomes.`,
    )
    .option("--policy <names>", "these policies, separated by commas", "immediate")
    .option("--length <number>", `operations of the longest, 1 to ${SHORT_LENGTH_MAX}`, String(SHORT_LENGTH))
    .option("--hole <names>", `open the mail's holes: ${HOLE_NAMES.join(", ")}`)
    .option(
      "--fingerprint <name>",
      `what cards say of what they accepted: ${Object.keys(FINGERPRINTS).join(", ")}`,
    )
    .option("--profile <a,b>", "class of card A and card B", SHORT_PROFILES.join(","))
    .option("--seed <number>", "of the cards' timing", "0")
    .option("--json", "print the result as JSON")
    .addHelpText("after", HELP)
    .action((texts: EnumerateTexts) => finish(enumerate(texts, terminal)));
}

function enumerate(texts: EnumerateTexts, terminal: Terminal): number {
  const { rows, profiles, seed } = tortureOptions({ ...texts, scale: "1" });
  const length = wholeNumberIn("--length", texts.length, 1, SHORT_LENGTH_MAX);
  const binary = readDriver("rig");
  const arrays = new CleanArrays(binary);
  const found = rows!.map((row): Enumerated => {
    const { policy, holes, settings } = row;
    const result = enumerateShort({
      binary,
      arrays,
      policy,
      holes,
      settings,
      length,
      profiles: profiles ?? SHORT_PROFILES,
      timing: seed & 0xffff,
      bail: 1,
      onProgress: ({ cuts }) => terminal.progress(`${row.title}: ${cuts} cuts`),
    });
    const { first, report } = result;
    const story = first === null ? null : storyOf(replayCase(binary, first.failing));
    const id = first === null ? null : encodeCase(first.failing);
    return { row, result, story, id, exitCode: exitCodeOf(report, becomesClean(policy)) };
  });
  terminal.progress("");
  const exitCode = gravest(found.map((one) => one.exitCode));
  if (texts.json === true) terminal.print(`${JSON.stringify(enumerationJson(found, exitCode), null, 2)}\n`);
  else terminal.print(found.map(enumeratedText).join("\n"));
  return exitCode;
}

const COLUMNS: readonly Column[] = [
  "OPERATIONS",
  "SEQUENCES",
  "REGIONS RENAMED",
  "ENUMERATED",
  "RUNS",
  "DISTINCT",
  "CUTS",
  "OUTCOMES",
  "NEW STATES",
  "BROKEN",
].map((title) => ({ title, right: true }));

const NOTES = `\
REGIONS RENAMED: sequences left when those are one that differ only in the names of the regions. RUNS: those begun, with
every operation at every moment. DISTINCT: runs in which something else happens than in all others, each cut after every
event. NEW STATES: recovered states that no shorter workload came to.
`;

function enumeratedText({ row, result, story }: Enumerated): string {
  const { levels, report, first } = result;
  const table = textTable(
    COLUMNS,
    levels.map(({ outcomes, outcomesPossible: possible, boundedCuts: bounded, ...level }) => [
      ...[level.length, level.sequences, level.canonical, level.enumerated, level.runs].map(grouped),
      grouped(level.distinctRuns),
      grouped(level.cuts),
      outcomesText({ pairs: outcomes, possible, bounded }),
      grouped(level.states),
      grouped(level.broken),
    ]),
  );
  const covered = `Outcomes tried: ${outcomesText(report)}.`;
  const end =
    first === null
      ? `${covered}\nEvery promise held.\n`
      : `${covered}\nThe shortest workload that breaks a promise: ${operationsText(first.operations)}.\n\n${story}\n`;
  return `${row.title}\n${table}${NOTES}${end}`;
}

function enumerationJson(found: readonly Enumerated[], exitCode: number): Record<string, unknown> {
  return {
    version: 1,
    exitCode,
    policies: found.map(({ row, result, id, story, exitCode: code }) => ({
      policy: row.name,
      title: row.title,
      exitCode: code,
      levels: result.levels,
      total: reportJson(result.report),
      shortest:
        result.first === null
          ? null
          : { operations: result.first.operations, id, story, replay: replayCommandLine(id!) },
    })),
  };
}
