import { BUG_NONE } from "../../../assembly/layout.js";
import { inOrder, type BlockRequest } from "../../clients/block-request.js";
import { nameCases } from "../case/case-ids-of-report.js";
import { EAGER_WRITE_BACK } from "../workload/eager-write-back.js";
import type { Workload, WorkloadOptions } from "../workload/workload.js";
import type { PolicyChoice } from "../world/policy-choice.js";
import { NO_HOLES } from "../world/scenario-generator.js";
import { END_POWER, type Scenario, type ScenarioGeometry } from "../world/scenario.js";
import { blockActions } from "./block-actions.js";
import { runSampledScenario, runScheduledScenario } from "./sampled-scenario.js";
import { secondThread } from "./second-thread.js";

/** Cuts of a run, unless asked otherwise. */
const CUTS = 400;
/** After the last request: write-back, epochs and clears of what it has left, us. */
const TAIL_US = 120_000;
const PROFILES: readonly [string, string] = ["mlc", "tlc-cached"];

/** Requests to a block device, and the array that they go to. */
export interface BlockLoad {
  readonly name: string;
  readonly title: string;
  readonly geometry: ScenarioGeometry;
  /** Of 100 writes so many are followed by stores of a second thread. */
  readonly modifiedPercent: number;
  /** @param seed of what is random in it */
  requests(seed: number): readonly BlockRequest[];
}

/** A workload that is nothing but its requests: they can also be run by themselves. */
export interface BlockWorkload extends Workload {
  readonly load: BlockLoad;
}

/** Requests as a workload: a scenario of one boot, so that a failing case has an id that holds what it did. */
export function blockWorkload(load: BlockLoad): BlockWorkload {
  const { name, title } = load;
  return {
    load,
    name,
    title,
    scheduled: false,
    deep: true,
    budget: CUTS,
    run: async (policy, options) => {
      const scenario = blockScenario(load, policy, options);
      const { schedule, budget = CUTS } = options;
      const report =
        schedule === undefined
          ? runSampledScenario(scenario, options, budget)
          : runScheduledScenario(shortened(scenario, budget / CUTS), options, schedule);
      nameCases(report, scenario);
      return report;
    },
  };
}

/** The beginning of a scenario: a part of a campaign that makes a share of the cuts runs for that share of the time. */
function shortened(scenario: Scenario, share: number): Scenario {
  const [boot] = scenario.boots;
  const atUs = Math.round(boot!.end.atUs * Math.min(1, share));
  return { ...scenario, boots: [{ ...boot!, end: { ...boot!.end, atUs } }] };
}

/** The scenario of a run: the same load, policy and options give the same one. */
export function blockScenario(
  load: BlockLoad,
  policy: PolicyChoice,
  {
    seed,
    bug = BUG_NONE,
    holes = NO_HOLES,
    profiles = PROFILES,
    settings = {},
  }: Omit<WorkloadOptions, "binary">,
): Scenario {
  const { geometry, modifiedPercent } = load;
  const requests = inOrder(load.requests(seed));
  const { sectorsPerPage } = geometry;
  const actions = [
    ...requests.flatMap((request) => blockActions(request, sectorsPerPage)),
    ...secondThread(requests, sectorsPerPage, modifiedPercent, holes, seed),
  ].toSorted((one, other) => one.atUs - other.atUs);
  const atUs = (actions.at(-1)?.atUs ?? 0) + TAIL_US;
  return {
    ...settings,
    policy,
    profiles,
    geometry,
    timing: seed & 0xffff,
    bug,
    ...EAGER_WRITE_BACK,
    boots: [{ actions, end: { topology: END_POWER, atUs, pick: 0 } }],
  };
}
