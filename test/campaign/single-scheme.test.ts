import { describe, expect, it } from "vitest";
import { BITMAP_SERIAL, BITMAP_SINGLE, OPTION_BITMAP_SCHEME } from "../../assembly/layout.js";
import { Campaign } from "../../host/campaign/campaign.js";
import { CampaignReport } from "../../host/campaign/campaign-report.js";
import { runMemberCampaign } from "../../host/campaign/member-campaign.js";
import { CleanArrays } from "../../host/campaign/world/clean-arrays.js";
import { generateScenario } from "../../host/campaign/world/scenario-generator.js";
import { TINY } from "../../host/campaign/world/scenario.js";
import { readDriver } from "../../host/mirror/driver-binary.js";

const binary = readDriver("rig");
const arrays = new CleanArrays(binary);

/** Random worlds with both cards present. */
function pairs(profile: string, scheme: number, worlds: number): CampaignReport {
  const campaign = new Campaign(binary, TINY, arrays);
  const report = new CampaignReport();
  for (let seed = 1; seed <= worlds; seed++) {
    const policy = { name: "sync-gated", flush: true, cooldownMs: 5 } as const;
    const scenario = generateScenario(seed, { policy, profiles: [profile, profile] });
    report.add(campaign.run({ ...scenario, options: [[OPTION_BITMAP_SCHEME, scheme]] }, 0, 4));
  }
  return report;
}

describe("bitmap records on one card at a time", () => {
  // slc has atomic sectors; the others tear what is in flight, which destroys an old record only (F1).
  it.each(["slc", "mlc", "ordered-cache"])("keep every promise on %s", (profile) => {
    const report = pairs(profile, BITMAP_SINGLE, 6);
    expect(report.violations).toEqual([]);
    expect(report.vacuous(true)).toEqual([]);
  });

  it("are half as many as in the other scheme", () => {
    const { recordWrites } = pairs("slc", BITMAP_SINGLE, 5);
    expect(recordWrites).toBeLessThan(0.6 * pairs("slc", BITMAP_SERIAL, 5).recordWrites);
  });

  it("keep every promise while members come and go", () => {
    const options = { binary, arrays, profile: "slc", firstSeed: 1, worlds: 24, scheme: BITMAP_SINGLE };
    const { report } = runMemberCampaign(options);
    expect(report.violations).toEqual([]);
    expect(report.vacuous(true)).toEqual([]);
    expect(report.membersLost).toBeGreaterThan(10);
    expect(report.loneRecoveries).toBeGreaterThan(300);
  });

  it("are caught where a cut may destroy a durable record (F3), and records on both cards are not", () => {
    const caught = pairs("open-block", BITMAP_SINGLE, 3);
    expect(caught.broken.P1).toBeGreaterThan(4);
    expect(caught.broken.P3).toBe(caught.broken.P1);
    const safe = pairs("open-block", BITMAP_SERIAL, 1);
    expect(safe.violations).toEqual([]);
    expect(safe.vacuous(true)).toEqual([]);
  });
});
