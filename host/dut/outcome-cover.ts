import type { CrashAxis } from "../sdcard-emulator/crash-space.js";
import { Prng } from "../sdcard-emulator/prng.js";

/** Draws in a row that find nothing new, after which no more is tried. */
const VAIN_MAX = 64;

/** How many outcomes a cut has: one option of each axis. */
export function outcomesOf(axes: readonly CrashAxis[]): number {
  return axes.reduce((count, axis) => count * axis.options.length, 1);
}

/**
 * Outcomes of a cut to try: all of them up to `most`. Above it a covering set, which begins with what tells most:
 * nothing landed and everything landed; then each option of each axis alone against both; then pairs of axes against
 * both; then combinations drawn from the seed. None comes twice.
 * @param newest the option of each axis that leaves what was written last
 * @returns an option for each axis, up to the bound in the same array each time
 */
export function* coveredOutcomes(
  axes: readonly CrashAxis[],
  newest: readonly number[],
  most: number,
  seed: number,
): Generator<readonly number[]> {
  yield* outcomesOf(axes) <= most ? product(axes) : sample(axes, newest, most, seed);
}
function* product(axes: readonly CrashAxis[]): Generator<readonly number[]> {
  const choice = axes.map(() => 0);
  for (;;) {
    yield choice;
    let at = 0;
    while (at < axes.length && ++choice[at]! === axes[at]!.options.length) choice[at++] = 0;
    if (at === axes.length) return;
  }
}

function* sample(
  axes: readonly CrashAxis[],
  newest: readonly number[],
  most: number,
  seed: number,
): Generator<readonly number[]> {
  const seen = new Set<string>();
  for (const choice of proposals(axes, newest, seed, seen)) {
    const key = choice.join(".");
    if (seen.has(key)) continue;
    seen.add(key);
    yield choice;
    if (seen.size === most) return;
  }
}

function* proposals(
  axes: readonly CrashAxis[],
  newest: readonly number[],
  seed: number,
  seen: ReadonlySet<string>,
): Generator<number[]> {
  const nothing = axes.map(() => 0);
  yield nothing;
  yield [...newest];
  for (const [at, { options }] of axes.entries()) {
    for (let option = 0; option < options.length; option++) {
      yield newest.with(at, option);
      yield nothing.with(at, option);
    }
  }
  for (let a = 0; a < axes.length; a++) {
    for (let b = a + 1; b < axes.length; b++) {
      yield newest.with(a, 0).with(b, 0);
      yield nothing.with(a, newest[a]!).with(b, newest[b]!);
    }
  }
  const prng = new Prng(seed);
  for (let vain = 0; vain < VAIN_MAX; vain++) {
    const before = seen.size;
    yield axes.map(({ options }) => prng.next() % options.length);
    if (seen.size > before) vain = -1;
  }
}
