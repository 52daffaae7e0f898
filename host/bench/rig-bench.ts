import { Campaign } from "../campaign/campaign.js";
import { CampaignReport } from "../campaign/campaign-report.js";
import { runUnit, type PolicyUnit } from "../campaign/units/work-unit.js";
import { TRACE_GEOMETRY } from "../campaign/workload/trace-workload.js";
import { arrayGeometry } from "../campaign/world/array-geometry.js";
import { CleanArrays } from "../campaign/world/clean-arrays.js";
import { NO_HOLES, generateScenario } from "../campaign/world/scenario-generator.js";
import { TINY } from "../campaign/world/scenario.js";
import { profileStages, type Stage, type StageShare } from "./stage-profile.js";

/** What one core does in a second on one geometry. */
export interface RigRates {
  /** Of the workload, whose units are run as a campaign runs them. */
  readonly workload: string;
  readonly dataSectors: number;
  readonly regions: number;
  /** CPU time of this process in the measurement, s: user and system, garbage collection included. */
  readonly cpuSeconds: number;
  readonly units: number;
  readonly cuts: number;
  /** Distinct recovered states: assembly, reads, resync, way to CLEAN, all checks. */
  readonly distinct: number;
  /** (cut, outcome) pairs that were judged; most states are met by several. */
  readonly pairs: number;
  /** Outcomes that there were at those cuts, and the cuts of which some were left out. */
  readonly possible: number;
  readonly bounded: number;
  readonly distinctPerSecond: number;
  readonly pairsPerSecond: number;
}

/** The rates, and where the time goes on the smallest geometry. */
export interface RigBench {
  readonly rates: readonly RigRates[];
  /** From a run of its own, under the profiler. */
  readonly stages: readonly StageShare[];
}

/** Geometries that are measured, the smallest first, the workload that runs on each, and the cuts of one of its units. */
const MEASURED = [
  { workload: "tiny", geometry: TINY, cuts: 4500 },
  { workload: "trace-rand", geometry: TRACE_GEOMETRY, cuts: 96 },
] as const;
/** Part of the measured time that warms up, and part that is profiled. */
const WARM_UP = 0.25;
const PROFILED = 0.25;

const PROFILES = [
  ["mlc", "mlc"],
  ["mlc", "tlc-cached"],
  ["tlc-cached", "tlc-cached"],
] as const;

const STAGES: readonly Stage[] = [
  {
    name: "enumerating outcomes",
    functions: ["cut-explorer.js choose", "cut-explorer.js unchoose", "card.js crashSpace"],
    files: ["crash-outcomes.js", "crash-space.js", "scratch-pair.js"],
  },
  { name: "assembly", functions: ["instant-array.js boot"], files: [] },
  { name: "known recoveries", functions: ["instant-array.js courseFrom"], files: ["run-log.js"] },
  { name: "reads", functions: ["instant-array.js readAll", "recovery.js readInTurn"], files: [] },
  { name: "resync", functions: ["recovery.js resync"], files: [] },
  { name: "way to clean", functions: ["recovery.js becomesClean"], files: [] },
  { name: "rest of recovery", functions: ["recovery.js recover", "recovery.js run"], files: [] },
  {
    name: "judging",
    functions: ["cut-explorer.js judgeMarks", "cut-explorer.js judgeValues", "cut-explorer.js reportFault"],
    files: ["recovered-states.js", "state-keys.js", "mirror-differences.js"],
  },
  {
    name: "running system",
    functions: ["emulated-world.js advance", "emulated-world.js startBoot", "emulated-world.js endBoot"],
    files: ["scenario-generator.js", "scenario-world.js", "page-cache.js", "virtual-clock.js"],
  },
  { name: "garbage collection", functions: [" (garbage collector)"], files: [] },
];

/** Unit of work number `at`: the policy is the one that the project is about. */
export function rigUnit(workload: string, cuts: number, at: number): PolicyUnit {
  return {
    kind: "policy",
    policy: { name: "sync-gated", flush: true, cooldownMs: 5 },
    holes: NO_HOLES,
    workload,
    seed: at + 1,
    budget: cuts,
  };
}

/**
 * Measures one core, warm, for about `seconds` of CPU time on each geometry.
 * @param binary the rig build of the driver
 * @param onProgress told now and then which part is running
 */
export async function benchRig(
  binary: Uint8Array,
  seconds: number,
  onProgress: (part: string) => void = () => undefined,
): Promise<RigBench> {
  const arrays = new CleanArrays(binary);
  const rates: RigRates[] = [];
  for (const { workload, geometry, cuts } of MEASURED) {
    onProgress(`warming up on ${workload}`);
    const warm = await runFor(binary, arrays, workload, cuts, seconds * WARM_UP, 0);
    onProgress(`measuring ${workload}`);
    const { report, cpuSeconds, units } = await runFor(binary, arrays, workload, cuts, seconds, warm.units);
    const { cardSectors, regionShift, metadataStride } = geometry;
    const { dataSectors, regions } = arrayGeometry(cardSectors, regionShift, metadataStride);
    const { cuts: done, distinct, pairs, possible, bounded } = report;
    rates.push({
      workload,
      dataSectors,
      regions,
      cpuSeconds,
      units,
      cuts: done,
      distinct,
      pairs,
      possible,
      bounded,
      distinctPerSecond: distinct / cpuSeconds,
      pairsPerSecond: pairs / cpuSeconds,
    });
  }
  onProgress("profiling");
  const stages = profileStages(STAGES, () => scenariosFor(binary, arrays, seconds * PROFILED));
  return { rates, stages };
}

/** Scenarios of the workload `tiny`, which a profiler that answers at once can be put around. */
function scenariosFor(binary: Uint8Array, arrays: CleanArrays, seconds: number): void {
  const campaign = new Campaign(binary, TINY, arrays);
  const { policy } = rigUnit("tiny", 1, 0);
  const before = process.cpuUsage();
  for (let seed = 1, cpuSeconds = 0; cpuSeconds < seconds; seed++) {
    campaign.run(generateScenario(seed, { policy, profiles: PROFILES[seed % PROFILES.length]! }));
    const { user, system } = process.cpuUsage(before);
    cpuSeconds = (user + system) / 1e6;
  }
}

/** Whole units until the CPU time is used up. */
async function runFor(
  binary: Uint8Array,
  arrays: CleanArrays,
  workload: string,
  cuts: number,
  seconds: number,
  firstUnit: number,
): Promise<{ report: CampaignReport; cpuSeconds: number; units: number }> {
  const report = new CampaignReport();
  const before = process.cpuUsage();
  let cpuSeconds = 0;
  let units = 0;
  while (cpuSeconds < seconds) {
    const result = await runUnit(rigUnit(workload, cuts, firstUnit + units++), binary, arrays);
    report.add(CampaignReport.from(result.report));
    const { user, system } = process.cpuUsage(before);
    cpuSeconds = (user + system) / 1e6;
  }
  return { report, cpuSeconds, units };
}
