/** Makes a failing case small: the earliest cut that fails, and then as few sectors as can be that are not what was written. */
import { coveredOutcomes } from "../outcome-cover.js";
import { FirmwareBench, type BenchSetting } from "./firmware-bench.js";
import { encodeFirmwareCase, type FirmwareCase } from "./firmware-case.js";
import type { FirmwareUnderTest } from "./firmware-device.js";
import type { FoundFirmwareCase, ShrunkFirmwareCase } from "./firmware-report.js";
import { tellFirmwareCase } from "./firmware-story.js";

/** States judged while an earlier cut is looked for; then the one that was found is taken. */
const JUDGED_MAX = 2000;

/**
 * @param moments of the run without a cut
 * @throws DutHang of a check
 */
export async function shrinkFirmwareCase(
  dut: FirmwareUnderTest,
  setting: BenchSetting,
  found: FoundFirmwareCase,
  moments: readonly number[],
  outcomesPerCut: number,
): Promise<ShrunkFirmwareCase> {
  const bench = new FirmwareBench(dut, setting);
  const { failing } = found;
  const first = (await earliest(bench, failing, moments, outcomesPerCut)) ?? found;
  // The bench has gone past it when it was not the earliest: begin anew.
  const again = new FirmwareBench(dut, setting);
  again.runTo(first.failing.cycle);
  const { newest } = again.cutSpace();
  const lostOf = (choice: readonly number[]): number =>
    choice.filter((option, at) => option !== newest[at]).length;
  let { choice } = first.failing;
  let { wrong } = first;
  const lostBefore = lostOf(choice);
  for (const [at, option] of newest.entries()) {
    if (choice[at] === option) continue;
    const less = choice.with(at, option);
    const judged = await again.judge(less);
    if (judged.wrong === null) continue;
    choice = less;
    wrong = judged.wrong;
  }
  const small: FirmwareCase = { ...first.failing, choice };
  const story = (await tellFirmwareCase(dut, setting, small)).story;
  return {
    id: encodeFirmwareCase(small),
    failing: small,
    wrong,
    cycleBefore: failing.cycle,
    lost: lostOf(choice),
    lostBefore,
    story,
  };
}

/** The first cut, of all moments up to that of the case, that fails. */
async function earliest(
  bench: FirmwareBench,
  failing: FirmwareCase,
  moments: readonly number[],
  outcomesPerCut: number,
): Promise<Pick<FoundFirmwareCase, "failing" | "wrong"> | null> {
  for (const cycle of moments) {
    if (cycle > failing.cycle || bench.distinct > JUDGED_MAX) break;
    bench.runTo(cycle);
    const { axes, newest } = bench.cutSpace();
    for (const choice of coveredOutcomes(axes, newest, outcomesPerCut, failing.seed)) {
      const { wrong } = await bench.judge(choice);
      if (wrong !== null) return { failing: { ...failing, cycle, choice: choice.slice() }, wrong };
    }
  }
  return null;
}
