import type { PolicyUnit, UnitResult } from "../../campaign/units/work-unit.js";
import { median } from "../../bench/median.js";
import { TaskPool } from "./task-pool.js";

/** How much faster two workers are than one, on the same units. */
export interface PoolSpeed {
  readonly units: number;
  /** Real time of each round, ms: with one worker, with two. */
  readonly rounds: readonly (readonly [number, number])[];
  /** Time with one worker in times of that with two: the median of the rounds. */
  readonly ratio: number;
}

/**
 * Runs units on a campaign's pool of workers, with one and with two by turns, warm.
 * @param rounds 1 or more
 * @param nowMs real time
 * @throws Error if two workers come to another result than one
 */
export async function measurePools(
  units: readonly PolicyUnit[],
  rounds: number,
  nowMs: () => number,
): Promise<PoolSpeed> {
  const pools = [new TaskPool(1), new TaskPool(2)] as const;
  try {
    const expected = JSON.stringify(await runAll(units, pools[0]));
    const run = async (pool: TaskPool): Promise<number> => {
      const startedMs = nowMs();
      const results = await runAll(units, pool);
      const tookMs = nowMs() - startedMs;
      if (JSON.stringify(results) !== expected)
        throw new Error("two workers came to another result than one: please report this");
      return tookMs;
    };
    await run(pools[1]);
    const times: (readonly [number, number])[] = [];
    for (let round = 0; round < rounds; round++) {
      // Each of them begins every other round: a machine that slows down meanwhile is no one's gain.
      const first = round & 1;
      const a = await run(pools[first]!);
      const b = await run(pools[1 - first]!);
      times.push(first === 0 ? [a, b] : [b, a]);
    }
    return { units: units.length, rounds: times, ratio: median(times.map(([one, two]) => one / two)) };
  } finally {
    await pools[1].close();
  }
}

async function runAll(units: readonly PolicyUnit[], pool: TaskPool): Promise<UnitResult[]> {
  const results: UnitResult[] = [];
  await pool.run(
    units.map((unit) => ({ kind: "unit" as const, unit })),
    () => false,
    (at, result) => {
      results[at] = result;
    },
  );
  return results;
}
