import { Command } from "commander";
import { fileHead, isSameBuild, readCampaignFile } from "./campaign/campaign-file.js";
import { mergedRun } from "./campaign/merged-files.js";
import { planOf } from "./campaign/plan-of.js";
import { workersOf } from "./campaign/run-options.js";
import { TaskPool } from "./campaign/task-pool.js";
import { EXIT_CODES_HELP } from "./exit-codes.js";
import { reportOptions, tellOutcome, withReportOptions, type ReportTexts } from "./report/report-options.js";
import type { Terminal } from "./terminal.js";
import { tortureOptions } from "./torture-options.js";
import { UsageError } from "./usage-error.js";

const HELP = `
The report and the exit code are those of the same campaign run in one piece.

Examples:
  syncgate torture --shard 1/2 --out 1.json       on one machine
  syncgate torture --shard 2/2 --out 2.json       on another one
  syncgate merge 1.json 2.json
${EXIT_CODES_HELP}`;

/** `syncgate merge`. @param finish gets the exit code */
export function mergeCommand(terminal: Terminal, finish: (code: number) => void): Command {
  const command = new Command("merge")
    .summary("join the results of a campaign's shards, and judge them")
    .description("Joins what torture --shard k/n --out FILE wrote on several machines.")
    .argument("<files...>", "the file of each shard")
    .option("--workers <number>", "threads to shrink cases on; default: one for each core");
  return withReportOptions(command)
    .addHelpText("after", HELP)
    .action(async (files: string[], texts: ReportTexts & { workers?: string }) =>
      finish(await merge(files, texts, terminal)),
    );
}

async function merge(
  paths: readonly string[],
  texts: ReportTexts & { workers?: string },
  terminal: Terminal,
): Promise<number> {
  const startedMs = performance.now();
  const report = reportOptions(texts);
  const files = paths.map(readCampaignFile);
  const run = mergedRun(files);
  const first = files[0]!;
  const { request, shard } = first;
  const plan = planOf(tortureOptions(request));
  if (!isSameBuild(fileHead(plan, request, shard), first)) {
    throw new UsageError(
      `${first.path} was made by another build of syncgate: merge with the one that made it`,
    );
  }
  const pool = new TaskPool(workersOf(texts.workers));
  try {
    const outcome = await plan.conclude(run, pool, terminal);
    tellOutcome(outcome, report, terminal, performance.now() - startedMs);
    return outcome.exitCode;
  } finally {
    await pool.close();
  }
}
