import type { FirmwareBench } from "./firmware-bench.js";
import type { BoardCut, FirmwareCase } from "./firmware-case.js";

/** A cut of a case on the way to its last one. */
export interface PassedCut extends BoardCut {
  /** Whole lines that this boot had said. */
  readonly said: readonly string[];
  /** What became of what was not settled. */
  readonly kept: readonly string[];
}

/** A case does not fit the firmware: the sentence says why. */
export class CaseMisfit extends Error {}

/**
 * Goes the way of a case up to its last cut, and leaves the bench as it was when there were cuts before.
 * @param bench at the beginning of its first boot
 * @param use what is to be done there; told the cuts before
 * @param onBoot told that the next boot begins; to find its moments the bench has gone through it once already
 * @throws CaseMisfit for a case of which a cut has another crash space
 */
export async function atLastCut<T>(
  bench: FirmwareBench,
  { cycle, choice, recoveries }: FirmwareCase,
  use: (bench: FirmwareBench, passed: readonly PassedCut[]) => Promise<T>,
  onBoot: () => void = () => undefined,
): Promise<T> {
  const follow = async (cuts: readonly BoardCut[], passed: readonly PassedCut[]): Promise<T> => {
    const [cut, ...rest] = cuts;
    bench.runTo(cut!.cycle);
    checkFit(bench, cut!, passed.length);
    if (rest.length === 0) return use(bench, passed);
    const said = bench.marks.slice(passed.reduce((lines, before) => lines + before.said.length, 0));
    return bench.inNextBoot(cut!.choice, (_, kept) => {
      onBoot();
      return follow(rest, [...passed, { ...cut!, said, kept }]);
    });
  };
  return follow([{ cycle, choice }, ...recoveries], []);
}

function checkFit(bench: FirmwareBench, { choice }: BoardCut, number: number): void {
  const { axes } = bench.cutSpace();
  const fits =
    axes.length === choice.length && axes.every(({ options }, i) => options[choice[i]!] !== undefined);
  if (!fits)
    throw new CaseMisfit(
      `the crash space at ${number === 0 ? "the cut" : `cut ${number + 1}`} is another one`,
    );
}
