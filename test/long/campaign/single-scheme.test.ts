import { describe, expect, it } from "vitest";
import { BITMAP_SERIAL, BITMAP_SINGLE, OPTION_BITMAP_SCHEME } from "../../../assembly/layout.js";
import { SINGLE_PROFILES, runMemberCampaign } from "../../../host/campaign/member-campaign.js";
import { tinyWorkload } from "../../../host/campaign/workload/tiny-workload.js";
import type { CampaignReport } from "../../../host/campaign/campaign-report.js";
import { CleanArrays } from "../../../host/campaign/world/clean-arrays.js";
import { readDriver } from "../../../host/mirror/driver-binary.js";

const binary = readDriver("rig");
const arrays = new CleanArrays(binary);
const POLICY = { name: "sync-gated", flush: true, cooldownMs: 5 } as const;

function pairs(profile: string, scheme: number, budget: number): Promise<CampaignReport> {
  return tinyWorkload.run(POLICY, {
    binary,
    arrays,
    budget,
    seed: 7,
    bail: 4,
    profiles: [profile, profile],
    settings: { options: [[OPTION_BITMAP_SCHEME, scheme]] },
  });
}

describe("bitmap records on one card at a time, at length", () => {
  it.each(SINGLE_PROFILES)("keep every promise on %s", async (profile) => {
    const report = await pairs(profile, BITMAP_SINGLE, 60_000);
    expect(report.violations).toEqual([]);
    expect(report.vacuous(true)).toEqual([]);
  });

  it.each(SINGLE_PROFILES)("keep every promise while members come and go, on %s", (profile) => {
    const options = { binary, arrays, profile, firstSeed: 1001, worlds: 200, scheme: BITMAP_SINGLE };
    const { report } = runMemberCampaign(options);
    console.log(
      `${profile}: ${report.cuts} cuts, ${report.pairs} outcomes, ${report.membersLost} members lost`,
    );
    expect(report.violations).toEqual([]);
    expect(report.membersLost).toBeGreaterThan(80);
  });

  it("are caught where a cut may destroy a durable record, and records on both cards are not", async () => {
    expect((await pairs("open-block", BITMAP_SINGLE, 5000)).broken.P1).toBeGreaterThan(0);
    const safe = await pairs("open-block", BITMAP_SERIAL, 30_000);
    expect(safe.violations).toEqual([]);
    expect(safe.vacuous(true)).toEqual([]);
  });
});
