import type { Command } from "commander";
import { benchCycles, DEPTHS, WRITE_PARTS, type CycleResult } from "../bench/cycle-bench.js";
import { ARM_COMPILER, hasArmCompiler, type Compilation } from "../export-c/compiled-size.js";
import { EXIT_HELD } from "./exit-codes.js";
import { grouped } from "./number-text.js";
import { breathe, type Terminal } from "./terminal.js";
import { textTable } from "./text-table.js";
import { UsageError } from "./usage-error.js";

const CORE = "cortex-m0plus";
const OPTIMISATIONS = ["-Os", "-O2"] as const;
const PROFILED = 20;

const HELP = `
Compiles what syncgate export c writes, with ${ARM_COMPILER}, and calls it on an emulated RP2040: both optimisations, bounds
checks on and off. Callbacks take no cycles, and nothing is transferred. A write goes to a region whose mark is on the cards; it
is one submit and two completions.

Examples:
  syncgate bench cycles
  syncgate bench cycles --profile
`;

/** `syncgate bench cycles`. @param finish gets the exit code */
export function benchCyclesCommand(
  command: Command,
  terminal: Terminal,
  finish: (code: number) => void,
): void {
  command
    .description("What the driver takes of a Cortex-M0+.")
    .option("--profile", "also the cycles of a write by C function")
    .option("--json", "print the result as JSON")
    .addHelpText("after", HELP)
    .action(async (texts: { profile?: boolean; json?: boolean }) => {
      if (!hasArmCompiler())
        throw new UsageError(
          `bench cycles needs ${ARM_COMPILER}: install it (Debian and Ubuntu: gcc-arm-none-eabi)`,
        );
      const results: CycleResult[] = [];
      for (const compilation of compilations()) {
        terminal.progress(`${compilation.optimisation}, bounds checks ${onOff(compilation)}`);
        results.push(benchCycles(compilation, texts.profile === true));
        await breathe();
      }
      const text = texts.profile === true ? cyclesText(results) + profileText(results) : cyclesText(results);
      terminal.print(texts.json === true ? cyclesJson(results) : text);
      finish(EXIT_HELD);
    });
}

function compilations(): Compilation[] {
  return OPTIMISATIONS.flatMap((optimisation) =>
    [true, false].map((boundsChecks) => ({ core: CORE, optimisation, boundsChecks })),
  );
}

function onOff({ boundsChecks }: Compilation): string {
  return boundsChecks ? "on" : "off";
}

function cyclesText(results: readonly CycleResult[]): string {
  const writes = textTable(
    [
      { title: "COMPILED" },
      { title: "CHECKS" },
      { title: "DEPTH", right: true },
      { title: "OF A WRITE" },
      ...["MEDIAN", "P99", "MAX"].map((title) => ({ title, right: true })),
    ],
    results.flatMap(({ compilation, writes: byDepth }) =>
      DEPTHS.flatMap((depth) =>
        WRITE_PARTS.map((part) => {
          const { median, p99, max } = byDepth.get(depth)![part];
          const name = part === "write" ? "all" : part;
          const figures = [median, p99, max].map(grouped);
          return [compilation.optimisation, onOff(compilation), String(depth), name, ...figures];
        }),
      ),
    ),
  );
  const longest = textTable(
    [
      { title: "EXPORT" },
      ...results.map(({ compilation }) => ({
        title: `${compilation.optimisation} ${onOff(compilation)}`,
        right: true,
      })),
    ],
    [
      ...results[0]!.longest.map(([name]) => [
        name,
        ...results.map(({ longest: of }) => grouped(of.find(([other]) => other === name)![1])),
      ]),
      ["stack, bytes", ...results.map(({ stack }) => grouped(stack))],
      ["code, bytes", ...results.map(({ size }) => grouped(size.text))],
    ],
  );
  return `Cycles of a write into a dirty region:\n\n${writes}\nThe longest call of each export, cycles:\n\n${longest}\n`;
}

function profileText(results: readonly CycleResult[]): string {
  const columns = [{ title: "FUNCTION" }, { title: "CYCLES OF A WRITE", right: true }];
  return results
    .map(({ compilation, profile }) => {
      const rows = (profile ?? []).slice(0, PROFILED).map(([name, cycles]) => [name, cycles.toFixed(1)]);
      return `\n${compilation.optimisation}, bounds checks ${onOff(compilation)}, depth 1:\n\n${textTable(columns, rows)}`;
    })
    .join("");
}

function cyclesJson(results: readonly CycleResult[]): string {
  const plain = results.map(({ writes, longest, ...rest }) => ({
    ...rest,
    writes: Object.fromEntries(writes),
    longest: Object.fromEntries(longest),
  }));
  return `${JSON.stringify({ version: 1, results: plain }, null, 2)}\n`;
}
