import { DriverTrap } from "../../mirror/driver-trap.js";
import { DirectWriter } from "../../page-cache/direct-writer.js";
import { CampaignReport } from "../campaign-report.js";
import { Campaign } from "../campaign.js";
import type { CleanArrays } from "../world/clean-arrays.js";
import { cardsOf } from "../world/card-class.js";
import { DIRECT_BUFFER_SECTORS, ScenarioThreads } from "../world/scenario-threads.js";
import type { Scenario } from "../world/scenario.js";
import { WriteCosts } from "./write-costs.js";

/** What a workload takes on cards whose power stays on. Times are virtual, us. */
export interface UncutRun {
  /** From the end of the assembly until nothing was left to write, and QUIET_US more. */
  readonly lengthUs: number;
  /** Writes that the driver was given, and their latencies: from its acceptance to its answer. */
  readonly writes: number;
  readonly latenciesUs: readonly number[];
  /** Write commands to the metadata of both cards together. */
  readonly metadataWrites: number;
  /** Writes of bitmap records, as the driver counts them. */
  readonly recordWrites: number;
  readonly clears: number;
  /** How often, and how long in all, threads waited for a page that was being written. */
  readonly stalls: number;
  readonly stalledUs: number;
}

/** Without a write for so long, us, there is nothing left; beside it epochs, hold times and settle times pass. */
const QUIET_US = 60_000;
/** A pass waits for the settle times of its flush and of two records, on both cards in turn. */
const SETTLES = 6;
/** Virtual time after the last action, at most, us; a run that lasts longer never ends. */
const PATIENCE_US = 600_000_000;

/**
 * Runs a scenario of one boot to its natural end: all that its threads wanted was written, and the driver has nothing
 * left to do. Its `end` does not count.
 * @param report gets what the running system broke, and the driver's counts
 */
export function runUncut(
  scenario: Scenario,
  binary: Uint8Array,
  arrays: CleanArrays | undefined,
  report: CampaignReport,
): UncutRun {
  const campaign = new Campaign(binary, scenario.geometry, arrays);
  const costs = new WriteCosts(campaign.geometry.dataStart);
  const world = campaign.world(scenario, report, {
    readsAll: false,
    bail: Number.MAX_SAFE_INTEGER,
    observer: costs,
  });
  const { clock, cache, observer, watch } = world;
  const direct = new DirectWriter(cache.queue, observer, DIRECT_BUFFER_SECTORS);
  const collides = scenario.collides === 1;
  const threads = new ScenarioThreads(
    clock,
    campaign.contents,
    cache,
    direct,
    world,
    collides,
    watch?.onAction,
  );
  const { actions } = scenario.boots[0]!;
  const settleUs = Math.max(...cardsOf(scenario).map((card) => card.settleUs));
  const { epochMs, policy, writeBackUs } = scenario;
  const quietUs = QUIET_US + epochMs * 1000 + policy.cooldownMs * 1000 + writeBackUs + SETTLES * settleUs;
  let startedUs = 0;
  try {
    world.startBoot();
    while (!world.running) world.advance();
    startedUs = clock.nowUs;
    threads.start(actions);
    const endUs = startedUs + (actions.at(-1)?.atUs ?? 0) + PATIENCE_US;
    const isOver = (): boolean =>
      costs.actions === actions.length &&
      costs.open === 0 &&
      cache.idle &&
      cache.dirtyPages === 0 &&
      clock.nowUs - costs.lastWriteUs >= quietUs;
    while (!isOver()) {
      world.advance();
      if (clock.nowUs <= endUs) continue;
      world.complain(["P5"], -1, `the driver still writes ${PATIENCE_US / 1e6} s after the last request`);
      break;
    }
  } catch (error) {
    if (!(error instanceof DriverTrap)) throw error;
    world.complain(["trap"], -1, error.message);
  }
  world.finish();
  return {
    lengthUs: Math.max(costs.lastWriteUs, startedUs) - startedUs + QUIET_US,
    writes: costs.latenciesUs.length,
    latenciesUs: costs.latenciesUs,
    metadataWrites: costs.metadataWrites,
    recordWrites: report.recordWrites,
    clears: report.clears,
    stalls: report.stalls,
    stalledUs: report.stalledUs,
  };
}
