import { performance } from "node:perf_hooks";
import type { Command } from "commander";
import { benchCalls, type CallBenchResult, type CallCost } from "../bench/call-bench.js";
import { REGIONS_MAX } from "../../assembly/layout.js";
import { CALL_KINDS, WINDOW_REGIONS } from "../bench/call-cycle.js";
import { readDriver } from "../mirror/driver-binary.js";
import { EXIT_HELD } from "./exit-codes.js";
import { grouped } from "./number-text.js";
import { styled } from "./style.js";
import { textTable, type Column } from "./text-table.js";
import type { Terminal } from "./terminal.js";
import { UsageError, wholeNumberIn } from "./usage-error.js";

/** What was asked for, as texts. */
interface CallsTexts {
  readonly regions: string;
  readonly rounds: string;
  readonly cycles: string;
  readonly json?: boolean;
}

/** A call may cost this much more at a larger size. */
const GOAL_RATIO = 1.1;
const REGIONS = [256, 4096, 16_384];
const ROUNDS_MAX = 1000;
const CYCLES_MAX = 10_000;

const HELP = `
All sizes run in this process and take turns, and the ratios are those of turns of one round: what else the machine
does hits all of them. Cards answer at once. A cycle writes 8 neighbouring regions twice, waits, and has them
cleared; then it has a clearing pass go through the whole array.

Examples:
  syncgate bench calls
  syncgate bench calls --regions 256,1024 --rounds 20 --json
`;

/** `syncgate bench calls`. @param finish gets the exit code */
export function benchCallsCommand(
  command: Command,
  terminal: Terminal,
  finish: (code: number) => void,
): void {
  command
    .description("Times tick, submit and complete on arrays of several sizes side by side.")
    .option(
      "--regions <list>",
      "sizes of the arrays; the others are compared with the first",
      REGIONS.join(","),
    )
    .option("--rounds <number>", "rounds in which each size has its turn", "30")
    .option("--cycles <number>", "cycles of one turn", "40")
    .option("--json", "print the result as JSON")
    .addHelpText("after", HELP)
    .action((texts: CallsTexts) => {
      const options = {
        sizes: sizesOf(texts.regions),
        rounds: wholeNumberIn("--rounds", texts.rounds, 1, ROUNDS_MAX),
        cycles: wholeNumberIn("--cycles", texts.cycles, 1, CYCLES_MAX),
      };
      const result = benchCalls(
        readDriver("production"),
        options,
        () => performance.now(),
        (part) => terminal.progress(part),
      );
      terminal.print(texts.json === true ? callsJson(result) : callsText(result, terminal.colour));
      finish(EXIT_HELD);
    });
}

function sizesOf(text: string): number[] {
  const sizes = text.split(",").map((size) => wholeNumberIn("--regions", size, WINDOW_REGIONS, REGIONS_MAX));
  if (new Set(sizes).size === sizes.length) return sizes;
  throw new UsageError(`--regions is "${text}": give each size once`);
}

function callsJson(result: CallBenchResult): string {
  return `${JSON.stringify({ version: 1, goalRatio: GOAL_RATIO, ...result }, null, 2)}\n`;
}

function callsText({ costs, works }: CallBenchResult, colour: boolean): string {
  const first = works[0]!.regions;
  const times = textTable(
    [
      { title: "CALL" },
      ...["REGIONS", "CALLS", "MIN ns", "MEDIAN ns", "MIN RATIO", "MEDIAN RATIO"].map(toTheRight),
    ],
    CALL_KINDS.flatMap((kind) =>
      costs
        .filter((cost) => cost.kind === kind)
        .map((cost) => [
          kind,
          grouped(cost.regions),
          grouped(cost.calls),
          cost.nsMin.toFixed(0),
          cost.nsMedian.toFixed(0),
          cost.ratioMin.toFixed(2),
          cost.ratioMedian.toFixed(2),
        ]),
    ),
  );
  const counts = textTable(
    [
      "REGIONS",
      "COMMANDS A CYCLE",
      "TICKS A PASS OVER ALL",
      "COMMANDS A CALL, MOST",
      "BYTES A CALL, MOST",
    ].map(toTheRight),
    works.map(({ regions, work, commandsPerCycle, ticksPerPass }) => [
      grouped(regions),
      commandsPerCycle.toFixed(1),
      ticksPerPass.toFixed(1),
      grouped(work.submits),
      grouped(work.bytes),
    ]),
  );
  return `Ratios are against ${grouped(first)} regions.\n\n${times}\n${counts}\n${goalText(costs, colour)}`;
}

function goalText(costs: readonly CallCost[], colour: boolean): string {
  const worst = costs.reduce((a, b) => (b.ratioMedian > a.ratioMedian ? b : a));
  const met = worst.ratioMedian <= GOAL_RATIO;
  const verdict = met ? styled("met", "good", colour) : styled("missed on this machine now", "bad", colour);
  return (
    `Goal: at no size a call costs more than ${GOAL_RATIO} times (median ratio): ${verdict}; ` +
    `the largest is ${worst.ratioMedian.toFixed(2)}, "${worst.kind}" at ${grouped(worst.regions)}.\n`
  );
}

function toTheRight(title: string): Column {
  return { title, right: true };
}
