import { Campaign } from "../campaign.js";
import { CampaignReport } from "../campaign-report.js";
import { ALL_CHECKS, Checks } from "../oracle/checks.js";
import type { BrokenPromise, Violation } from "../oracle/violation.js";
import type { CleanArrays } from "../world/clean-arrays.js";
import { everyCardAlone } from "../world/lone-cards.js";
import { generateMemberScenario } from "../world/member-scenario.js";
import type { PolicyChoice } from "../world/policy-choice.js";
import { generateScenario } from "../world/scenario-generator.js";
import { TINY, type Scenario } from "../world/scenario.js";
import type { SeededBug } from "./seeded-bug.js";

const SYNC_GATED: PolicyChoice = { name: "sync-gated", flush: true, cooldownMs: 5 };

/** How the hunt for a bug went. */
export interface Kill {
  readonly entry: SeededBug;
  /** The promise of which the check hunted, all others switched off. */
  readonly promise: BrokenPromise;
  /** What the check found, or null when the bug is alive. */
  readonly violation: Violation | null;
  /** The world that showed it, and its seed. */
  readonly scenario: Scenario | null;
  readonly seed: number | null;
  /** Worlds tried. */
  readonly worlds: number;
  readonly report: CampaignReport;
}

/** What a hunt tries. */
export interface HuntOptions {
  /** The promise whose check hunts, all others switched off; default: the one that the bug is known to break. */
  readonly promise?: BrokenPromise;
  /** Seeds of the worlds, in the order in which they are tried; default: as many as the bug's entry says, from 1 on. */
  readonly seeds?: readonly number[];
}

/** Seeds of worlds: known ones first, then 1 to `worldsMax`, each once. */
export function huntSeeds(worldsMax: number, known: readonly (number | undefined)[] = []): number[] {
  const seeds = Array.from({ length: worldsMax }, (_, index) => index + 1);
  return [...new Set([...known.filter((seed) => seed !== undefined), ...seeds])];
}

/**
 * Worlds in which a seeded bug shows, and the same ones without it. Each world is run by a campaign of its own, so that
 * what shows in it depends on no other world.
 */
export class BugHunt {
  /** @param binary the rig build of the driver */
  constructor(
    private readonly binary: Uint8Array,
    private readonly arrays: CleanArrays,
    private readonly entry: SeededBug,
  ) {}

  /** Tries worlds until the check catches the bug. */
  kill({ promise = this.entry.check, seeds = huntSeeds(this.entry.seedsMax) }: HuntOptions = {}): Kill {
    const { entry } = this;
    const checks = new Checks([promise]);
    const report = new CampaignReport();
    for (const [index, seed] of seeds.entries()) {
      const scenario = this.world(seed, entry.bug);
      const found = this.explore(scenario, checks);
      report.add(found);
      const violation = found.violations[0];
      if (violation !== undefined) {
        return { entry, promise, violation, scenario, seed, worlds: index + 1, report };
      }
    }
    return { entry, promise, violation: null, scenario: null, seed: null, worlds: seeds.length, report };
  }

  /**
   * Runs worlds with every check, and goes on whatever they break.
   * @param bug BUG_NONE: what breaks then is no merit of the hunt
   */
  survey(bug: number, worlds: number, firstSeed = 1): CampaignReport {
    const report = new CampaignReport();
    for (let seed = firstSeed; seed < firstSeed + worlds; seed++) {
      report.add(this.explore(this.world(seed, bug), ALL_CHECKS));
    }
    return report;
  }

  private world(seed: number, bug: number): Scenario {
    const { generate, members, settings, profile } = this.entry;
    const make = generate ?? (members === undefined ? generateScenario : generateMemberScenario);
    const profiles = [profile, profile] as const;
    return make(seed, { ...members, ...settings, policy: SYNC_GATED, profiles, bug });
  }

  private explore(scenario: Scenario, checks: Checks): CampaignReport {
    const { binary, arrays, entry } = this;
    const campaign = new Campaign(binary, entry.geometry ?? TINY, arrays, checks);
    if (entry.depthTwo) return campaign.runDepthTwo(scenario, 1).report;
    // Of a large array only what a cut may have changed is read.
    return campaign.run(scenario, 0, 1, {
      ...everyCardAlone(scenario),
      readsAll: entry.geometry === undefined,
    });
  }
}

/** Tries worlds until a check catches the bug. @param binary the rig build of the driver */
export function killSeededBug(
  binary: Uint8Array,
  arrays: CleanArrays,
  entry: SeededBug,
  options: HuntOptions = {},
): Kill {
  return new BugHunt(binary, arrays, entry).kill(options);
}
