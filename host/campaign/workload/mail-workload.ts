import { Campaign } from "../campaign.js";
import { CampaignReport } from "../campaign-report.js";
import { generateMailScenario } from "../world/mail-scenario.js";
import { TINY } from "../world/scenario.js";
import type { Workload } from "./workload.js";

const CUTS = 1500;
/** Scenarios of one run have consecutive seeds; runs with neighbouring seeds share none. */
const SEED_STRIDE = 100_019;
const PROFILES: readonly [string, string] = ["mlc", "mlc"];

/** Whole scenarios until the budget is reached; each makes dozens of cuts. */
export const mailWorkload: Workload = {
  name: "mail",
  title: "one page, changed while it is written, then quiet: the mail's story, cut after every event",
  budget: CUTS,
  scheduled: true,
  deep: true,
  run: async (policy, options) => {
    const { binary, seed, budget = CUTS, bail = Number.MAX_SAFE_INTEGER, profiles = PROFILES } = options;
    const report = new CampaignReport();
    const campaign = new Campaign(binary, TINY, options.arrays, options.checks);
    for (let i = 0; report.moments < budget && report.violations.length < bail; i++) {
      const scenario = {
        ...generateMailScenario(Math.imul(seed, SEED_STRIDE) + i, {
          policy,
          profiles,
          ...(options.holes === undefined ? {} : { holes: options.holes }),
          ...(options.bug === undefined ? {} : { bug: options.bug }),
        }),
        ...options.settings,
      };
      report.add(campaign.runScheduled(scenario, options.schedule, bail - report.violations.length));
      options.onProgress?.(report);
    }
    return report;
  },
};
