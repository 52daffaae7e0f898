import { writeFileSync } from "node:fs";
import type { Command } from "commander";
import { hasSecondStage, packUf2, serialReadStage } from "../../rp2040/index.js";
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
    .description("Makes a UF2 file of an ELF or BIN file; a second boot stage is added if there is none.")
    .argument("<file>", "the firmware")
    .requiredOption("--out <file>", "the UF2 file")
    .action((file: string, { out }: { out: string }) => {
      const { flash, loaded } = firmwareOfFile(file);
      // A Pico would not start without.
      const isBare = !hasSecondStage(flash, loaded);
      if (isBare) flash.set(serialReadStage());
      const uf2 = packUf2(flash, FLASH_START);
      try {
        writeFileSync(out, uf2);
      } catch (error) {
        throw new UsageError(`${out} cannot be written: ${(error as Error).message}`);
      }
      terminal.print(
        `wrote ${out}, ${uf2.length} bytes${isBare ? ", with a second boot stage (serial reads) that the firmware did not have" : ""}\n`,
      );
      finish(EXIT_HELD);
    });
}
