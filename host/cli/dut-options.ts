import type { Command } from "commander";
import type { DutCampaignOptions } from "../dut/dut-campaign.js";
import { DRIVERS_ONLY, NEEDS_DUT, type CampaignRequest } from "./campaign/campaign-request.js";
import { CUTS_HELP, cutOptions, type CutOptions } from "./dut-schedule.js";
import { sectorsOfSize } from "./sectors-of-size.js";
import { numberIn, UsageError, wholeNumberIn } from "./usage-error.js";

/** What was asked of a device under test. */
export interface DutOptions extends CutOptions {
  /** `nbd`, `log`, or the path of a module. */
  readonly dut: string;
  readonly run: string | undefined;
  readonly check: string | undefined;
  readonly recover: string | undefined;
  readonly log: string | undefined;
  readonly sectors: number | undefined;
  readonly image: string | undefined;
  readonly workload: number | undefined;
  readonly deadlineMs: number;
  readonly outcomesPerCut: number;
  readonly profile: string;
  readonly seed: number;
  /** Whether a failing case is made small. */
  readonly cases: boolean;
}

const DEADLINE_S_MAX = 3600;
const OUTCOMES_MAX = 1_000_000;
const OPS_MAX = 100_000;
export const SEED_MAX = 1_000_000;
export const SEED_DEFAULT = "1";

/** Adds what a device under test other than the driver needs. */
export function addDutOptions(command: Command): Command {
  return command
    .option(
      "--dut <what>",
      "torture another device: nbd (a process), log (a write log), firmware (.uf2, .elf, .bin), or a module",
    )
    .option(
      "--run <command>",
      "--dut nbd: starts the process; {socket} is the card's socket, {ops} the workload's size",
    )
    .option("--check <command>", "judges what a cut left: {image}, {marks}, {unreadable}; exit code 0: well")
    .option("--recover <command>", "--dut nbd, log: recovers what a cut left at {socket}; depth:N cuts it")
    .option("--log <file>", "--dut log: a log of dm-log-writes, or of --save")
    .option("--size <size>", "of the card, 8MiB for one (default: 1MiB, or what the log needs)")
    .option("--image <file>", "what the card holds at first (default: it is blank)")
    .option("--cuts <schedule>", `${CUTS_HELP} (default: every)`)
    .option(
      "--ops <number>",
      "size of the workload, what {ops} is; a failing case is then looked for with less",
    )
    .option("--deadline <seconds>", "real time for the process and for each check (default: 10)")
    .option("--outcomes <number>", "states tried of one cut, above it a covering set (default: 256)")
    .option("--save <file>", "write the log that the case is of, for replay");
}

/** @returns null when the driver is tortured. @throws UsageError */
export function dutOptions(texts: CampaignRequest & { readonly save?: string }): DutOptions | null {
  const { dut, run, check, recover, log, image, size } = texts;
  if (dut === undefined) {
    const given = [...NEEDS_DUT, "save" as const].find((option) => texts[option] !== undefined);
    if (given === undefined) return null;
    throw new UsageError(
      `--${given} is for another device than the driver: add --dut nbd, --dut log or --dut MODULE`,
    );
  }
  const drivers = DRIVERS_ONLY.find((option) => texts[option] !== undefined);
  if (drivers !== undefined)
    throw new UsageError(`--${drivers} is for the driver: leave it out beside --dut`);
  const need = (option: "run" | "check" | "log", example: string): void => {
    if (texts[option] === undefined) throw new UsageError(`--dut ${dut} needs --${option}: ${example}`);
  };
  if (dut === "nbd") need("run", `add --run "./store {socket}"`);
  if (dut === "log") need("log", "add --log FILE");
  if (dut === "nbd" || dut === "log") need("check", `add --check "./check {image}"`);
  else if (recover !== undefined)
    throw new UsageError("--recover is for --dut nbd and --dut log: an adapter recovers when it boots");
  return {
    dut,
    run,
    check,
    recover,
    log,
    image,
    sectors: size === undefined ? undefined : sectorsOfSize(size),
    ...cutOptions(texts.cuts ?? "every"),
    workload: texts.ops === undefined ? undefined : wholeNumberIn("--ops", texts.ops, 1, OPS_MAX),
    deadlineMs: 1000 * numberIn("--deadline", texts.deadline ?? "10", 0.01, DEADLINE_S_MAX),
    outcomesPerCut: wholeNumberIn("--outcomes", texts.outcomes ?? "256", 1, OUTCOMES_MAX),
    profile: texts.profile ?? "tlc-cached",
    seed: wholeNumberIn("--seed", texts.seed ?? SEED_DEFAULT, 0, SEED_MAX),
    cases: texts.cases !== false,
  };
}

/** The campaign that these options ask for. */
export function campaignOf(options: DutOptions): DutCampaignOptions {
  const { profile, seed, cuts, depth, outcomesPerCut } = options;
  return { profile, seed, cuts, depth, outcomesPerCut };
}
