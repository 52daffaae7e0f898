import type { Command } from "commander";
import { fileHead, isSameBuild, readCampaignFile, type CampaignFile } from "./campaign/campaign-file.js";
import type { CampaignPlan, CampaignRun } from "./campaign/campaign-plan.js";
import type { DeviceResult } from "./campaign/device-part.js";
import type { FirmwareResult } from "./campaign/firmware-part.js";
import { mergedRun } from "./campaign/merged-files.js";
import { planOf } from "./campaign/plan-of.js";
import { logOfText } from "./campaign/recorded-log.js";
import { workersOf } from "./campaign/run-options.js";
import { TaskPool } from "./campaign/task-pool.js";
import { dutOptions } from "./dut-options.js";
import { EXIT_CODES_HELP } from "./exit-codes.js";
import { isFirmwareFile } from "./firmware/firmware-options.js";
import {
  reportOptions,
  tellOutcome,
  withReportOptions,
  type ReportOptions,
  type ReportTexts,
} from "./report/report-options.js";
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
export function mergeCommand(command: Command, terminal: Terminal, finish: (code: number) => void): void {
  command
    .description("Joins what torture --shard k/n --out FILE wrote on several machines.")
    .argument("<files...>", "the file of each shard")
    .option("--workers <number>", "threads to shrink cases on; default: one for each core")
    .option("--save <file>", "of another device: write the log that the case is of, for replay");
  withReportOptions(command)
    .addHelpText("after", HELP)
    .action(async (files: string[], texts: MergeTexts) => finish(await merge(files, texts, terminal)));
}

interface MergeTexts extends ReportTexts {
  readonly workers?: string;
  readonly save?: string;
}

async function merge(paths: readonly string[], texts: MergeTexts, terminal: Terminal): Promise<number> {
  const startedMs = performance.now();
  const report = reportOptions(texts);
  const files = paths.map((path) => readCampaignFile<unknown>(path));
  const run = mergedRun(files);
  const { request, path, log } = files[0]!;
  const { dut: named } = request;
  const dut = dutOptions(request);
  const rest = { file: files[0]!, workers: texts.workers, report, terminal, startedMs };
  if (dut === null) return conclude(planOf(tortureOptions(request)), run as CampaignRun, rest);
  if (isFirmwareFile(named)) {
    const { firmwareCampaign } = await import("./campaign/firmware-campaign.js");
    const plan = await firmwareCampaign(request, terminal);
    return conclude(plan, run as CampaignRun<FirmwareResult>, rest);
  }
  const recorded = log === undefined ? undefined : logOfText(log, path);
  const { deviceCampaign } = await import("./campaign/device-campaign.js");
  const plan = await deviceCampaign({ options: dut, request, save: texts.save, recorded });
  return conclude(plan, run as CampaignRun<DeviceResult>, rest);
}

interface MergeSetting {
  readonly file: CampaignFile<unknown>;
  readonly workers: string | undefined;
  readonly report: ReportOptions;
  readonly terminal: Terminal;
  readonly startedMs: number;
}

async function conclude<Result>(
  plan: CampaignPlan<Result>,
  run: CampaignRun<Result>,
  { file, workers, report, terminal, startedMs }: MergeSetting,
): Promise<number> {
  const { request, shard, path } = file;
  if (!isSameBuild(fileHead(plan, request, shard), file)) {
    throw new UsageError(`${path} was made by another build of syncgate: merge with the one that made it`);
  }
  const pool = new TaskPool(workersOf(workers), request.driver);
  try {
    const outcome = await plan.conclude(run, pool, terminal);
    tellOutcome(outcome, report, terminal, performance.now() - startedMs);
    return outcome.exitCode;
  } finally {
    await pool.close();
  }
}
