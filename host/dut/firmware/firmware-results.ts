/** Joins what came of the parts of a search on firmware. */
import { emptyTally, type CutTally } from "../cut-states.js";
import { CASES_KEPT, type OutcomeCounts } from "../dut-report.js";
import { encodeFirmwareCase, type FirmwareCase } from "./firmware-case.js";
import type { BootCounts, FoundFirmwareCase } from "./firmware-report.js";
import type { CutRangeResult, FailingCuts, FirmwareSearch } from "./firmware-search.js";

/** What all parts that were done have found. */
export interface JoinedCuts extends OutcomeCounts {
  readonly cuts: number;
  readonly distinct: number;
  readonly failing: number;
  readonly recovery: BootCounts | null;
  readonly cases: readonly FoundFirmwareCase[];
}

/** @param results in the order of their ranges @param digest digestOfFirmware */
export function joinedCuts(
  { limits, dut, setting }: FirmwareSearch,
  results: readonly CutRangeResult[],
  digest: string,
): JoinedCuts {
  const depths = new Map<string, number>();
  for (const { state, depth } of results.flatMap(({ states }) => states))
    depths.set(state, Math.min(depth, depths.get(state) ?? Infinity));
  const failing = failingOnce(results);
  const isFirst = (state: string): boolean => depths.get(state) === 1;
  const firstStates = [...depths.keys()].filter(isFirst).length;
  const boots = [
    ...new Map(results.flatMap((result) => result.boots).map((boot) => [boot.state, boot])).values(),
  ];
  const failingDeep = failing.filter(({ state }) => !isFirst(state)).length;
  const tally = sumOf(results.map((result) => result.tally));
  return {
    cuts: tally.cuts,
    ...outcomesOf(tally),
    distinct: firstStates,
    failing: failing.length,
    recovery:
      limits.depth < 2
        ? null
        : {
            depth: limits.depth,
            boots: boots.length,
            cuts: sumOf(boots).cuts,
            ...outcomesOf(sumOf(boots)),
            distinct: depths.size - firstStates,
            failing: failingDeep,
          },
    cases: failing.slice(0, CASES_KEPT).map(({ cuts, wrong }) => {
      const [first, ...recoveries] = cuts;
      const { profile, power } = { profile: setting.characteristics.name, power: dut.power };
      const found: FirmwareCase = { digest, profile, seed: setting.seed, power, ...first!, recoveries };
      return { id: encodeFirmwareCase(found), failing: found, wrong };
    }),
  };
}

/** Each state once, those of the fewest cuts first. */
function failingOnce(results: readonly CutRangeResult[]): FailingCuts[] {
  const byState = new Map<string, FailingCuts>();
  for (const found of results.flatMap((result) => result.failing)) {
    const known = byState.get(found.state);
    if (known === undefined || found.cuts.length < known.cuts.length) byState.set(found.state, found);
  }
  return [...byState.values()].toSorted((a, b) => a.cuts.length - b.cuts.length);
}

function outcomesOf({ possible, tried, bounded }: CutTally): OutcomeCounts {
  return { outcomesPossible: possible, outcomesTried: tried, boundedCuts: bounded };
}

function sumOf(tallies: readonly CutTally[]): CutTally {
  const sum = emptyTally();
  for (const tally of tallies)
    for (const key of Object.keys(sum) as (keyof CutTally)[]) sum[key] += tally[key];
  return sum;
}
