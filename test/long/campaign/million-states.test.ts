import { describe, expect, it } from "vitest";
import { CampaignReport } from "../../../host/campaign/campaign-report.js";
import { Campaign } from "../../../host/campaign/campaign.js";
import type { PolicyName } from "../../../host/campaign/world/policy-choice.js";
import { generateScenario } from "../../../host/campaign/world/scenario-generator.js";
import { TINY } from "../../../host/campaign/world/scenario.js";
import { readDriver } from "../../../host/mirror/driver-binary.js";
import { PROFILES } from "../../../host/sdcard-emulator/characteristics.js";

const NAMES = Object.keys(PROFILES);
/** Every pair of profiles, in turn: two cards of an array need not be of one class. */
const PAIRS = NAMES.flatMap((a) => NAMES.map((b) => [a, b] as const));

/** Policies that must hold, and how many distinct recovered states each must survive. */
const SAFE: readonly (readonly [PolicyName, number])[] = [
  ["sync-gated", 1_000_000],
  ["never", 1_000_000],
  ["locked", 200_000],
];

describe("distinct recovered states without a broken promise", () => {
  it.each(SAFE)("%s: %i", (name, target) => {
    const campaign = new Campaign(readDriver("rig"), TINY);
    const policy = { name, flush: true, cooldownMs: 5 };
    const total = new CampaignReport();
    // One campaign counts a pair of images once, whatever cards it came from, unless their settle times differ.
    let distinct = 0;
    for (let seed = 100_000; distinct < target && total.brokenTotal === 0; seed++) {
      const profiles = PAIRS[seed % PAIRS.length]!;
      const report = campaign.run(generateScenario(seed, { policy, profiles }), 0, 1);
      distinct += report.distinct;
      total.add(report);
    }
    console.log(
      `${name}: ${total.cuts} cuts, ${total.pairs} outcomes, ${distinct} distinct, ${total.clears} clears, ` +
        `${total.bounded} cuts bounded, ${total.liveResyncs} resyncs in ${total.boots} boots`,
    );
    expect(total.violations).toEqual([]);
    expect(total.vacuous(name !== "never")).toEqual([]);
    expect(distinct).toBeGreaterThanOrEqual(target);
  });
});
