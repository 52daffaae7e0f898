import type { DutCase } from "./dut-case.js";
import type { WriteLog } from "./write-log.js";

/** A failing case, and what the check said. */
export interface FoundCase {
  readonly id: string;
  readonly failing: DutCase;
  readonly wrong: string;
  /** The check accepts what it leaves, but the device does not recover from it. */
  readonly stuck: boolean;
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

/** Failing cases that a report has. */
export const CASES_KEPT = 8;

/** Outcomes of cuts. */
export interface OutcomeCounts {
  /** All that the class of cards allows, and those whose states were judged. */
  readonly outcomesPossible: number;
  readonly outcomesTried: number;
  /** Cuts of which not all outcomes were tried. */
  readonly boundedCuts: number;
}

/** What cuts during recovery came to. */
export interface RecoveryCounts extends OutcomeCounts {
  /** Cuts of one case at most, the first one included. */
  readonly depth: number;
  /** Distinct states whose recovery was cut, and how often, all together. */
  readonly recoveries: number;
  readonly cuts: number;
  /** Writes of all these recoveries. */
  readonly writes: number;
  /** Distinct states that only cuts during recovery leave. */
  readonly distinct: number;
  /** Of those, how many were not accepted, or could not recover. */
  readonly failing: number;
}

/** What a campaign on a device did and found. */
export interface DutReport extends OutcomeCounts {
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
  readonly moments: number;
  readonly cuts: number;
  /** Distinct states that were judged, of those that the cuts leave: of the cards, and of what had been said. */
  readonly distinct: number;
  readonly states: number;
  /** Of those, and of the states that cuts during recovery leave, how many were not accepted. */
  readonly failing: number;
  /** null where recoveries were not cut. */
  readonly recovery: RecoveryCounts | null;
  /** The first failing ones, those of the fewest cuts first. */
  readonly cases: readonly FoundCase[];
  /** The first one, made small. */
  readonly shrunk: ShrunkCase | null;
  /** It was ended before every state was judged. */
  readonly interrupted: boolean;
}

/** Why a campaign proves nothing; null when it does. */
export function vacuity({ writes, cuts, states, recovery }: DutReport): string | null {
  if (writes === 0) return "nothing was written";
  if (cuts === 0) return "the power was never cut";
  if (states < 2) return "no cut left anything but one state";
  return recovery?.writes === 0
    ? "no recovery wrote anything, so none could be cut: leave out the depth"
    : null;
}
