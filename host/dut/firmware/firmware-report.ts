import type { OutcomeCounts } from "../dut-report.js";
import type { FirmwareCase } from "./firmware-case.js";

/** A failing case, and what was wrong. */
export interface FoundFirmwareCase {
  readonly id: string;
  readonly failing: FirmwareCase;
  readonly wrong: string;
}

/** A case made small: the earliest cut, and as much of what was written kept as can be. */
export interface ShrunkFirmwareCase extends FoundFirmwareCase {
  /** Cycle of the case that it was made of. */
  readonly cycleBefore: number;
  /** Axes on which something else is left than what was written last, and how many there were before. */
  readonly lost: number;
  readonly lostBefore: number;
  readonly story: string;
}

/** What cuts of the boots behind cuts came to. */
export interface BootCounts extends OutcomeCounts {
  /** Cuts of one case at most, the first one included. */
  readonly depth: number;
  /** Distinct states whose boot was cut, and how often, all together. */
  readonly boots: number;
  readonly cuts: number;
  /** Distinct states that only cuts of these boots leave, and how many of them were not well. */
  readonly distinct: number;
  readonly failing: number;
}

/** What a campaign on firmware did and found. */
export interface FirmwareReport extends OutcomeCounts {
  readonly version: 1;
  readonly dut: string;
  readonly profile: string;
  readonly seed: number;
  /** digestOfFirmware. */
  readonly digest: string;
  /** Name of the power topology. */
  readonly power: string;
  /** Of the run without a cut. */
  readonly cycles: number;
  readonly marks: number;
  /** Moments at which a cut may leave something new, and those at which the power was cut. */
  readonly moments: number;
  readonly cuts: number;
  /** Distinct states that these cuts have left: of both cards and, with a check, of what had been said. */
  readonly distinct: number;
  /** Of those, and of the states that cuts of boots behind them leave, how many were not well. */
  readonly failing: number;
  /** null where boots behind cuts were not cut. */
  readonly recovery: BootCounts | null;
  /** The first failing ones, those of the fewest cuts first. */
  readonly cases: readonly FoundFirmwareCase[];
  /** The first one, made small. */
  readonly shrunk: ShrunkFirmwareCase | null;
  /** It was ended before everything was done. */
  readonly interrupted: boolean;
}

/** Why a campaign proves nothing; null when it does. */
export function firmwareVacuity({ cuts, distinct, recovery }: FirmwareReport): string | null {
  if (cuts === 0) return "the power was never cut";
  if (distinct < 2) return "no cut left anything but one state";
  return recovery?.cuts === 0 ? "no boot behind a cut could be cut: leave out the depth" : null;
}
