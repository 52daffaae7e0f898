import { BITMAP_SERIAL, OPTION_BITMAP_SCHEME } from "../../assembly/layout.js";
import { Campaign } from "./campaign.js";
import { CampaignReport } from "./campaign-report.js";
import type { Checks } from "./oracle/checks.js";
import type { CutSchedule } from "./search/cut-schedule.js";
import type { Violation } from "./oracle/violation.js";
import type { CleanArrays } from "./world/clean-arrays.js";
import { generateMemberScenario } from "./world/member-scenario.js";
import { TINY, type Scenario } from "./world/scenario.js";
import { TransitionHits } from "./world/transition-hits.js";

/** Classes of cards whose members come and go in a campaign; each world has two of one class. */
export const MEMBER_PROFILES = ["mlc", "tlc-cached", "ordered-cache", "slow-settle", "collateral"] as const;

/** Classes on which the scheme `single` is to hold while members come and go: no fault destroys what is durable. */
export const SINGLE_PROFILES = ["slc", "mlc", "tlc-cached", "ordered-cache", "slow-settle"] as const;

export interface MemberCampaignOptions {
  /** The rig build of the driver. */
  readonly binary: Uint8Array;
  readonly arrays: CleanArrays;
  /** The promises that are looked at; default: all. */
  readonly checks?: Checks | undefined;
  readonly profile: string;
  /** BITMAP_... of the arrays; default BITMAP_SERIAL. */
  readonly scheme?: number;
  readonly firstSeed: number;
  readonly worlds: number;
  /** At which moments the power is cut; default: after every event. */
  readonly schedule?: CutSchedule | undefined;
  /** Every third history is one in which a blank card takes the place of a member whose regions are clean. */
  readonly seldom?: true;
  /** Told after each world. */
  readonly onProgress?: (worlds: number) => void;
}

/** What histories of members came to on one class of cards. */
export interface MemberCampaignResult {
  readonly profile: string;
  readonly worlds: number;
  readonly report: CampaignReport;
  readonly hits: TransitionHits;
  /** The first promise that was broken, and the world in which it was. */
  readonly first: { readonly scenario: Scenario; readonly violation: Violation } | null;
}

/** Violations of one world after which it ends. */
const BAIL = 4;

/**
 * Worlds in which members are lost, come back stale, are swapped or replaced, and boots find one card only; every step
 * of each is cut with both cards, and every eighth recovered state is also tried with each card alone.
 */
export function runMemberCampaign(options: MemberCampaignOptions): MemberCampaignResult {
  const {
    binary,
    arrays,
    profile,
    scheme = BITMAP_SERIAL,
    firstSeed,
    worlds,
    schedule,
    seldom,
    onProgress,
  } = options;
  const campaign = new Campaign(binary, TINY, arrays, options.checks);
  const report = new CampaignReport();
  const hits = new TransitionHits();
  let first: MemberCampaignResult["first"] = null;
  for (let world = 0; world < worlds; world++) {
    const scenario = generateMemberScenario(firstSeed + world, {
      policy: { name: "sync-gated", flush: true, cooldownMs: 5 },
      profiles: [profile, profile],
      // A blank card that takes a member's place is a world of its own: every third.
      spares: seldom && world % 3 === 0 ? "always" : world % 3 === 2,
      ...(scheme === BITMAP_SERIAL ? {} : { more: [[OPTION_BITMAP_SCHEME, scheme]] }),
    });
    const found = campaign.run(scenario, 0, BAIL, { hits, schedule });
    const violation = found.violations[0];
    if (violation !== undefined) first ??= { scenario, violation };
    report.add(found);
    onProgress?.(world + 1);
  }
  return { profile, worlds, report, hits, first };
}
