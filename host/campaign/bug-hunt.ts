import type { Campaign } from "./campaign.js";
import { CampaignReport } from "./campaign-report.js";
import type { SeededBug } from "./seeded-bug.js";
import type { PolicyChoice } from "./world/policy-choice.js";
import { generateMemberScenario } from "./world/member-scenario.js";
import { generateScenario } from "./world/scenario-generator.js";
import type { Scenario } from "./world/scenario.js";
import type { Violation } from "./oracle/violation.js";

const SYNC_GATED: PolicyChoice = { name: "sync-gated", flush: true, cooldownMs: 5 };

/** How the hunt for a bug went. */
export interface Kill {
  readonly entry: SeededBug;
  /** The violation of the expected check, or null when the bug is alive. */
  readonly violation: Violation | null;
  /** The world that showed it. */
  readonly scenario: Scenario | null;
  /** Worlds tried. */
  readonly seeds: number;
  readonly report: CampaignReport;
}

/** Tries worlds until the expected check catches the bug. `campaign` must be over the geometry TINY. */
export function killSeededBug(campaign: Campaign, entry: SeededBug): Kill {
  const report = new CampaignReport();
  // Every recovered state is tried with each card alone.
  const lone = entry.members === undefined ? {} : { loneEvery: 1 };
  for (let seed = 1; seed <= entry.seedsMax; seed++) {
    const generate = entry.members === undefined ? generateScenario : generateMemberScenario;
    const scenario = generate(seed, {
      ...entry.members,
      policy: SYNC_GATED,
      profiles: [entry.profile, entry.profile],
      bug: entry.bug,
    });
    const found = entry.depthTwo
      ? campaign.runDepthTwo(scenario, 1).report
      : campaign.run(scenario, 0, 1, lone);
    report.add(found);
    const violation = found.violations.find(({ promises }) => promises.includes(entry.check));
    if (violation !== undefined) return { entry, violation, scenario, seeds: seed, report };
  }
  return { entry, violation: null, scenario: null, seeds: entry.seedsMax, report };
}
