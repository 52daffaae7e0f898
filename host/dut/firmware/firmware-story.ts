import { POWER_ONE, POWER_TOPOLOGIES } from "../../sdcard-emulator/power-topology.js";
import { FirmwareBench, type BenchSetting } from "./firmware-bench.js";
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
  const commands: string[] = [];
  const bench = new FirmwareBench(
    { ...dut, power: failing.power },
    setting,
    (cycle, bus, { what, answer }) => {
      commands.push(`   cycle ${cycle}, card ${"AB"[bus]}: ${what}, answered ${answer}`);
    },
  );
  bench.runTo(failing.cycle);
  const { axes } = bench.cutSpace();
  const fits =
    axes.length === failing.choice.length &&
    axes.every(({ options }, i) => options[failing.choice[i]!] !== undefined);
  if (!fits) return { wrong: null, story: "", misfit: "the crash space at the cut is another one" };
  const before = commands.slice();
  const { wrong, kept, said } = await bench.judge(failing.choice, true);
  const { topology, first, skewUs } = failing.power;
  const { name, waits } = POWER_TOPOLOGIES[topology]!;
  const how = waits ? `${name}, card ${"AB"[first]} ${skewUs} µs before the other` : name;
  const lines = [
    ...section(
      "The firmware says:",
      bench.marks.map((line) => `   ${line}`),
    ),
    ...section("It sends:", before),
    `The power fails at cycle ${failing.cycle} (${topology === POWER_ONE ? `card ${"AB"[first]} alone` : how}).`,
    ...(kept.length === 0 ? [] : ["What the cut leaves:", ...kept]),
    ...section(
      topology === POWER_ONE ? "The firmware goes on:" : "After the next boot it says:",
      said.map((line) => `   ${line}`),
    ),
    `The verdict: ${wrong ?? "well"}`,
  ];
  return { wrong, story: lines.join("\n"), misfit: null };
}

function section(title: string, lines: readonly string[]): string[] {
  if (lines.length === 0) return [];
  const more = lines.length - TOLD_MAX;
  return [title, ...(more > 0 ? [`   (${more} lines before)`] : []), ...lines.slice(-TOLD_MAX)];
}
