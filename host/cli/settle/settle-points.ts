import { CampaignReport } from "../../campaign/campaign-report.js";
import { SETTLE_WAYS, type SettleWay } from "../../campaign/settle/settle-search.js";
import type { SmallestSafe } from "../../campaign/settle/smallest-safe.js";
import type { SettleUnit, UnitResult } from "../../campaign/units/work-unit.js";
import type { PlannedUnit } from "../campaign/campaign-plan.js";
import { brokenExitCode, gravest } from "../verdict.js";
import { EXIT_HELD, EXIT_VACUOUS } from "../exit-codes.js";

/** What is searched, and how hard. */
export interface SettleOptions {
  /** What cards may lose after their answer, ms. */
  readonly lossesMs: readonly number[];
  /** How long write-back lags, ms. */
  readonly lagsMs: readonly number[];
  readonly seed: number;
  /** Worlds that each time is tried on. */
  readonly worlds: number;
}

/** One point of a curve. */
export interface SettlePoint {
  readonly way: SettleWay;
  /** The loss, or for the way "lag" the lag, ms. */
  readonly amountMs: number;
  readonly found: SmallestSafe;
  /** Of the smallest safe time, or of the longest one if none is safe. */
  readonly report: CampaignReport;
}

/** Sync-gated with the settle time of the class, on cards that lose as much. */
export interface GatedPoint {
  readonly amountMs: number;
  readonly report: CampaignReport;
}

export interface SettleCurves {
  readonly points: readonly SettlePoint[];
  readonly gated: readonly GatedPoint[];
}

interface Question {
  readonly way: SettleUnit["way"];
  readonly amountMs: number;
}

/** The units, the longest first, so that no thread is left with one at the end. */
export function settleUnits({ lossesMs, lagsMs, seed, worlds }: SettleOptions): PlannedUnit[] {
  const ways = [...SETTLE_WAYS.filter((way) => way !== "lag"), "gated"] as const;
  const questions: Question[] = [
    ...lossesMs.flatMap((amountMs) => ways.map((way): Question => ({ way, amountMs }))),
    ...lagsMs.map((amountMs): Question => ({ way: "lag", amountMs })),
  ];
  return questions
    .toSorted((one, other) => other.amountMs - one.amountMs)
    .map(({ way, amountMs }) => ({
      title: `${way}, ${amountMs} ms`,
      unit: { kind: "settle", way, amountUs: amountMs * 1000, seed, worlds },
    }));
}

/** What the units came to, by ascending amounts; those that were not run are left out. */
export function settleCurves(
  units: readonly PlannedUnit[],
  results: readonly (UnitResult | null)[],
): SettleCurves {
  const points: SettlePoint[] = [];
  const gated: GatedPoint[] = [];
  for (const [index, { unit }] of units.entries()) {
    const result = results[index];
    if (unit.kind !== "settle" || result === null || result === undefined) continue;
    const report = CampaignReport.from(result.report);
    const amountMs = unit.amountUs / 1000;
    if (unit.way === "gated") gated.push({ amountMs, report });
    else points.push({ way: unit.way, amountMs, found: result.found!, report });
  }
  const ascending = (a: Question | GatedPoint, b: Question | GatedPoint): number => a.amountMs - b.amountMs;
  return { points: points.toSorted(ascending), gated: gated.toSorted(ascending) };
}

/** Why a point judged too little; empty if it did not. A time at which something broke needs no more. */
export function tooLittle({ found, report }: SettlePoint): string[] {
  return found.smallestMs === null ? [] : report.vacuous(true);
}

/** Sync-gated must hold; a timer may be as unsafe as it is, but what was called safe must have been judged. */
export function settleExitCode({ points, gated }: SettleCurves): number {
  if (points.length + gated.length === 0) return EXIT_VACUOUS;
  const codes = gated.map(({ report }) => {
    if (report.brokenTotal > 0) return brokenExitCode(report);
    return report.vacuous(true).length > 0 ? EXIT_VACUOUS : EXIT_HELD;
  });
  return gravest([
    ...codes,
    ...points.map((point) => (tooLittle(point).length > 0 ? EXIT_VACUOUS : EXIT_HELD)),
  ]);
}
