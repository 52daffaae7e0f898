import type { Command } from "commander";
import { addLazyCommands, type LazyCommand } from "./lazy-commands.js";
import type { Terminal } from "./terminal.js";

/** In the order in which they are listed. */
export const FIRMWARE_COMMANDS: readonly LazyCommand[] = [
  {
    term: "run [options] <file>",
    summary: "run an ELF, UF2 or BIN file until its UART gives a verdict",
    load: async () => (await import("./firmware/run-command.js")).firmwareRunCommand,
  },
  {
    term: "uf2 [options] <file>",
    summary: "make a UF2 file of an ELF or BIN file",
    load: async () => (await import("./firmware/uf2-command.js")).firmwareUf2Command,
  },
];

/** `syncgate firmware`. @param finish gets the exit code */
export function firmwareCommand(command: Command, terminal: Terminal, finish: (code: number) => void): void {
  command.description("Runs firmware for the RP2040 on an emulated board with two SD cards.");
  addLazyCommands(command, FIRMWARE_COMMANDS, terminal, finish);
}
