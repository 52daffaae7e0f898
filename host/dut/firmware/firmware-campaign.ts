/**
 * A campaign on firmware for the RP2040: it runs once without a cut on the emulated board; at the moments of the schedule
 * the power goes, every outcome that the class of cards allows is left in turn, the firmware boots again, and its UART (and
 * a check) judges. The board stands still meanwhile, so that no cut begins at the boot. All of it is deterministic.
 */
import { POWER_TOPOLOGIES } from "../../sdcard-emulator/power-topology.js";
import type { CardCharacteristics } from "../../sdcard-emulator/characteristics.js";
import { SectorContents } from "../../sdcard-emulator/sector-contents.js";
import { cutsOf, type CutSchedule } from "../cut-schedule.js";
import { DutError } from "../device-under-test.js";
import { coveredOutcomes, outcomesOf } from "../outcome-cover.js";
import { FirmwareBench, type BenchSetting } from "./firmware-bench.js";
import { encodeFirmwareCase, type FirmwareCase } from "./firmware-case.js";
import { digestOfFirmware, type FirmwareUnderTest } from "./firmware-device.js";
import type { FirmwareReport } from "./firmware-report.js";
import { shrinkFirmwareCase } from "./firmware-shrink.js";

/** What a campaign is to do. */
export interface FirmwareCampaignOptions {
  readonly characteristics: CardCharacteristics;
  readonly cuts: CutSchedule;
  /** Of the cards' timing, of random cuts, and of outcomes drawn above the bound. */
  readonly seed: number;
  /** Outcomes tried of one cut; above it they are a covering set. */
  readonly outcomesPerCut: number;
  /** Whether the first failing case is made small. */
  readonly shrink: boolean;
  /** Ends the campaign early, with what was done until then. */
  readonly signal: AbortSignal;
  readonly onProgress: (text: string) => void;
}

const KEPT_CASES = 8;

/**
 * Tortures firmware.
 * @throws DutError for firmware or a check that does not work even without a cut; DutHang of a check
 */
export async function tortureFirmware(
  dut: FirmwareUnderTest,
  options: FirmwareCampaignOptions,
): Promise<FirmwareReport> {
  const { characteristics, cuts, seed, outcomesPerCut, onProgress, signal } = options;
  const setting: BenchSetting = { contents: new SectorContents(), characteristics, seed };
  const uncut = new FirmwareBench(dut, setting);
  const wrong = await uncut.runUncut();
  if (wrong !== null)
    throw new DutError(`${dut.name} does not pass even without a cut (${wrong}): correct that first`);
  const { moments } = uncut;
  const report: FirmwareReport = {
    version: 1,
    dut: dut.name,
    profile: characteristics.name,
    seed,
    digest: digestOfFirmware(dut, setting.contents),
    power: POWER_TOPOLOGIES[dut.power.topology]!.name,
    cycles: uncut.board.cycle,
    marks: uncut.marks.length,
    moments: moments.length,
    cuts: 0,
    outcomesPossible: 0,
    outcomesTried: 0,
    boundedCuts: 0,
    distinct: 0,
    failing: 0,
    cases: [],
    shrunk: null,
    interrupted: false,
  };
  const chosen = cutsOf(cuts, moments.length, seed);
  const bench = new FirmwareBench(dut, setting);
  for (const [number, cycle] of moments.entries()) {
    if (chosen !== null && !chosen.has(number)) continue;
    await turn();
    report.interrupted ||= signal.aborted;
    if (report.interrupted) break;
    report.cuts++;
    onProgress(`${dut.name}: cut ${number + 1} of ${moments.length}, ${bench.distinct} states`);
    bench.runTo(cycle);
    const { axes, newest } = bench.cutSpace();
    const possible = outcomesOf(axes);
    let tried = 0;
    for (const choice of coveredOutcomes(axes, newest, outcomesPerCut, seed)) {
      // Each outcome takes a boot, and a cut may have hundreds.
      await turn();
      report.interrupted = signal.aborted;
      if (report.interrupted) break;
      tried++;
      const before = bench.distinct;
      const { wrong: found } = await bench.judge(choice);
      if (found === null || bench.distinct === before) continue;
      report.failing++;
      if (report.cases.length === KEPT_CASES) continue;
      const { digest } = report;
      const failing: FirmwareCase = {
        digest,
        profile: characteristics.name,
        seed,
        power: dut.power,
        cycle,
        choice: choice.slice(),
      };
      report.cases.push({ id: encodeFirmwareCase(failing), failing, wrong: found });
    }
    report.outcomesPossible += possible;
    report.outcomesTried += tried;
    if (tried < possible) report.boundedCuts++;
  }
  report.distinct = bench.distinct;
  const [first] = report.cases;
  if (first !== undefined && options.shrink && !report.interrupted) {
    onProgress(`${dut.name}: shrinking a case`);
    report.shrunk = await shrinkFirmwareCase(dut, setting, first, moments, outcomesPerCut);
  }
  return report;
}

/** Lets signals and progress through. */
async function turn(): Promise<void> {
  await new Promise((resolve) => {
    setImmediate(resolve);
  });
}
