import { DirectWriter } from "../../page-cache/direct-writer.js";
import { Campaign } from "../campaign.js";
import { CampaignReport } from "../campaign-report.js";
import type { CutExplorerLimits } from "../search/cut-explorer.js";
import type { CutSchedule } from "../search/cut-schedule.js";
import { CutSampler } from "../search/cut-sampler.js";
import { SampledRun } from "../workload/sampled-run.js";
import type { WorkloadOptions } from "../workload/workload.js";
import { DIRECT_BUFFER_SECTORS, ScenarioThreads } from "../world/scenario-threads.js";
import type { Scenario } from "../world/scenario.js";

/** Above so many data sectors recoveries read what the cut may have changed, and not all resynchronise. */
const READS_ALL_MAX = 4096;
const RESYNC_SECTORS_PER_CUT = 4096;
const PRODUCT_MAX = 128;

function limitsOf({ geometry }: Campaign, bail: number): CutExplorerLimits {
  const readsAll = geometry.dataSectors <= READS_ALL_MAX;
  return {
    readsAll,
    bail,
    productMax: PRODUCT_MAX,
    ...(readsAll ? {} : { resyncSectorsPerCut: RESYNC_SECTORS_PER_CUT }),
  };
}

/** The same scenario with cuts by a schedule. */
export function runScheduledScenario(
  scenario: Scenario,
  { binary, arrays, bail = Number.MAX_SAFE_INTEGER }: Pick<WorkloadOptions, "binary" | "arrays" | "bail">,
  schedule: CutSchedule,
): CampaignReport {
  const campaign = new Campaign(binary, scenario.geometry, arrays);
  return campaign.runScheduled(scenario, schedule, bail, limitsOf(campaign, bail));
}

/**
 * Runs a scenario of one boot with cuts at a sample of its events: too many happen to cut after each. Event for event it
 * is the run of the scenario that a case id of it replays.
 */
export function runSampledScenario(
  scenario: Scenario,
  options: Pick<WorkloadOptions, "binary" | "arrays" | "checks" | "seed" | "bail" | "onProgress">,
  cuts: number,
): CampaignReport {
  const { binary, arrays, checks, seed, bail = Number.MAX_SAFE_INTEGER } = options;
  const report = new CampaignReport();
  const campaign = new Campaign(binary, scenario.geometry, arrays, checks);
  const world = campaign.world(scenario, report, limitsOf(campaign, bail));
  const { clock, cache, observer } = world;
  const direct = new DirectWriter(cache.queue, observer, DIRECT_BUFFER_SECTORS);
  const collides = scenario.collides === 1;
  const threads = new ScenarioThreads(clock, campaign.contents, cache, direct, world, collides);
  const [boot] = scenario.boots;
  const sampler = new CutSampler(cuts, seed);
  const run = new SampledRun(world, sampler, boot!.end.atUs, () => options.onProgress?.(report));
  run.run(() => {
    threads.start(boot!.actions);
    while (!run.over) run.step();
  });
  report.writes += direct.writes;
  return report;
}
