import type { ArrayShape } from "./array-shape.js";
import { PRODUCTION, RandomHistory, type DriverUnderTest } from "./random-history.js";

/** Events that are told of a history that failed. */
const EVENTS_TOLD = 40;

export interface SeedRange {
  readonly first: number;
  readonly last: number;
}

/** Seeds from 1 to `seeds` in ranges of `size`: a test for each, so that its name says where to look. */
export function seedRanges(seeds: number, size: number): SeedRange[] {
  return Array.from({ length: Math.ceil(seeds / size) }, (_, index) => ({
    first: index * size + 1,
    last: Math.min((index + 1) * size, seeds),
  }));
}

/** @returns what a seed breaks, with the events before it; null if nothing */
export function failureOf(
  shape: ArrayShape,
  seed: number,
  driver: DriverUnderTest = PRODUCTION,
): string | null {
  const history = new RandomHistory(shape, seed, driver);
  try {
    history.play();
    return null;
  } catch (error) {
    const { log, driver: module } = history.host;
    const cause = error instanceof WebAssembly.RuntimeError ? module.trap(error) : error;
    const what = cause instanceof Error ? cause.message : String(cause);
    return [
      `seed ${seed} of ${shape.name} arrays: ${what}`,
      "its last events:",
      ...log.slice(-EVENTS_TOLD).map((event) => `  ${event}`),
    ].join("\n");
  }
}

/** @throws Error that tells what the first failing seed breaks, and which seeds fail */
export function expectNoFailure(
  shape: ArrayShape,
  { first, last }: SeedRange,
  driver: DriverUnderTest = PRODUCTION,
): void {
  let told = "";
  const failing: number[] = [];
  for (let seed = first; seed <= last; seed++) {
    const failure = failureOf(shape, seed, driver);
    if (failure === null) continue;
    failing.push(seed);
    told ||= failure;
  }
  if (failing.length > 0) throw new Error(`${told}\nthe seeds that fail: ${failing.join(", ")}`);
}

/** @returns what the first seed that a seeded bug fails breaks; null if it gets through all of them */
export function firstFailure(shape: ArrayShape, seeds: number, seededBug: number): string | null {
  for (let seed = 1; seed <= seeds; seed++) {
    const failure = failureOf(shape, seed, { build: "rig", seededBug });
    if (failure !== null) return failure;
  }
  return null;
}
