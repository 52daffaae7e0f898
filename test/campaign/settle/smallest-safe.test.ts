import { describe, expect, it } from "vitest";
import { CampaignReport } from "../../../host/campaign/campaign-report.js";
import { smallestSafe } from "../../../host/campaign/settle/smallest-safe.js";

/** What a campaign reports when only times from `least` on are safe. */
function reportOf(ms: number, least: number): CampaignReport {
  const report = new CampaignReport();
  report.cuts = ms + 1;
  if (ms < least) report.broken.P1 = 1;
  return report;
}

describe("the smallest safe time", () => {
  it.each([0, 1, 2, 37, 99, 100])("is found: %d", (least) => {
    const safe: number[] = [];
    const { smallestMs, trials } = smallestSafe(
      100,
      (ms) => reportOf(ms, least),
      (report) => safe.push(report.cuts - 1),
    );
    expect(smallestMs).toBe(least);
    expect(safe.at(-1)).toBe(least);
    expect(trials.length).toBeLessThanOrEqual(8);
    // It is not taken for granted: the time 1 ms below was tried, and broke.
    if (least > 0) expect(trials).toContainEqual(expect.objectContaining({ ms: least - 1, broken: true }));
  });

  it("is none if the longest time is unsafe", () => {
    const { smallestMs, mostMs, trials } = smallestSafe(100, (ms) => reportOf(ms, 101));
    expect({ smallestMs, mostMs }).toEqual({ smallestMs: null, mostMs: 100 });
    expect(trials).toEqual([expect.objectContaining({ ms: 100, broken: true })]);
  });
});
