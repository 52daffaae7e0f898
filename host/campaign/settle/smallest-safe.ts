import type { CampaignReport } from "../campaign-report.js";

/** One time that was tried. */
export interface SettleTrial {
  readonly ms: number;
  readonly broken: boolean;
  /** Moments at which the power was cut, and what was judged of what they may have left; a broken trial ends early. */
  readonly cuts: number;
  readonly pairs: number;
  readonly possible: number;
  readonly bounded: number;
}

/** What a search for the smallest safe time came to. */
export interface SmallestSafe {
  /** Nothing broke at this time, and something did at 1 ms less; null when every time that was tried is unsafe. */
  readonly smallestMs: number | null;
  /** The longest time that was tried. */
  readonly mostMs: number;
  /** In the order in which they were tried. */
  readonly trials: readonly SettleTrial[];
}

/**
 * Halves the range until the smallest whole number of ms is found at which nothing breaks. What is longer must be as
 * safe: so it is with a time that is only waited.
 * @param mostMs the longest time; it is tried first
 * @param tryMs judges one time; the same time, the same report
 * @param onSafe told of the report of each safe time; the last one is that of the smallest
 */
export function smallestSafe(
  mostMs: number,
  tryMs: (ms: number) => CampaignReport,
  onSafe: (report: CampaignReport) => void = () => undefined,
): SmallestSafe {
  const trials: SettleTrial[] = [];
  const isSafe = (ms: number): boolean => {
    const report = tryMs(ms);
    const broken = report.brokenTotal > 0;
    const { cuts, pairs, possible, bounded } = report;
    trials.push({ ms, broken, cuts, pairs, possible, bounded });
    if (!broken) onSafe(report);
    return !broken;
  };
  if (!isSafe(mostMs)) return { smallestMs: null, mostMs, trials };
  let unsafe = -1;
  let safe = mostMs;
  while (safe - unsafe > 1) {
    const middle = Math.floor((safe + unsafe) / 2);
    if (isSafe(middle)) safe = middle;
    else unsafe = middle;
  }
  return { smallestMs: safe, mostMs, trials };
}
