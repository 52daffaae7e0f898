import type { Command } from "commander";
import { benchCards, type CardBenchResult } from "../bench/card-bench.js";
import { EXIT_HELD } from "./exit-codes.js";
import { grouped } from "./number-text.js";
import { stageTable } from "./stage-table.js";
import { styled } from "./style.js";
import { textTable } from "./text-table.js";
import type { Terminal } from "./terminal.js";
import { numberIn } from "./usage-error.js";

/** Sectors a second that every transfer over the byte-level SPI face is to reach on one core. */
const GOAL_PER_SECOND = 50_000;
/** Sectors a second that every write through the block face is to reach on one core, flash included. */
const BLOCK_GOAL_PER_SECOND = 1_000_000;
const SECONDS_MAX = 600;

const HELP = `
The compiler inlines most of the card into the host's loop, and the profiler cannot see into that. To see the stages
apart, at half the speed, run node --no-turbo-inlining on the command's own file (dist/host/cli/main.js).

Examples:
  syncgate bench cards
  syncgate bench cards --seconds 0.5 --json
`;

/** `syncgate bench cards`. @param finish gets the exit code */
export function benchCardsCommand(
  command: Command,
  terminal: Terminal,
  finish: (code: number) => void,
): void {
  command
    .description("Sectors a second through the emulated card, one core, and where the time goes.")
    .option("--seconds <number>", "CPU time of each transfer", "2")
    .option("--json", "print the result as JSON")
    .addHelpText("after", HELP)
    .action((options: { seconds: string; json?: boolean }) => {
      const seconds = numberIn("--seconds", options.seconds, 0.01, SECONDS_MAX);
      const result = benchCards(seconds, (part) => terminal.progress(part));
      terminal.print(
        options.json === true
          ? `${JSON.stringify({ version: 1, goalPerSecond: GOAL_PER_SECOND, blockGoalPerSecond: BLOCK_GOAL_PER_SECOND, ...result }, null, 2)}\n`
          : cardsText(result, terminal.colour) + blocksText(result, terminal.colour) + forksText(result),
      );
      finish(EXIT_HELD);
    });
}

function cardsText({ rates, stages }: CardBenchResult, colour: boolean): string {
  const table = textTable(
    [
      { title: "FACE" },
      { title: "TRANSFER" },
      { title: "SECTORS", right: true },
      { title: "SECTORS A SECOND", right: true },
      { title: "ns A BYTE", right: true },
    ],
    rates.map(({ face, transfer, sectors, sectorsPerSecond, nsPerByte }) => [
      face,
      transfer,
      grouped(sectors),
      grouped(Math.round(sectorsPerSecond)),
      nsPerByte.toFixed(1),
    ]),
  );
  const reached = verdict(rates, GOAL_PER_SECOND, colour);
  return (
    "Byte by byte over the SPI face, CRC on both ways; CPU time of one core, warm, the host's own loop included.\n\n" +
    `${table}\nGoal: ${grouped(GOAL_PER_SECOND)} sectors a second, every transfer: ${reached}.\n\n` +
    `Where the time goes (sampled in a run of all transfers before):\n${stageTable(stages)}`
  );
}

function blocksText({ blockRates, blockStages }: CardBenchResult, colour: boolean): string {
  const table = textTable(
    [
      { title: "FACE" },
      { title: "PROFILE" },
      { title: "WRITE" },
      { title: "SECTORS", right: true },
      { title: "SECTORS A SECOND", right: true },
    ],
    blockRates.map(({ profile, transfer, sectors, sectorsPerSecond }) => [
      "block",
      profile,
      transfer,
      grouped(sectors),
      grouped(Math.round(sectorsPerSecond)),
    ]),
  );
  const reached = verdict(blockRates, BLOCK_GOAL_PER_SECOND, colour);
  return (
    "\nThe block face, in virtual time, with the flash behind it: placement, merges, wear.\n\n" +
    `${table}\nGoal: ${grouped(BLOCK_GOAL_PER_SECOND)} sectors a second, every write: ${reached}.\n\n` +
    `Where the time goes:\n${stageTable(blockStages)}`
  );
}

function forksText({ forks }: CardBenchResult): string {
  const table = textTable(
    [
      { title: "SNAPSHOT OF" },
      { title: "SECTORS", right: true },
      { title: "A SECOND", right: true },
      { title: "µs", right: true },
    ],
    forks.map(({ of, sectors, forksPerSecond, nsPerFork }) => [
      of,
      grouped(sectors),
      grouped(Math.round(forksPerSecond)),
      (nsPerFork / 1000).toFixed(1),
    ]),
  );
  return `\nSnapshots of a full card, copy-on-write, each with one sector written after it:\n\n${table}`;
}

function verdict(
  rates: readonly { readonly sectorsPerSecond: number }[],
  goal: number,
  colour: boolean,
): string {
  return rates.every(({ sectorsPerSecond }) => sectorsPerSecond >= goal)
    ? styled("reached", "good", colour)
    : styled("not reached on this machine now", "bad", colour);
}
