import { writeFileSync } from "node:fs";
import type { Command } from "commander";
import { packUf2 } from "../../rp2040/index.js";
import { EXIT_HELD } from "../exit-codes.js";
import type { Terminal } from "../terminal.js";
import { UsageError } from "../usage-error.js";
import { firmwareOfFile } from "./firmware-file.js";

const FLASH_START = 0x10000000;

/** `syncgate firmware uf2`. @param finish gets the exit code */
export function firmwareUf2Command(
  command: Command,
  terminal: Terminal,
  finish: (code: number) => void,
): void {
  command
    .description("Makes a UF2 file of an ELF or BIN file.")
    .argument("<file>", "the firmware")
    .requiredOption("--out <file>", "the UF2 file")
    .action((file: string, { out }: { out: string }) => {
      const uf2 = packUf2(firmwareOfFile(file).flash, FLASH_START);
      try {
        writeFileSync(out, uf2);
      } catch (error) {
        throw new UsageError(`${out} cannot be written: ${(error as Error).message}`);
      }
      terminal.print(`wrote ${out}, ${uf2.length} bytes\n`);
      finish(EXIT_HELD);
    });
}
