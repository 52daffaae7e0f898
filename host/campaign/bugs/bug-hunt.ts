import { BUG_NONE, OPTION_START_DEGRADED } from "../../../assembly/layout.js";
import { Campaign } from "../campaign.js";
import { CampaignReport } from "../campaign-report.js";
import type { SeededBug } from "./seeded-bug.js";
import type { CleanArrays } from "../world/clean-arrays.js";
import type { PolicyChoice } from "../world/policy-choice.js";
import { generateMemberScenario } from "../world/member-scenario.js";
import { generateScenario } from "../world/scenario-generator.js";
import { TINY, type Scenario } from "../world/scenario.js";
import type { Violation } from "../oracle/violation.js";

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

/** Worlds in which a seeded bug shows, and the same ones without it. */
export class BugHunt {
  private readonly campaign: Campaign;

  /** @param binary the rig build of the driver */
  constructor(
    binary: Uint8Array,
    arrays: CleanArrays,
    private readonly entry: SeededBug,
  ) {
    this.campaign = new Campaign(binary, entry.geometry ?? TINY, arrays);
  }

  /** Tries worlds until the expected check catches the bug. */
  kill(): Kill {
    const { entry } = this;
    const report = new CampaignReport();
    for (let seed = 1; seed <= entry.seedsMax; seed++) {
      const scenario = this.world(seed, entry.bug);
      const found = this.explore(scenario);
      report.add(found);
      const violation = found.violations.find(({ promises }) => promises.includes(entry.check));
      if (violation !== undefined) return { entry, violation, scenario, seeds: seed, report };
    }
    return { entry, violation: null, scenario: null, seeds: entry.seedsMax, report };
  }

  /** Runs the first worlds without the bug: whatever breaks in them is no merit of the hunt. */
  withoutBug(worlds: number): CampaignReport {
    const report = new CampaignReport();
    for (let seed = 1; seed <= worlds; seed++) report.add(this.explore(this.world(seed, BUG_NONE)));
    return report;
  }

  private world(seed: number, bug: number): Scenario {
    const { generate, members, settings, profile } = this.entry;
    const make = generate ?? (members === undefined ? generateScenario : generateMemberScenario);
    const profiles = [profile, profile] as const;
    return make(seed, { ...members, ...settings, policy: SYNC_GATED, profiles, bug });
  }

  private explore(scenario: Scenario): CampaignReport {
    const { campaign, entry } = this;
    if (entry.depthTwo) return campaign.runDepthTwo(scenario, 1).report;
    // Where one card may be assembled alone, every recovered state is tried with each.
    const isLone = scenario.options?.some(
      ([option, value]) => option === OPTION_START_DEGRADED && value === 1,
    );
    // Of a large array only what a cut may have changed is read.
    return campaign.run(scenario, 0, 1, {
      ...(isLone ? { loneEvery: 1 } : {}),
      readsAll: entry.geometry === undefined,
    });
  }
}

/** Tries worlds until the expected check catches the bug. @param binary the rig build of the driver */
export function killSeededBug(binary: Uint8Array, arrays: CleanArrays, entry: SeededBug): Kill {
  return new BugHunt(binary, arrays, entry).kill();
}
