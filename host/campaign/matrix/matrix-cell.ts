import { AREA_DATA } from "../../../assembly/layout.js";
import { blockScenario, type BlockLoad, type BlockWorkload } from "../blocks/block-workload.js";
import { runSampledScenario } from "../blocks/sampled-scenario.js";
import { CampaignReport } from "../campaign-report.js";
import { workload } from "../workload/workloads.js";
import type { ExtraSettings, Workload } from "../workload/workload.js";
import { WorkloadError } from "../workload/workload-error.js";
import type { CardClass } from "../world/card-class.js";
import type { CleanArrays } from "../world/clean-arrays.js";
import type { PolicyChoice } from "../world/policy-choice.js";
import type { Scenario, ScenarioGeometry } from "../world/scenario.js";
import { runUncut, type UncutRun } from "./uncut-run.js";

/** One policy on one class of card, from one seed. */
export interface MatrixCell {
  readonly policy: PolicyChoice;
  readonly settings?: ExtraSettings;
  /** Name of a block workload. */
  readonly workload: string;
  readonly classes: readonly [CardClass, CardClass];
  readonly seed: number;
  /** Moments at which the power is cut. */
  readonly budget: number;
}

/** What came of it. */
export interface MatrixResult {
  /** Of the cuts; what the uncut run broke is noted in it too. */
  readonly report: CampaignReport;
  readonly uncut: UncutRun;
}

/** Metadata areas lie 4 MiB apart: an erase block, or an allocation unit, of the cards whose flash is known. */
const STRIDE = 8192;

/**
 * Lags behind the shortest hold times, as pdflush does: what was changed in flight is written again by then, or by the
 * next sync.
 */
export const WRITE_BACK_US = 40_000;

/** Four requests of the usual workloads. */
const SETTLE_US_AT_FULL_PACE = 12_000;

/** Runs the workload twice, event for event the same: without a cut for what it costs, and cut for what it breaks. */
export function runMatrixCell(cell: MatrixCell, binary: Uint8Array, arrays: CleanArrays): MatrixResult {
  const scenario = cellScenario(cell);
  const running = new CampaignReport();
  const uncut = runUncut(scenario, binary, arrays, running);
  const { boots } = scenario;
  const [boot] = boots;
  // The cuts are spread over as long as there is something to cut: how long that is depends on card and policy.
  const cutScenario = {
    ...scenario,
    boots: [{ ...boot!, end: { ...boot!.end, atUs: uncut.lengthUs } }],
  };
  const { seed, budget } = cell;
  const report = runSampledScenario(cutScenario, { binary, arrays, seed }, budget);
  for (const violation of running.violations) report.note(violation);
  return { report, uncut };
}

/**
 * A workload that can be run in a cell.
 * @throws WorkloadError of one sentence for a name that there is not, or one whose requests cannot be told
 */
export function cellWorkload(name: string): BlockWorkload {
  const found = workload(name);
  if (isBlockWorkload(found)) return found;
  throw new WorkloadError(
    `workload ${name} has no requests that could be run without cuts: choose seq, random, hotspot, append, ` +
      "direct-reuse, mmap, fio:FILE, iolog:FILE, blktrace:FILE or trace:FILE",
  );
}

function isBlockWorkload(candidate: Workload): candidate is BlockWorkload {
  return "load" in candidate;
}

/**
 * How many times slower the workload goes on these cards: where each mark waits for a settle time of seconds, requests
 * that come every few ms would pile up without end.
 */
export function paceOf(classes: MatrixCell["classes"]): number {
  const settleUs = Math.max(...classes.map(({ characteristics }) => characteristics.settleUs));
  return Math.max(1, Math.ceil(settleUs / SETTLE_US_AT_FULL_PACE));
}

function cellScenario({ policy, settings, workload: name, classes, seed }: MatrixCell): Scenario {
  const { load } = cellWorkload(name);
  const pace = paceOf(classes);
  const spread: BlockLoad = {
    ...load,
    geometry: spreadOut(load.geometry),
    requests: (from) => load.requests(from).map((request) => ({ ...request, atUs: request.atUs * pace })),
  };
  const scenario = blockScenario(spread, policy, { seed, ...(settings === undefined ? {} : { settings }) });
  return { ...scenario, classes, writeBackUs: WRITE_BACK_US };
}

/** The same array with its metadata areas in erase blocks of their own. */
function spreadOut(geometry: ScenarioGeometry): ScenarioGeometry {
  const { cardSectors, metadataStride } = geometry;
  return {
    ...geometry,
    cardSectors: cardSectors + AREA_DATA * (STRIDE - metadataStride),
    metadataStride: STRIDE,
  };
}
