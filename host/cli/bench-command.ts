import { Command } from "commander";
import { benchBoardCommand } from "./bench-board-command.js";
import { benchCallsCommand } from "./bench-calls-command.js";
import { benchCardsCommand } from "./bench-cards-command.js";
import { benchCutsCommand } from "./bench-cuts-command.js";
import { benchCyclesCommand } from "./bench-cycles-command.js";
import { benchMatrixCommand } from "./bench-matrix-command.js";
import { benchMetadataCommand } from "./bench-metadata-command.js";
import { benchRigCommand } from "./bench-rig-command.js";
import { benchSettleCommand } from "./bench-settle-command.js";
import { benchStreamsCommand } from "./bench-streams-command.js";
import { benchWorkCommand } from "./bench-work-command.js";
import type { Terminal } from "./terminal.js";

/** `syncgate bench`. @param finish gets the exit code */
export function benchCommand(terminal: Terminal, finish: (code: number) => void): Command {
  return new Command("bench")
    .summary("what the driver costs, and how fast the rig is")
    .description("Measures the driver and the rig.")
    .addCommand(benchMetadataCommand(terminal, finish))
    .addCommand(benchCallsCommand(terminal, finish))
    .addCommand(benchStreamsCommand(terminal, finish))
    .addCommand(benchWorkCommand(terminal, finish))
    .addCommand(benchRigCommand(terminal, finish))
    .addCommand(benchCardsCommand(terminal, finish))
    .addCommand(benchCutsCommand(terminal, finish))
    .addCommand(benchCyclesCommand(terminal, finish))
    .addCommand(benchMatrixCommand(terminal, finish))
    .addCommand(benchSettleCommand(terminal, finish))
    .addCommand(benchBoardCommand(terminal, finish));
}
