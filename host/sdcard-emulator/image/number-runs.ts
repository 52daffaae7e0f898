/**
 * Whole numbers in short: what a card's flash knows of its pages mostly counts up or stays the same. A run is three
 * numbers: the first, what the next one is more (0 or 1), and how many there are.
 */
const NUMBERS_EACH = 3;

/** @param at the number at an index below `length` */
export function runsOf(length: number, at: (index: number) => number): number[] {
  const runs: number[] = [];
  for (let i = 0; i < length;) {
    const first = at(i);
    const step = i + 1 < length && at(i + 1) === first + 1 ? 1 : 0;
    let count = 1;
    while (i + count < length && at(i + count) === first + step * count) count++;
    runs.push(first, step, count);
    i += count;
  }
  return runs;
}

/** How many numbers a list of runs stands for. */
export function lengthOfRuns(runs: readonly number[]): number {
  let length = 0;
  for (let i = 0; i < runs.length; i += NUMBERS_EACH) length += runs[i + 2]!;
  return length;
}

/**
 * Gives every number of a list of runs to `set`.
 * @param what  it is, for the error
 * @param least and most: what each number may be
 * @throws Error, before anything is set, unless there are `length` numbers within the limits
 */
export function readRuns(
  what: string,
  runs: readonly number[],
  length: number,
  least: number,
  most: number,
  set: (index: number, value: number) => void,
): void {
  const found = lengthOfRuns(runs);
  if (found !== length) throw new Error(`${what} has ${found} numbers, and ${length} belong there`);
  for (let i = 0; i < runs.length; i += NUMBERS_EACH) {
    const [first, step, count] = [runs[i]!, runs[i + 1]!, runs[i + 2]!];
    const last = first + step * (count - 1);
    const fits = (step === 0 || step === 1) && count >= 1 && first >= least && last <= most;
    if (!fits) throw new Error(`${what} holds numbers outside ${least} to ${most}`);
  }
  let at = 0;
  for (let i = 0; i < runs.length; i += NUMBERS_EACH) {
    for (let k = 0; k < runs[i + 2]!; k++) set(at++, runs[i]! + runs[i + 1]! * k);
  }
}
