import type { DutCase } from "./dut-case.js";
import type { WriteLog } from "./write-log.js";

/** A failing case, and what the check said. */
export interface FoundCase {
  readonly id: string;
  readonly failing: DutCase;
  readonly wrong: string;
}

/** A case made small. */
export interface ShrunkCase extends FoundCase {
  /** The log that it is of: the campaign's, or that of a smaller workload. */
  readonly log: WriteLog;
  /** Of that log, if the device has one. */
  readonly workload: number | null;
  /** Writes that the case replays, and those of the campaign's first case. */
  readonly writes: number;
  readonly writesBefore: number;
  readonly story: string;
}

/** What a campaign on a device did and found. */
export interface DutReport {
  readonly version: 1;
  readonly dut: string;
  readonly profile: string;
  readonly seed: number;
  /** Of the log. */
  readonly digest: string;
  readonly log: WriteLog;
  readonly writes: number;
  readonly flushes: number;
  readonly marks: number;
  /** Moments at which a cut may leave something new, and those at which the power was cut. */
  moments: number;
  cuts: number;
  /** Outcomes of these cuts: all that the class of cards allows, and those tried. */
  outcomesPossible: number;
  outcomesTried: number;
  /** Cuts of which not all outcomes were tried. */
  boundedCuts: number;
  /** Distinct states judged: of the cards, and of what the firmware had said. */
  distinct: number;
  /** Of those, how many the check did not accept. */
  failing: number;
  /** The first of them. */
  readonly cases: FoundCase[];
  /** The first one, made small. */
  shrunk: ShrunkCase | null;
  interrupted: boolean;
}

/** Why a campaign proves nothing; null when it does. */
export function vacuity({ writes, cuts, distinct }: DutReport): string | null {
  if (writes === 0) return "nothing was written";
  if (cuts === 0) return "the power was never cut";
  return distinct < 2 ? "no cut left anything but one state" : null;
}
