import { smallestFailing } from "./delta-debugging.js";
import { caseSize, SIZE_GOAL, type CaseSize } from "./case-size.js";
import { caseOf, type FailingCase } from "./failing-case.js";
import { PLAIN_END } from "../world/plain-scenario.js";
import { replayCase, type Replayed } from "./replay.js";
import { reductionsOf, retimedWithoutAction } from "./scenario-reductions.js";
import { END_STOP, type Action, type Boot, type Scenario } from "../world/scenario.js";
import { ShrinkRuns, sameSet } from "./shrink-runs.js";
import { ALL_CHECKS, type Checks } from "../oracle/checks.js";
import type { BrokenPromise } from "../oracle/violation.js";
import { CleanArrays } from "../world/clean-arrays.js";

export interface ShrinkOptions {
  /** Scenarios run at most; default 400. Replays of single outcomes at the end are not counted. */
  readonly runsMax?: number;
  /** The promises that are looked at: with one alone, whatever else a smaller case breaks does not matter. Default: all. */
  readonly checks?: Checks;
  /** New arrays made before, if many cases are shrunk. */
  readonly arrays?: CleanArrays;
}

/** A shrunk case, and what shrinking did. */
export interface Shrunk {
  readonly failing: FailingCase;
  /** Broken by the case before and after. */
  readonly promises: readonly BrokenPromise[];
  readonly actionsBefore: number;
  readonly actionsAfter: number;
  /** Of the shrunk case. */
  readonly size: CaseSize;
  /** Scenarios run. */
  readonly runs: number;
}

const RUNS_MAX = 400;
const ROUNDS_MAX = 8;

/**
 * The smallest case that breaks the same promises: fewer boots, fewer actions, plainer values, then the earliest cut
 * and the plainest outcome. Deterministic; ends after `runsMax` runs with the best there is by then.
 * @param binary the rig build of the driver
 * @throws Error when the case does not fail
 */
export function shrinkCase(binary: Uint8Array, failing: FailingCase, options: ShrinkOptions = {}): Shrunk {
  const { checks = ALL_CHECKS, arrays = new CleanArrays(binary), runsMax = RUNS_MAX } = options;
  const replay = (candidate: FailingCase): Replayed => replayCase(binary, candidate, checks, arrays);
  const { ending, violation, divergence, depth } = replay(failing);
  if (violation === null) {
    const why = ending === "held" ? "every promise held" : divergence;
    throw new Error(`the case cannot be shrunk because it does not fail: ${why}`);
  }
  const { promises } = violation;
  const runs = new ShrinkRuns({ binary, arrays, checks, promises, runsMax, depth });
  const scenario = fewerCuts(smallest(failing.scenario, runs), runs);
  const found = runs.failure(scenario);
  // A case found in a longer campaign can need an order of reads that a fresh one does not try: it stays as it was.
  const shrunk = found === null ? failing : caseOf(scenario, found);
  const plainest = plainer(replay, shrunk, promises);
  return {
    failing: plainest,
    promises,
    size: caseSize(plainest, depth),
    actionsBefore: actionCount(failing.scenario),
    actionsAfter: actionCount(shrunk.scenario),
    runs: runs.runs,
  };
}

/** "shrunk 412 -> 3 steps": steps are actions of threads. */
export function shrunkText({
  actionsBefore,
  actionsAfter,
}: Pick<Shrunk, "actionsBefore" | "actionsAfter">): string {
  return `shrunk ${actionsBefore} -> ${actionsAfter} steps`;
}

function actionCount(scenario: Scenario): number {
  return scenario.boots.reduce((sum, { actions }) => sum + actions.length, 0);
}

function smallest(scenario: Scenario, runs: ShrinkRuns): Scenario {
  if (runs.failure(scenario) === null) return scenario;
  let current = fewerActions(fewerBoots(scenario, runs), runs);
  for (let round = 0; round < ROUNDS_MAX && !runs.exhausted; round++) {
    const before = current;
    current = fewerActions(fewerBoots(plainerValues(current, runs), runs), runs);
    current = retimed(current, runs);
    if (JSON.stringify(current) === JSON.stringify(before)) break;
  }
  return current;
}

function fewerBoots(scenario: Scenario, runs: ShrinkRuns): Scenario {
  const boots = smallestFailing(
    scenario.boots,
    (part) => part.length > 0 && runs.failure({ ...scenario, boots: part }) !== null,
  );
  return { ...scenario, boots };
}

interface PlacedAction {
  readonly boot: number;
  readonly action: Action;
}

function fewerActions(scenario: Scenario, runs: ShrinkRuns): Scenario {
  const placed = scenario.boots.flatMap(({ actions }, boot) => actions.map((action) => ({ boot, action })));
  const withActions = (part: readonly PlacedAction[]): Scenario => ({
    ...scenario,
    boots: scenario.boots.map((rest, boot): Boot => ({
      ...rest,
      actions: part.filter((one) => one.boot === boot).map(({ action }) => action),
    })),
  });
  return withActions(smallestFailing(placed, (part) => runs.failure(withActions(part)) !== null));
}

function plainerValues(scenario: Scenario, runs: ShrinkRuns): Scenario {
  let current = scenario;
  for (const reduction of reductionsOf(scenario)) {
    const now = JSON.stringify(current);
    for (const candidate of reduction(current)) {
      // From the first proposal that changes nothing on, all that follow are less simple than what there is.
      if (JSON.stringify(candidate) === now) break;
      if (runs.failure(candidate) === null) continue;
      current = candidate;
      break;
    }
  }
  return current;
}

/** Of more cuts than a case should have, those that need none: the array is stopped in good order instead. */
function fewerCuts(scenario: Scenario, runs: ShrinkRuns): Scenario {
  let current = scenario;
  for (let boot = 0; boot < current.boots.length - 1; boot++) {
    if (current.boots.length - stops(current) <= SIZE_GOAL.cuts) break;
    const { end, ...rest } = current.boots[boot]!;
    const stopped = { ...rest, end: { ...end, topology: END_STOP, pick: 0 } };
    const candidate = { ...current, boots: current.boots.with(boot, stopped) };
    if (runs.failure(candidate) !== null) current = candidate;
  }
  return current;
}

function stops({ boots }: Scenario): number {
  return boots.filter(({ end }) => end.topology === END_STOP).length;
}

function retimed(scenario: Scenario, runs: ShrinkRuns): Scenario {
  let current = scenario;
  for (;;) {
    const shorter = retimedWithoutAction(current).find((candidate) => runs.failure(candidate) !== null);
    if (shorter === undefined) return current;
    current = shorter;
  }
}

/** The same cut with the plain end that nothing comes to, and options 0 wherever another one is not needed. */
function plainer(
  replay: (candidate: FailingCase) => Replayed,
  failing: FailingCase,
  promises: readonly BrokenPromise[],
): FailingCase {
  const breaks = (candidate: FailingCase): boolean => {
    const { violation } = replay(candidate);
    return violation !== null && sameSet(violation.promises, promises);
  };
  let best = failing;
  const boots = failing.scenario.boots;
  const last = boots[boots.length - 1]!;
  const ended = {
    ...failing,
    scenario: { ...failing.scenario, boots: boots.with(boots.length - 1, { ...last, end: PLAIN_END }) },
  };
  if (breaks(ended)) best = ended;
  if (best.choices === null) return best;
  for (const member of [0, 1] as const) {
    for (let axis = 0; axis < best.choices![member].length; axis++) {
      if (best.choices![member][axis] === 0) continue;
      const choices = [...best.choices!] as [readonly number[], readonly number[]];
      choices[member] = choices[member].with(axis, 0);
      const candidate = { ...best, choices };
      if (breaks(candidate)) best = candidate;
    }
  }
  return best;
}
