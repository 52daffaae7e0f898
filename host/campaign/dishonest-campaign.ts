import { Campaign } from "./campaign.js";
import { CampaignReport } from "./campaign-report.js";
import type { Checks } from "./oracle/checks.js";
import type { CutSchedule } from "./search/cut-schedule.js";
import type { Violation } from "./oracle/violation.js";
import type { CleanArrays } from "./world/clean-arrays.js";
import { memberOptions } from "./world/member-scenario.js";
import { generateScenario } from "./world/scenario-generator.js";
import { TINY, type Scenario } from "./world/scenario.js";

/** A class of cards on which no driver can keep every promise (F4), and the honest class that is like it but for that. */
export interface DishonestClass {
  readonly profile: string;
  readonly honest: string;
  /** What its cards do, for a person. */
  readonly lie: string;
}

export const DISHONEST_CLASSES: readonly DishonestClass[] = [
  {
    profile: "lying-flush",
    honest: "tlc-cached",
    lie: "answers a flush and keeps nothing of what it covers",
  },
  { profile: "endless-flush", honest: "tlc-cached", lie: "never answers a flush, nor what is behind it" },
  { profile: "rollback", honest: "mlc", lie: "after a cut, one sector may be an older durable version" },
  { profile: "misdirect", honest: "mlc", lie: "now and then a write lands at a wrong place" },
];

/** Violations of one world after which it ends: one lie is met again at every later cut, and says nothing new there. */
export const VIOLATIONS_MAX = 16;
/** A cache that is never flushed has more outcomes at each cut than can be tried: few one by one, then a covering set. */
const PRODUCT_MAX = 256;

export interface DishonestCampaignOptions {
  /** The rig build of the driver. */
  readonly binary: Uint8Array;
  readonly arrays: CleanArrays;
  /** The promises that are looked at; default: all. */
  readonly checks?: Checks | undefined;
  /** Classes of card A and card B. */
  readonly profiles: readonly [string, string];
  readonly firstSeed: number;
  readonly worlds: number;
  /** At which moments the power is cut; default: after every event. */
  readonly schedule?: CutSchedule | undefined;
  /** Told after each world. */
  readonly onProgress?: (worlds: number) => void;
}

/** What became of two cards of which one or both are dishonest. */
export interface DishonestCampaignResult {
  readonly profiles: readonly [string, string];
  readonly worlds: number;
  /** Worlds in which some promise was broken. */
  readonly worldsBroken: number;
  readonly report: CampaignReport;
  /** The first promise that was broken, and the world in which it was. */
  readonly first: { readonly scenario: Scenario; readonly violation: Violation } | null;
}

/**
 * Worlds under the default policy on cards that lie: what comes of every cut is judged as on honest ones, and nothing is
 * excused. The same seeds give the same threads whatever the cards are.
 */
export function runDishonestCampaign(options: DishonestCampaignOptions): DishonestCampaignResult {
  const { binary, arrays, profiles, firstSeed, worlds, schedule, onProgress } = options;
  const campaign = new Campaign(binary, TINY, arrays, options.checks);
  const report = new CampaignReport();
  let worldsBroken = 0;
  let first: DishonestCampaignResult["first"] = null;
  for (let world = 0; world < worlds; world++) {
    const policy = { name: "sync-gated", flush: true, cooldownMs: 5 } as const;
    const scenario: Scenario = {
      ...generateScenario(firstSeed + world, { policy, profiles }),
      // A card that answers nothing must not keep the other one from running alone.
      options: memberOptions(),
    };
    const found = campaign.run(scenario, 0, VIOLATIONS_MAX, { productMax: PRODUCT_MAX, schedule });
    const violation = found.violations[0];
    if (violation !== undefined) {
      worldsBroken++;
      first ??= { scenario, violation };
    }
    report.add(found);
    onProgress?.(world + 1);
  }
  return { profiles, worlds, worldsBroken, report, first };
}
