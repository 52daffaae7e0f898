import type { Command } from "commander";
import { FAMILY_TITLES, WORKLOADS } from "../campaign/workload/workloads.js";
import { PROFILES } from "../sdcard-emulator/characteristics.js";
import {
  CampaignFileWriter,
  fileHead,
  isSameBuild,
  readCampaignFile,
  unitsOfShard,
  type CampaignFile,
  type Shard,
} from "./campaign/campaign-file.js";
import type { CampaignPlan, CampaignRun } from "./campaign/campaign-plan.js";
import type { FirmwareResult } from "./campaign/firmware-part.js";
import type { DeviceResult } from "./campaign/device-part.js";
import { optionName, requestOf, type CampaignRequest } from "./campaign/campaign-request.js";
import { planOf } from "./campaign/plan-of.js";
import { logOfText } from "./campaign/recorded-log.js";
import { runOptions, type RunOptions } from "./campaign/run-options.js";
import { runPlan } from "./campaign/run-plan.js";
import { TaskPool } from "./campaign/task-pool.js";
import { DutHang } from "../dut/device-under-test.js";
import { DRIVER_HELP } from "./driver-file.js";
import { addDutOptions, dutOptions } from "./dut-options.js";
import { EXIT_CODES_HELP, EXIT_HANG, EXIT_HELD, EXIT_INTERRUPTED } from "./exit-codes.js";
import { addFirmwareOptions, isFirmwareFile, refuseFirmwareOptions } from "./firmware/firmware-options.js";
import { FINGERPRINTS, RECORD_SCHEMES, ROWS_BY_NAME } from "./policy-rows.js";
import {
  reportOptions,
  tellOutcome,
  withReportOptions,
  type ReportOptions,
} from "./report/report-options.js";
import type { Terminal } from "./terminal.js";
import { DISHONEST_NAMES, HOLE_NAMES, tortureOptions, type TortureTexts } from "./torture-options.js";
import { UsageError } from "./usage-error.js";

const WHOLE: Shard = { index: 1, of: 1 };

const HELP = `
Without --policy every policy is compared, and the exit code says whether all did what theory says of them.
With --policy it says whether those policies hold.

Policies:  ${[...ROWS_BY_NAME.keys()].join(", ")}
Workloads: ${WORKLOADS.map(({ name, title }) => `${name.padEnd(11)}${title}`).join("\n           ")}
Also, by --workload only (docs/workloads.md):
           ${FAMILY_TITLES.map(([form, title]) => `${form}: ${title}`).join("\n           ")}
Profiles:  ${Object.keys(PROFILES).join(", ")}

Examples:
  syncgate torture                                     the whole comparison, under a minute
  syncgate torture --policy sync-gated --scale 20      twenty times the work on one policy
  syncgate torture --policy sync-gated --schedule depth:2 --scale 0.05   recoveries are cut again
  syncgate torture --policy immediate --workload fat   a real file system on md's old policy
  syncgate torture --members --scale 10                cards that fail, return stale, are swapped and replaced
  syncgate torture --policy sync-gated --scheme single --profile open-block   records on one card: caught where F3 reaches them
  syncgate torture --members --promises P2             one check alone, whatever else breaks
  syncgate torture --dishonest                         cards that lie: counts what they break, each class for itself
  syncgate torture --dishonest --profile rollback      one class of them: ${DISHONEST_NAMES.join(", ")}
  syncgate torture --policy sync-gated --hole forgotten --profile mlc,tlc-cached --json
  syncgate torture --policy sync-gated --hole forgotten --fingerprint crc16
  syncgate torture --scale 15 --shard 2/4 --out 2.json   a quarter of ten million outcomes, on one of four machines
  syncgate torture --scale 1000 --budget 30m --out night.json   as much as half an hour allows
  syncgate torture --report junit --report-file syncgate.xml   for a CI
  syncgate torture --driver mine.wasm --policy sync-gated   another build of the driver
  syncgate torture --dut nbd --run "./store {socket} {ops}" --ops 8 --check "./store check {image} {marks}"
  syncgate torture --dut log --log writes.log --check "fsck.ext4 -fn {image}" --profile tlc-cached
  syncgate torture --dut my.uf2 --profile mlc --cuts linear:200 --power shared
  syncgate torture --dut my.uf2 --profile mlc --cuts linear:20,depth:2   the boot behind a cut is cut too
${EXIT_CODES_HELP}`;

/** `syncgate torture`. @param finish gets the exit code */
export function tortureCommand(command: Command, terminal: Terminal, finish: (code: number) => void): void {
  command
    .description(
      "Runs workloads on two emulated cards, cuts the power, and judges what recovery makes of it.",
    )
    .option("--driver <file>", DRIVER_HELP)
    .option("--policy <names>", "judge these policies only, separated by commas")
    .option("--workload <names>", "run these workloads only")
    .option("--hole <names>", `open the mail's holes: ${HOLE_NAMES.join(", ")}`)
    .option(
      "--fingerprint <name>",
      `what cards say of what they accepted: ${Object.keys(FINGERPRINTS).join(", ")}`,
    )
    .option("--profile <a,b>", "class of card A and card B, instead of each workload's own")
    .option(
      "--scheme <name>",
      `where bitmap records go: ${Object.keys(RECORD_SCHEMES).join(", ")}; for a policy or --members`,
    )
    .option("--seed <number>", "another seed, another run; the same seed, the same table; default 1")
    .option("--scale <factor>", "multiply the number of cuts; default 1")
    .option(
      "--schedule <name>",
      "cut at: every event, log, linear:N, random:N (one moment in N), at:N.N, none; depth:2 cuts recoveries too",
    )
    .option("--promises <names>", "look at these promises only, as P3,P5, with all other checks off")
    .option("--members", "lose cards, bring them back, replace them: histories of members under sync-gated")
    .option(
      "--dishonest",
      "count what lying cards break (F4), where no driver can win: exit code 0 if they lied",
    )
    .option("--no-cases", "do not shrink and tell a case of each policy that broke a promise")
    .option("--workers <number>", "threads to run on, changing no result; default: one for each core")
    .option("--shard <k/n>", "run part k of n only, into the file of --out; syncgate merge joins them")
    .option("--out <file>", "write results to a file after each unit of work")
    .option("--resume <file>", "go on with the campaign whose results are in this file")
    .option("--budget <time>", "begin nothing new after this time: 90s, 30m, 2h");
  addFirmwareOptions(addDutOptions(withReportOptions(command)))
    .addHelpText("after", HELP)
    .action(async (texts: Texts) => {
      try {
        if (texts.resume === undefined && !isFirmwareFile(texts.dut)) refuseFirmwareOptions(texts);
        finish(await torture(texts, terminal));
      } catch (error) {
        if (!(error instanceof DutHang)) throw error;
        terminal.complain(
          `error: ${error.message}: give it more time by --deadline, or see why it does not end\n`,
        );
        finish(EXIT_HANG);
      }
    });
}

interface Texts extends TortureTexts {
  readonly save?: string;
}

async function torture(texts: Texts, terminal: Terminal): Promise<number> {
  const run = runOptions(texts);
  const report = reportOptions(texts);
  const resumed = run.resume === undefined ? null : resumedFile<unknown>(texts, run.resume);
  const request = resumed?.request ?? requestOf(texts);
  const { save } = texts;
  const { dut: named } = request;
  if (isFirmwareFile(named)) {
    if (save !== undefined)
      throw new UsageError("--save is not for firmware, of which nothing is logged: leave it out");
    const { firmwareCampaign } = await import("./campaign/firmware-campaign.js");
    const plan = await firmwareCampaign(request, terminal);
    return runCampaign(plan, resumed as CampaignFile<FirmwareResult> | null, {
      run,
      report,
      request,
      terminal,
    });
  }
  const dut = dutOptions({ ...request, ...(save === undefined ? {} : { save }) });
  const rest = { run, report, request, terminal };
  if (dut === null) {
    return runCampaign(planOf(tortureOptions(request)), resumed as CampaignFile | null, rest);
  }
  const recorded = resumed?.log === undefined ? undefined : logOfText(resumed.log, resumed.path);
  const { deviceCampaign } = await import("./campaign/device-campaign.js");
  const plan = await deviceCampaign({ options: dut, request, save, recorded });
  return runCampaign(plan, resumed as CampaignFile<DeviceResult> | null, rest);
}

/** How a campaign is run and told, beside the campaign. */
interface RunSetting {
  readonly run: RunOptions;
  readonly report: ReportOptions;
  readonly request: CampaignRequest;
  readonly terminal: Terminal;
}

async function runCampaign<Result>(
  plan: CampaignPlan<Result>,
  resumed: CampaignFile<Result> | null,
  { run, report, request, terminal }: RunSetting,
): Promise<number> {
  const startedMs = performance.now();
  const shard = resumed?.shard ?? run.shard ?? WHOLE;
  const head = fileHead(plan, request, shard);
  if (resumed !== null && !isSameBuild(resumed, head)) {
    throw new UsageError(`${resumed.path} was made by another build: begin again, without --resume`);
  }
  const known = resumed?.results ?? new Map<number, Result>();
  const out = run.out ?? run.resume;
  const writer = out === undefined ? null : new CampaignFileWriter(out, head, known);
  const own = unitsOfShard(plan.units.length, shard);
  const pool = new TaskPool(Math.min(run.workers, Math.max(1, own.length)), request.driver);
  try {
    const { budgetMs } = run;
    const onUnit = (index: number, result: Result): void => writer?.add(index, result);
    const done = await runPlan(plan, { pool, terminal, own, known, budgetMs, onUnit });
    writer?.write(done.ended);
    if (shard.of > 1) return tellShard(shard, own, done, out!, terminal);
    const outcome = await plan.conclude(done, pool, terminal);
    tellOutcome(outcome, report, terminal, performance.now() - startedMs);
    return outcome.exitCode;
  } finally {
    await pool.close();
  }
}

/** @throws UsageError when options beside --resume ask for another campaign */
function resumedFile<Result>(texts: TortureTexts, path: string): CampaignFile<Result> {
  const [extra] = Object.keys(requestOf(texts)) as (keyof CampaignRequest)[];
  const also = extra === undefined ? (texts.shard === undefined ? undefined : "shard") : extra;
  if (also !== undefined) {
    throw new UsageError(
      `--resume takes the campaign from its file: leave out --${also === "shard" ? also : optionName(also)}`,
    );
  }
  return readCampaignFile(path);
}

/** A shard judges nothing: only the whole campaign does. */
function tellShard(
  shard: Shard,
  own: readonly number[],
  { results, ended }: CampaignRun<unknown>,
  out: string,
  terminal: Terminal,
): number {
  const done = own.filter((index) => results[index] !== null).length;
  const left = done === own.length ? "" : ` (${ended})`;
  terminal.progress("");
  terminal.print(
    `Shard ${shard.index}/${shard.of}: ${done} of its ${own.length} units were run${left}; results in ${out}.\n` +
      `Join all ${shard.of} shards with: syncgate merge FILE...\n`,
  );
  return ended === "interrupted" ? EXIT_INTERRUPTED : EXIT_HELD;
}
