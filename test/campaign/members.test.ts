import { describe, expect, it } from "vitest";
import { BYTES_PER_CALL_MAX, SUBMITS_PER_CALL_MAX } from "../../assembly/layout.js";
import { MEMBER_PROFILES, runMemberCampaign } from "../../host/campaign/member-campaign.js";
import { CleanArrays } from "../../host/campaign/world/clean-arrays.js";
import { readDriver } from "../../host/mirror/driver-binary.js";

const binary = readDriver("rig");
const arrays = new CleanArrays(binary);

describe("histories of members", () => {
  it.each(MEMBER_PROFILES)("keep every promise, on %s", (profile) => {
    const { report } = runMemberCampaign({ binary, arrays, profile, firstSeed: 1, worlds: 24 });
    expect(report.violations).toEqual([]);
    // Boots end before cards that settle so slowly come to a clear.
    expect(report.vacuous(profile !== "slow-settle")).toEqual([]);
    expect(report.membersLost).toBeGreaterThan(5);
    expect(report.loneRecoveries).toBeGreaterThan(300);
    // The work of one call of the driver is bounded, whatever happens.
    expect(report.submitsPerCallMax).toBeGreaterThan(2);
    expect(report.submitsPerCallMax).toBeLessThanOrEqual(SUBMITS_PER_CALL_MAX);
    expect(report.bytesPerCallMax).toBeLessThanOrEqual(BYTES_PER_CALL_MAX);
  });
});
