import { POWER_ONE, POWER_TOPOLOGIES } from "../../sdcard-emulator/power-topology.js";
import { FirmwareBench, type BenchSetting } from "./firmware-bench.js";
import { atLastCut, CaseMisfit, type PassedCut } from "./firmware-case-path.js";
import type { FirmwareCase } from "./firmware-case.js";
import type { FirmwareUnderTest } from "./firmware-device.js";

/** Lines of each kind that are told; of more the last ones. */
const TOLD_MAX = 12;

/** A case again: how it ended, in words. */
export interface ToldFirmwareCase {
  /** null: it is well now. */
  readonly wrong: string | null;
  readonly story: string;
}

/**
 * Goes the way of a case again.
 * @returns why not, if the case does not fit
 * @throws DutHang of a check
 */
export async function tellFirmwareCase(
  dut: FirmwareUnderTest,
  setting: BenchSetting,
  failing: FirmwareCase,
): Promise<ToldFirmwareCase & { readonly misfit: string | null }> {
  let commands: string[] = [];
  const bench = new FirmwareBench(
    { ...dut, power: failing.power },
    setting,
    (cycle, bus, { what, answer }) => {
      commands.push(`   cycle ${cycle}, card ${"AB"[bus]}: ${what}, answered ${answer}`);
    },
  );
  const { topology, first, skewUs } = failing.power;
  const { name, waits } = POWER_TOPOLOGIES[topology]!;
  const how = waits ? `${name}, card ${"AB"[first]} ${skewUs} µs before the other` : name;
  const cutLines = (
    cycle: number,
    said: readonly string[],
    kept: readonly string[],
    number: number,
  ): string[] => [
    ...section(
      number === 0 ? "The firmware says:" : "The power is back, and it says:",
      said.map((line) => `   ${line}`),
    ),
    ...(number < failing.recoveries.length ? [] : section("It sends:", commands)),
    `The power fails ${number === 0 ? "" : "again "}at cycle ${cycle} (${topology === POWER_ONE ? `card ${"AB"[first]} alone` : how}).`,
    ...(kept.length === 0 ? [] : ["What the cut leaves:", ...kept]),
  ];
  try {
    const tell = async (_: FirmwareBench, passed: readonly PassedCut[]) => {
      const last = failing.recoveries.at(-1) ?? failing;
      const earlier = passed.reduce((lines, { said }) => lines + said.length, 0);
      const before = bench.marks.slice(earlier);
      const told = commands.slice();
      const { wrong, kept, said } = await bench.judge(last.choice, true);
      commands = told;
      const lines = [
        ...passed.flatMap((cut, number) => cutLines(cut.cycle, cut.said, cut.kept, number)),
        ...cutLines(last.cycle, before, kept, passed.length),
        ...section(
          topology === POWER_ONE ? "The firmware goes on:" : "After the next boot it says:",
          said.map((line) => `   ${line}`),
        ),
        `The verdict: ${wrong ?? "well"}`,
      ];
      return { wrong, story: lines.join("\n"), misfit: null };
    };
    return await atLastCut(bench, failing, tell, () => {
      commands = [];
    });
  } catch (error) {
    if (error instanceof CaseMisfit) return { wrong: null, story: "", misfit: error.message };
    throw error;
  }
}

function section(title: string, lines: readonly string[]): string[] {
  if (lines.length === 0) return [];
  const more = lines.length - TOLD_MAX;
  return [title, ...(more > 0 ? [`   (${more} lines before)`] : []), ...lines.slice(-TOLD_MAX)];
}
