/** Joins what came of the parts of a search. */
import { encodeDutCase, eventsUntil, type DutCase } from "./dut-case.js";
import { CASES_KEPT, type FoundCase, type OutcomeCounts, type RecoveryCounts } from "./dut-report.js";
import type { DutSearch, FailingState, RangeResult, RecoveryResult } from "./dut-search.js";
import { digestOf } from "./write-log.js";

/** What all parts that were done have found. */
export interface JoinedResults extends OutcomeCounts {
  readonly distinct: number;
  readonly failing: number;
  readonly recovery: RecoveryCounts | null;
  readonly cases: readonly FoundCase[];
}

/** @param results in the order of their ranges; null for a part that was not done */
export function joinedResults(search: DutSearch, results: readonly (RangeResult | null)[]): JoinedResults {
  const { states, tally, limits } = search;
  const done = results.filter((result) => result !== null);
  const judged = done.flatMap(({ from, to }) => states.slice(from, to));
  const first = done.flatMap(({ failing }) => failing);
  const deep = deepOf(done);
  const failing = [...first, ...deep.failing];
  return {
    outcomesPossible: tally.possible,
    outcomesTried: judged.reduce((sum, { outcomes }) => sum + outcomes, 0),
    boundedCuts: tally.bounded,
    distinct: judged.length,
    failing: failing.length,
    recovery: limits.depth < 2 ? null : recoveryCounts(limits.depth, done, deep),
    cases: failing.slice(0, CASES_KEPT).map((found) => foundCase(search, found)),
  };
}

/** The states of all parts that cuts during recovery leave, each once; the failing ones by the number of their cuts. */
function deepOf(done: readonly RangeResult[]): { distinct: number; failing: readonly FailingState[] } {
  const keys = new Set<string>();
  const failing = new Map<string, FailingState>();
  for (const { key, failing: failed } of done.flatMap((result) => result.deep)) {
    keys.add(key);
    if (failed === undefined) continue;
    const known = failing.get(key);
    if (known === undefined || failed.recoveries.length < known.recoveries.length) failing.set(key, failed);
  }
  const byDepth = [...failing.values()].toSorted((a, b) => a.recoveries.length - b.recoveries.length);
  return { distinct: keys.size, failing: byDepth };
}

function recoveryCounts(
  depth: number,
  done: readonly RangeResult[],
  deep: ReturnType<typeof deepOf>,
): RecoveryCounts {
  // A state that two parts came to recovers the same way in both.
  const byState = new Map(done.flatMap(({ recoveries }) => recoveries).map((one) => [one.key, one]));
  const recoveries = [...byState.values()];
  const sum = (of: (one: RecoveryResult) => number): number =>
    recoveries.reduce((all, one) => all + of(one), 0);
  return {
    depth,
    recoveries: recoveries.length,
    cuts: sum(({ cuts }) => cuts),
    writes: sum(({ writes }) => writes),
    outcomesPossible: sum(({ possible }) => possible),
    outcomesTried: sum(({ tried }) => tried),
    boundedCuts: sum(({ bounded }) => bounded),
    distinct: deep.distinct,
    failing: deep.failing.length,
  };
}

function foundCase(
  { log, setting, states }: DutSearch,
  { state, recoveries, wrong, stuck }: FailingState,
): FoundCase {
  const { event, phase, choice } = states[state]!.cut;
  const failing: DutCase = {
    digest: digestOf(log),
    profile: setting.characteristics.name,
    seed: setting.seed,
    kept: eventsUntil(log, event),
    event,
    phase,
    choice,
    recoveries,
  };
  return { id: encodeDutCase(failing), failing, wrong, stuck: stuck === true };
}
