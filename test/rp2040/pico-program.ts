/** C programs for the emulated board, on the board files of examples/pico-fatfs-style, which firmware users start from. */
import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import path from "node:path";
import { exportC } from "../../host/export-c/index.js";
import { ROOT } from "../../scripts/repository.mjs";
import { programPath } from "../debian-packages.js";

export const EXAMPLE = path.join(ROOT, "examples/pico-fatfs-style");
const FLAGS = (
  "-std=c99 -mcpu=cortex-m0plus -mthumb -Os -ffreestanding -nostdlib -fno-tree-loop-distribute-patterns " +
  "-ffunction-sections -fdata-sections -Wall -Wextra -Werror -Wl,--gc-sections,--no-warn-rwx-segments"
).split(" ");

/** Compiles C files with the example's board. @returns the path of the ELF file */
export function picoProgram(
  folder: string,
  name: string,
  sources: readonly string[],
  defines: readonly string[] = [],
): string {
  const elf = path.join(folder, `${name}.elf`);
  const included = ["-I", EXAMPLE, "-I", folder, "-T", path.join(EXAMPLE, "pico.ld")];
  const all = [path.join(EXAMPLE, "board.c"), ...sources];
  execFileSync(programPath("arm-none-eabi-gcc"), [
    ...FLAGS,
    ...included,
    ...defines.map((define) => `-D${define}`),
    ...all,
    "-lgcc",
    "-o",
    elf,
  ]);
  return elf;
}

/** The example itself. @returns the path of the ELF file */
export function picoLogger(folder: string, defines: readonly string[] = []): string {
  const { source, header } = exportC({ spi: true });
  writeFileSync(path.join(folder, "syncgate.c"), source);
  writeFileSync(path.join(folder, "syncgate.h"), header);
  const own = ["main.c", "diskio.c", "spi_bus.c"].map((file) => path.join(EXAMPLE, file));
  return picoProgram(
    folder,
    "logger",
    [...own, path.join(folder, "syncgate.c")],
    ["SYNCGATE_REGIONS=1920", ...defines],
  );
}
