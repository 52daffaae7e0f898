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

/** What a campaign on firmware did and found. */
export interface FirmwareReport {
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
  cuts: number;
  /** Outcomes of these cuts: all that the class of cards allows, and those tried. */
  outcomesPossible: number;
  outcomesTried: number;
  /** Cuts of which not all outcomes were tried. */
  boundedCuts: number;
  /** Distinct states judged, and of those how many were not well. */
  distinct: number;
  failing: number;
  /** The first of them. */
  readonly cases: FoundFirmwareCase[];
  /** The first one, made small. */
  shrunk: ShrunkFirmwareCase | null;
  interrupted: boolean;
}

/** Why a campaign proves nothing; null when it does. */
export function firmwareVacuity({ cuts, distinct }: FirmwareReport): string | null {
  if (cuts === 0) return "the power was never cut";
  return distinct < 2 ? "no cut left anything but one state" : null;
}
