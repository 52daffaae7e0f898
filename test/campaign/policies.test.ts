import { describe, expect, it } from "vitest";
import { CampaignReport } from "../../host/campaign/campaign-report.js";
import { Campaign } from "../../host/campaign/campaign.js";
import type { PolicyName } from "../../host/campaign/world/policy-choice.js";
import { NO_HOLES, generateScenario, type Holes } from "../../host/campaign/world/scenario-generator.js";
import { TINY } from "../../host/campaign/world/scenario.js";
import { readDriver } from "../../host/mirror/driver-binary.js";

const campaign = new Campaign(readDriver("rig"), TINY);

/** Worlds until a promise breaks, or all of them. */
function hunt(name: PolicyName, flush: boolean, profile: string, worlds: number, holes: Holes = NO_HOLES) {
  const total = new CampaignReport();
  for (let seed = 1; seed <= worlds && total.brokenTotal === 0; seed++) {
    const policy = { name, flush, cooldownMs: 8 };
    total.add(campaign.run(generateScenario(seed, { policy, profiles: [profile, profile], holes }), 0, 3));
  }
  return total;
}

describe("policies that must be caught", () => {
  it.each([
    ["immediate", false, "mlc"],
    ["immediate", true, "tlc-cached"],
    ["cooldown", true, "tlc-cached"],
    ["locked", false, "tlc-cached"],
  ] as const)("%s, flush before the clear: %s, on %s", (name, flush, profile) => {
    const { broken } = hunt(name, flush, profile, 60);
    expect(broken.P1).toBeGreaterThan(0);
    expect(broken.P3).toBeGreaterThan(0);
    expect(broken.P6 + broken.trap).toBe(0);
  });
});

describe("policies that must hold", () => {
  it.each([
    ["locked", true, "tlc-cached"],
    ["never", true, "mlc"],
    ["sync-gated", true, "tlc-cached"],
  ] as const)("%s, flush before the clear: %s, on %s", (name, flush, profile) => {
    const report = hunt(name, flush, profile, 12);
    expect(report.violations).toEqual([]);
    expect(report.vacuous(name !== "never")).toEqual([]);
    expect(report.distinct).toBeGreaterThan(1000);
  });
});

describe("the mail's two holes, open until the transfer fingerprint", () => {
  it.each([
    ["a flag set late", { lateFlag: true, forgotten: false }],
    ["a buffer forgotten", { lateFlag: false, forgotten: true }],
  ] as const)("%s breaks sync-gated", (_name, holes) => {
    const { broken } = hunt("sync-gated", true, "mlc", 300, holes);
    expect(broken.P1).toBeGreaterThan(0);
  });
});
