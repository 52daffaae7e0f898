import { DUT_DEPTH_MAX, type CutSchedule } from "../dut/cut-schedule.js";
import { UsageError, wholeNumberIn } from "./usage-error.js";

/** What --cuts says. */
export interface CutOptions {
  /** Moments of the first cut. */
  readonly cuts: CutSchedule;
  /** Cuts of one case at most. */
  readonly depth: number;
}

/** For the help. */
export const CUTS_HELP =
  "none, every, log, linear:N, random:N, at:N.N.N; and depth:N, cuts during recovery too";

const CUTS_MAX = 1_000_000;

/** As "every", "depth:2" or "linear:20,depth:2". @throws UsageError */
export function cutOptions(text: string): CutOptions {
  let cuts: CutSchedule | null = null;
  let depth: number | null = null;
  for (const part of text.split(",").map((name) => name.trim())) {
    const [, levels] = /^depth:(.*)$/.exec(part) ?? [];
    if (levels === undefined) {
      if (cuts !== null)
        throw new UsageError(`--cuts is "${text}": give one schedule, and depth:N if need be`);
      cuts = scheduleOf(part);
    } else {
      if (depth !== null) throw new UsageError(`--cuts is "${text}": give one depth`);
      depth = wholeNumberIn("--cuts depth", levels, 1, DUT_DEPTH_MAX);
    }
  }
  return { cuts: cuts ?? "every", depth: depth ?? 1 };
}

function scheduleOf(text: string): CutSchedule {
  if (text === "every" || text === "none" || text === "log") return text;
  const [, kind, count] = /^(linear|random|at):(.*)$/.exec(text) ?? [];
  if (kind === undefined) throw new UsageError(`--cuts is "${text}": give ${CUTS_HELP}`);
  if (kind === "at")
    return { at: count!.split(".").map((moment) => wholeNumberIn("--cuts at", moment, 0, CUTS_MAX)) };
  const cuts = wholeNumberIn(`--cuts ${kind}`, count!, 1, CUTS_MAX);
  return kind === "linear" ? { linear: cuts } : { random: cuts };
}
