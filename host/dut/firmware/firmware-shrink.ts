/**
 * Makes a failing case small: the earliest cut that fails, and then as few sectors as can be that are not what was written.
 * Of a case with several cuts only what the last one leaves is made less.
 */
import { setImmediate as nextTurn } from "node:timers/promises";
import { coveredOutcomes } from "../outcome-cover.js";
import { FirmwareBench, type BenchSetting } from "./firmware-bench.js";
import { encodeFirmwareCase, type FirmwareCase } from "./firmware-case.js";
import { atLastCut } from "./firmware-case-path.js";
import type { FirmwareUnderTest } from "./firmware-device.js";
import type { FoundFirmwareCase, ShrunkFirmwareCase } from "./firmware-report.js";
import { tellFirmwareCase } from "./firmware-story.js";

/** States judged while an earlier cut is looked for; then the one that was found is taken. */
const JUDGED_MAX = 2000;

/**
 * @param moments of the run without a cut
 * @param isStopped asked before each boot
 * @returns null when it was stopped
 * @throws DutHang of a check
 */
export async function shrinkFirmwareCase(
  dut: FirmwareUnderTest,
  setting: BenchSetting,
  found: FoundFirmwareCase,
  moments: readonly number[],
  outcomesPerCut: number,
  isStopped: () => boolean,
): Promise<ShrunkFirmwareCase | null> {
  const { failing } = found;
  const isSingle = failing.recoveries.length === 0;
  const earlier = isSingle ? await earliest(dut, setting, failing, moments, outcomesPerCut, isStopped) : null;
  const first = earlier ?? found;
  // That bench has gone past the cut when it was not the earliest: begin anew.
  const less = await atLastCut(new FirmwareBench(dut, setting), first.failing, (bench) =>
    withLessLost(bench, first, isStopped),
  );
  await nextTurn();
  if (isStopped()) return null;
  const { small, wrong, lost, lostBefore } = less;
  const { story } = await tellFirmwareCase(dut, setting, small);
  return {
    id: encodeFirmwareCase(small),
    failing: small,
    wrong,
    cycleBefore: failing.cycle,
    lost,
    lostBefore,
    story,
  };
}

/** The bench stands at the last cut. */
async function withLessLost(
  bench: FirmwareBench,
  { failing, wrong: firstWrong }: Pick<FoundFirmwareCase, "failing" | "wrong">,
  isStopped: () => boolean,
): Promise<{ small: FirmwareCase; wrong: string; lost: number; lostBefore: number }> {
  const { newest } = bench.cutSpace();
  const lostOf = (options: readonly number[]): number =>
    options.filter((option, at) => option !== newest[at]).length;
  const { recoveries } = failing;
  const last = recoveries.at(-1) ?? failing;
  let { choice } = last;
  let wrong = firstWrong;
  for (const [at, option] of newest.entries()) {
    if (choice[at] === option) continue;
    await nextTurn();
    if (isStopped()) break;
    const less = choice.with(at, option);
    const judged = await bench.judge(less);
    if (judged.wrong === null) continue;
    choice = less;
    wrong = judged.wrong;
  }
  const small =
    recoveries.length === 0
      ? { ...failing, choice }
      : { ...failing, recoveries: [...recoveries.slice(0, -1), { cycle: last.cycle, choice }] };
  return { small, wrong, lost: lostOf(choice), lostBefore: lostOf(last.choice) };
}

/** The first cut, of all moments up to that of the case, that fails; null when there is none, or when it was stopped. */
async function earliest(
  dut: FirmwareUnderTest,
  setting: BenchSetting,
  failing: FirmwareCase,
  moments: readonly number[],
  outcomesPerCut: number,
  isStopped: () => boolean,
): Promise<Pick<FoundFirmwareCase, "failing" | "wrong"> | null> {
  const bench = new FirmwareBench(dut, setting);
  const judged = new Set<string>();
  for (const cycle of moments) {
    if (cycle > failing.cycle || judged.size > JUDGED_MAX) break;
    bench.runTo(cycle);
    const { axes, newest } = bench.cutSpace();
    for (const choice of coveredOutcomes(axes, newest, outcomesPerCut, failing.seed)) {
      await nextTurn();
      if (isStopped()) return null;
      const { state, wrong } = await bench.judge(choice);
      judged.add(state);
      if (wrong !== null) return { failing: { ...failing, cycle, choice: choice.slice() }, wrong };
    }
  }
  return null;
}
