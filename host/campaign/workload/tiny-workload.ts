import { Campaign } from "../campaign.js";
import { CampaignReport } from "../campaign-report.js";
import type { PolicyChoice } from "../world/policy-choice.js";
import { generateScenario } from "../world/scenario-generator.js";
import { TINY } from "../world/scenario.js";
import type { Workload, WorkloadOptions } from "./workload.js";

const CUTS = 4500;
/** Scenarios of one run at most: a generator that makes no cuts never fills a budget. */
const SCENARIOS_MAX = 100_000;
/** Scenarios of one run have consecutive seeds; runs with neighbouring seeds share none. */
const SEED_STRIDE = 100_003;
/** Classes of cards, in turn: no cache, one, two, late durability, ordered loss. */
const PROFILES: readonly (readonly [string, string])[] = [
  ["mlc", "mlc"],
  ["mlc", "tlc-cached"],
  ["tlc-cached", "tlc-cached"],
  ["slow-settle", "tlc-cached"],
  ["ordered-cache", "slc"],
];

/** Random small scenarios, cut after every event: what bugs die of. */
export const tinyWorkload: Workload = {
  name: "tiny",
  title: "random scenarios on eight sectors, cut after every event",
  budget: CUTS,
  scheduled: true,
  deep: true,
  run: async (policy, options) => runTiny(policy, options),
};

/** Whole scenarios until the budget is reached. */
function runTiny(policy: PolicyChoice, options: WorkloadOptions): CampaignReport {
  const { binary, seed, budget = CUTS, bail = Number.MAX_SAFE_INTEGER } = options;
  const report = new CampaignReport();
  const campaign = new Campaign(binary, TINY, options.arrays, options.checks);
  for (let i = 0; report.moments < budget && report.violations.length < bail; i++) {
    if (i === SCENARIOS_MAX)
      throw new Error(`${SCENARIOS_MAX} scenarios have only ${report.moments} moments`);
    const scenario = {
      ...generateScenario(Math.imul(seed, SEED_STRIDE) + i, {
        policy,
        profiles: options.profiles ?? PROFILES[i % PROFILES.length]!,
        ...(options.holes === undefined ? {} : { holes: options.holes }),
        ...(options.bug === undefined ? {} : { bug: options.bug }),
      }),
      ...options.settings,
    };
    report.add(campaign.runScheduled(scenario, options.schedule, bail - report.violations.length));
    options.onProgress?.(report);
  }
  return report;
}
