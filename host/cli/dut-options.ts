import type { Command } from "commander";
import type { CutSchedule } from "../dut/cut-schedule.js";
import { sectorsOfSize } from "./sectors-of-size.js";
import { numberIn, UsageError, wholeNumberIn } from "./usage-error.js";

/** What was asked of a device under test, as texts. */
export interface DutTexts {
  readonly dut?: string;
  readonly run?: string;
  readonly check?: string;
  readonly log?: string;
  readonly size?: string;
  readonly image?: string;
  readonly cuts?: string;
  readonly ops?: string;
  readonly deadline?: string;
  readonly outcomes?: string;
  readonly save?: string;
}

/** The same, checked. */
export interface DutOptions {
  /** `nbd`, `log`, or the path of a module. */
  readonly dut: string;
  readonly run: string | undefined;
  readonly check: string | undefined;
  readonly log: string | undefined;
  readonly sectors: number | undefined;
  readonly image: string | undefined;
  readonly cuts: CutSchedule;
  readonly workload: number | undefined;
  readonly deadlineMs: number;
  readonly outcomesPerCut: number;
  readonly save: string | undefined;
}

const DEADLINE_S_MAX = 3600;
const OUTCOMES_MAX = 1_000_000;
const CUTS_MAX = 1_000_000;
const OPS_MAX = 100_000;
const NEEDS_DUT = [
  "run",
  "check",
  "log",
  "size",
  "image",
  "cuts",
  "ops",
  "deadline",
  "outcomes",
  "save",
] as const;

/** Adds what a device under test other than the driver needs. */
export function addDutOptions(command: Command): Command {
  return command
    .option(
      "--dut <what>",
      "torture another device: nbd (a process), log (a write log), or the path of a module",
    )
    .option(
      "--run <command>",
      "--dut nbd: starts the process; {socket} is the card's socket, {ops} the workload's size",
    )
    .option("--check <command>", "judges what a cut left: {image}, {marks}, {unreadable}; exit code 0: well")
    .option("--log <file>", "--dut log: a log of dm-log-writes, or of --save")
    .option("--size <size>", "of the card, 8MiB for one (default: 1MiB, or what the log needs)")
    .option("--image <file>", "what the card holds at first (default: it is blank)")
    .option("--cuts <schedule>", "every, linear:N or random:N (default: every)")
    .option(
      "--ops <number>",
      "size of the workload, what {ops} is; a failing case is then looked for with less",
    )
    .option("--deadline <seconds>", "real time for the process and for each check (default: 10)")
    .option("--outcomes <number>", "states tried of one cut, above it a covering set (default: 256)")
    .option("--save <file>", "write the log that the case is of, for replay");
}

/** @returns null when the driver is tortured. @throws UsageError */
export function dutOptions(texts: DutTexts): DutOptions | null {
  const { dut, run, check, log, image, save, size } = texts;
  if (dut === undefined) {
    const given = NEEDS_DUT.find((option) => texts[option] !== undefined);
    if (given === undefined) return null;
    throw new UsageError(
      `--${given} is for another device than the driver: add --dut nbd, --dut log or --dut MODULE`,
    );
  }
  const need = (option: "run" | "check" | "log", example: string): void => {
    if (texts[option] === undefined) throw new UsageError(`--dut ${dut} needs --${option}: ${example}`);
  };
  if (dut === "nbd") need("run", `add --run "./store {socket}"`);
  if (dut === "log") need("log", "add --log FILE");
  if (dut === "nbd" || dut === "log") need("check", `add --check "./check {image}"`);
  return {
    dut,
    run,
    check,
    log,
    image,
    save,
    sectors: size === undefined ? undefined : sectorsOfSize(size),
    cuts: scheduleOf(texts.cuts ?? "every"),
    workload: texts.ops === undefined ? undefined : wholeNumberIn("--ops", texts.ops, 1, OPS_MAX),
    deadlineMs: 1000 * numberIn("--deadline", texts.deadline ?? "10", 0.01, DEADLINE_S_MAX),
    outcomesPerCut: wholeNumberIn("--outcomes", texts.outcomes ?? "256", 1, OUTCOMES_MAX),
  };
}

function scheduleOf(text: string): CutSchedule {
  if (text === "every") return text;
  const [, kind, count] = /^(linear|random):(.*)$/.exec(text) ?? [];
  if (kind === undefined) throw new UsageError(`--cuts is "${text}": give every, linear:N or random:N`);
  const cuts = wholeNumberIn(`--cuts ${kind}`, count!, 1, CUTS_MAX);
  return kind === "linear" ? { linear: cuts } : { random: cuts };
}
