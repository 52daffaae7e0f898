import type { Command } from "commander";
import { addLazyCommands, type LazyCommand } from "./lazy-commands.js";
import type { Terminal } from "./terminal.js";

/** In the order in which they are listed. */
export const BENCHMARKS: readonly LazyCommand[] = [
  {
    term: "metadata [options]",
    summary: "metadata writes on the recorded traces, beside md's and dm-mirror's",
    load: async () => (await import("./bench-metadata-command.js")).benchMetadataCommand,
  },
  {
    term: "calls [options]",
    summary: "what a call of the driver costs as the number of regions grows",
    load: async () => (await import("./bench-calls-command.js")).benchCallsCommand,
  },
  {
    term: "streams [options]",
    summary: "what a stream too many costs, and where the bitmap should lie",
    load: async () => (await import("./bench-streams-command.js")).benchStreamsCommand,
  },
  {
    term: "work [options]",
    summary: "the most that one call of the driver ever does, beside the limits",
    load: async () => (await import("./bench-work-command.js")).benchWorkCommand,
  },
  {
    term: "rig [options]",
    summary: "how fast the rig is, on one core and on two",
    load: async () => (await import("./bench-rig-command.js")).benchRigCommand,
  },
  {
    term: "cards [options]",
    summary: "how fast the emulated card is",
    load: async () => (await import("./bench-cards-command.js")).benchCardsCommand,
  },
  {
    term: "cuts [options]",
    summary: "what a cut at every byte of the bus may leave on each class of card",
    load: async () => (await import("./bench-cuts-command.js")).benchCutsCommand,
  },
  {
    term: "cycles [options]",
    summary: "cycles of the driver as C on a Cortex-M0+, with sizes and stack",
    load: async () => (await import("./bench-cycles-command.js")).benchCyclesCommand,
  },
  {
    term: "matrix [options]",
    summary: "policies by classes of cards: broken promises per million cuts, metadata, latency, resync",
    load: async () => (await import("./bench-matrix-command.js")).benchMatrixCommand,
  },
  {
    term: "settle [options]",
    summary: "the smallest safe settle time against what a card may lose after its answer",
    load: async () => (await import("./bench-settle-command.js")).benchSettleCommand,
  },
  {
    term: "board [options] [firmware]",
    summary: "throughput of the firmware on the emulated RP2040 with two cards",
    load: async () => (await import("./bench-board-command.js")).benchBoardCommand,
  },
];

/** `syncgate bench`. @param finish gets the exit code */
export function benchCommand(command: Command, terminal: Terminal, finish: (code: number) => void): void {
  command.description("Measures the driver and the rig.");
  addLazyCommands(command, BENCHMARKS, terminal, finish);
}
