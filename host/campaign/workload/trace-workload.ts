import { BUG_NONE } from "../../../assembly/layout.js";
import { TraceThreads } from "../../clients/trace-threads.js";
import {
  readTrace,
  tracePrefix,
  TRACE_INTERVAL_US,
  type Trace,
  type TraceName,
} from "../../clients/trace.js";
import { SYNC_DIRTY_ONLY } from "../../page-cache/whole-sync.js";
import { Campaign } from "../campaign.js";
import { CampaignReport } from "../campaign-report.js";
import { CutSampler } from "../search/cut-sampler.js";
import type { PolicyChoice } from "../world/policy-choice.js";
import { SampledRun, scheduledLength } from "./sampled-run.js";
import { NO_HOLES } from "../world/scenario-generator.js";
import type { ScenarioGeometry, WorldSettings } from "../world/scenario.js";
import type { Workload, WorkloadOptions } from "./workload.js";

/**
 * The cards on which the traces were recorded: 72 MiB, regions of 64 KiB. Metadata areas lie 2 MiB apart, an erase
 * block of many cards, which leaves the 64 MiB that the traces write to.
 */
export const TRACE_GEOMETRY: ScenarioGeometry = {
  cardSectors: 147_456,
  regionShift: 7,
  metadataStride: 4096,
  sectorsPerPage: 8,
};

/** Writes of a trace that are replayed unless asked otherwise. */
const WRITES = 1024;
const CUTS = 96;
/** After the last write: write-back, epochs and clears of what it has left, us. */
const TAIL_US = 400_000;
/** Unless the options name others. */
const PROFILES: readonly [string, string] = ["tlc-cached", "mlc"];
/** Outcomes of one cut tried one by one: most have far more, and each recovery looks at 1024 regions. */
const PRODUCT_MAX = 128;
/** Sectors resynchronised for each cut: 32 regions; an array of which all is marked gets its turn now and then. */
const RESYNC_SECTORS_PER_CUT = 4096;

/** A recorded trace on two 72 MiB cards; `writes` of it, from its beginning. */
export function traceWorkload(name: TraceName, writes = WRITES): Workload {
  return {
    name: `trace-${name}`,
    title: `recorded trace ${name}.blocks, first ${writes} writes, on 72 MiB cards`,
    budget: CUTS,
    scheduled: false,
    deep: false,
    run: async (policy, options) => runTrace(tracePrefix(readTrace(name), writes), policy, options),
  };
}

/**
 * Replays a trace with cuts at a sample of its steps.
 * @throws Error when the trace does not fit TRACE_GEOMETRY
 */
export function runTrace(trace: Trace, policy: PolicyChoice, options: WorkloadOptions): CampaignReport {
  const { binary, seed, budget = CUTS, holes = NO_HOLES, bail = Number.MAX_SAFE_INTEGER } = options;
  const report = new CampaignReport();
  const campaign = new Campaign(binary, TRACE_GEOMETRY, options.arrays, options.checks);
  const world = campaign.world(traceSettings(policy, options), report, {
    readsAll: false,
    bail,
    productMax: PRODUCT_MAX,
    resyncSectorsPerCut: RESYNC_SECTORS_PER_CUT,
    schedule: options.schedule,
  });
  const { clock, cache } = world;
  const threads = new TraceThreads(clock, campaign.contents, cache, trace, { seed, ...holes });
  world.onWrite = (sector) => threads.pageWritten(sector / TRACE_GEOMETRY.sectorsPerPage);
  const lengthUs = trace.blocks.length * TRACE_INTERVAL_US + TAIL_US;
  const onCut = (): void => options.onProgress?.(report);
  const run =
    options.schedule === undefined
      ? new SampledRun(world, new CutSampler(budget, seed), lengthUs, onCut)
      : new SampledRun(world, null, scheduledLength(lengthUs, budget, CUTS), onCut);
  run.run(() => {
    threads.start();
    while (!run.over) run.step();
  });
  return report;
}

function traceSettings(
  policy: PolicyChoice,
  { seed, bug = BUG_NONE, profiles = PROFILES, settings = {} }: WorkloadOptions,
): WorldSettings {
  return {
    ...settings,
    policy,
    profiles,
    geometry: TRACE_GEOMETRY,
    timing: seed & 0xffff,
    bug,
    epochMs: 100,
    tickUs: 1000,
    writeBackUs: 100_000,
    dirtyAgeUs: 50_000,
    syncDelayUs: 0,
    // The weakest sync that the contract allows answers the driver; applications' own syncs flush.
    syncKinds: [SYNC_DIRTY_ONLY],
  };
}
