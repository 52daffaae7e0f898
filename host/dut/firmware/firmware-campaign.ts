/**
 * A campaign on firmware for the RP2040: it runs once without a cut on the emulated board; at the moments of the schedule
 * the power goes, every outcome that the class of cards allows is left in turn, the firmware boots again, and its UART (and
 * a check) judges. The board stands still meanwhile, so that no cut begins at the boot. All of it is deterministic.
 */
import { POWER_TOPOLOGIES } from "../../sdcard-emulator/power-topology.js";
import { DutError } from "../device-under-test.js";
import { FirmwareBench, type BenchSetting } from "./firmware-bench.js";
import { digestOfFirmware, type FirmwareUnderTest } from "./firmware-device.js";
import type { FirmwareReport } from "./firmware-report.js";
import { joinedCuts } from "./firmware-results.js";
import { FirmwareSearch, type CutRangeResult, type FirmwareLimits } from "./firmware-search.js";
import { shrinkFirmwareCase } from "./firmware-shrink.js";

/** The run without a cut, and the search of its cuts. */
export interface FirmwareCampaign {
  readonly search: FirmwareSearch;
  readonly digest: string;
  /** Of that run. */
  readonly cycles: number;
  readonly marks: number;
}

/** Runs firmware once without a cut. @throws DutError if it does not pass then; DutHang of a check */
export async function firmwareCampaignOf(
  dut: FirmwareUnderTest,
  setting: BenchSetting,
  limits: FirmwareLimits,
): Promise<FirmwareCampaign> {
  const uncut = new FirmwareBench(dut, setting);
  const { wrong, moments } = await uncut.runUncut();
  if (wrong !== null)
    throw new DutError(`${dut.name} does not pass even without a cut (${wrong}): correct that first`);
  return {
    search: new FirmwareSearch(dut, setting, limits, moments),
    digest: digestOfFirmware(dut, setting.contents),
    cycles: uncut.board.cycle,
    marks: uncut.marks.length,
  };
}

/**
 * The report on a campaign.
 * @param results of parts that were done, in their order, and of one that was stopped within
 * @param shrinks whether the first failing case is made small
 * @param signal ends that early
 * @throws DutHang of a check
 */
export async function concludeFirmware(
  { search, digest, cycles, marks }: FirmwareCampaign,
  results: readonly CutRangeResult[],
  shrinks: boolean,
  signal: AbortSignal,
): Promise<FirmwareReport> {
  const { dut, setting, moments, limits } = search;
  const joined = joinedCuts(search, results, digest);
  const isWhole = results.length === search.ranges.length && results.every(({ stopped }) => !stopped);
  const [first] = joined.cases;
  const isShrunk = first !== undefined && shrinks && isWhole;
  const shrunk = isShrunk
    ? await shrinkFirmwareCase(dut, setting, first, moments, limits.outcomesPerCut, () => signal.aborted)
    : null;
  return {
    version: 1,
    dut: dut.name,
    profile: setting.characteristics.name,
    seed: setting.seed,
    digest,
    power: POWER_TOPOLOGIES[dut.power.topology]!.name,
    cycles,
    marks,
    moments: moments.length,
    ...joined,
    shrunk,
    interrupted: !isWhole || (isShrunk && shrunk === null),
  };
}
