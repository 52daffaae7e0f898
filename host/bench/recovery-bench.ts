import { Campaign } from "../campaign/campaign.js";
import { CampaignReport } from "../campaign/campaign-report.js";
import { CleanArrays } from "../campaign/world/clean-arrays.js";
import { generateScenario } from "../campaign/world/scenario-generator.js";
import { TINY } from "../campaign/world/scenario.js";
import { profileStages, type Stage, type StageShare } from "./stage-profile.js";

/** Recoveries a second on the smallest geometry, and where the time goes. */
export interface RecoveryRates {
  /** CPU time of this process in the measurement, s: user and system, garbage collection included. */
  readonly cpuSeconds: number;
  /** Distinct recovered states: assembly, reads, resync, way to CLEAN, all checks. */
  readonly distinct: number;
  /** Outcomes of cuts that were judged; most states are met by several. */
  readonly pairs: number;
  readonly distinctPerSecond: number;
  readonly pairsPerSecond: number;
  /** From a second run, under the profiler. */
  readonly stages: readonly StageShare[];
}

const POLICY = { name: "sync-gated", flush: true, cooldownMs: 5 } as const;
const PROFILES = [
  ["mlc", "mlc"],
  ["mlc", "tlc-cached"],
  ["tlc-cached", "tlc-cached"],
] as const;
/** Part of the measured time that warms up, and part that is profiled. */
const WARM_UP = 0.25;
const PROFILED = 0.25;

const STAGES: readonly Stage[] = [
  {
    name: "enumerating outcomes",
    functions: ["cut-explorer.js choose", "cut-explorer.js unchoose", "card.js crashSpace"],
    files: ["crash-outcomes.js", "crash-space.js", "scratch-pair.js"],
  },
  { name: "assembly", functions: ["recovery.js recover", "recovery.js run"], files: [] },
  { name: "reads", functions: ["instant-array.js readAll", "recovery.js readInTurn"], files: [] },
  { name: "resync", functions: ["recovery.js resync"], files: [] },
  { name: "way to clean", functions: ["recovery.js becomesClean"], files: [] },
  {
    name: "judging",
    functions: [
      "cut-explorer.js judgeMarks",
      "cut-explorer.js judgeValues",
      "cut-explorer.js reportFault",
      "recovery.js cleanButDifferent",
      "recovery.js firstDifference",
      "recovery.js firstFlip",
    ],
    files: ["recovered-states.js"],
  },
  {
    name: "running system",
    functions: ["emulated-world.js advance", "emulated-world.js startBoot", "emulated-world.js endBoot"],
    files: ["scenario-generator.js", "scenario-world.js", "page-cache.js", "virtual-clock.js"],
  },
  { name: "garbage collection", functions: [" (garbage collector)"], files: [] },
];

/**
 * Measures for about `seconds` of CPU time, one core, warm.
 * @param binary the rig build of the driver
 * @param onProgress told now and then which part is running
 */
export function benchRecovery(
  binary: Uint8Array,
  seconds: number,
  onProgress: (part: string) => void = () => undefined,
): RecoveryRates {
  const arrays = new CleanArrays(binary);
  onProgress("warming up");
  let { seed } = exploreFor(binary, arrays, seconds * WARM_UP, 1);
  onProgress("measuring");
  const measured = exploreFor(binary, arrays, seconds, seed);
  seed = measured.seed;
  onProgress("profiling");
  const stages = profileStages(STAGES, () => {
    exploreFor(binary, arrays, seconds * PROFILED, seed);
  });
  const { cpuSeconds } = measured;
  const { distinct, pairs } = measured.report;
  return {
    cpuSeconds,
    distinct,
    pairs,
    distinctPerSecond: distinct / cpuSeconds,
    pairsPerSecond: pairs / cpuSeconds,
    stages,
  };
}

/** Whole scenarios until the CPU time is used up; `seed` is that of the next one. */
function exploreFor(
  binary: Uint8Array,
  arrays: CleanArrays,
  seconds: number,
  firstSeed: number,
): { report: CampaignReport; cpuSeconds: number; seed: number } {
  const report = new CampaignReport();
  const campaign = new Campaign(binary, TINY, arrays);
  const before = process.cpuUsage();
  let cpuSeconds = 0;
  let seed = firstSeed;
  while (cpuSeconds < seconds) {
    const profiles = PROFILES[seed % PROFILES.length]!;
    report.add(campaign.run(generateScenario(seed++, { policy: POLICY, profiles })));
    const { user, system } = process.cpuUsage(before);
    cpuSeconds = (user + system) / 1e6;
  }
  return { report, cpuSeconds, seed };
}
