import { Command } from "commander";
import { firmwareRunCommand } from "./firmware/run-command.js";
import { firmwareUf2Command } from "./firmware/uf2-command.js";
import type { Terminal } from "./terminal.js";

/** `syncgate firmware`. @param finish gets the exit code */
export function firmwareCommand(terminal: Terminal, finish: (code: number) => void): Command {
  return new Command("firmware")
    .description("Firmware for the RP2040 on an emulated board with two SD cards.")
    .addCommand(firmwareRunCommand(terminal, finish))
    .addCommand(firmwareUf2Command(terminal, finish));
}
