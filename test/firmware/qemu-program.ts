/** firmware/one_card_check.c for QEMU's lm3s6965evb: the port-independent files, the board's, and the exported C. */
import { execFileSync } from "node:child_process";
import { readdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { exportC } from "../../host/export-c/index.js";
import { ROOT } from "../../scripts/repository.mjs";
import { programPath } from "../debian-packages.js";

const SOURCES = path.join(ROOT, "firmware");
const BOARD = path.join(SOURCES, "lm3s6965");
const COMMON = ["bus_port.c", "crc16.c", "memory.c", "mirror.c", "print.c", "one_card_check.c"];
const FLAGS = (
  "-std=c11 -mcpu=cortex-m3 -mthumb -Os -ffreestanding -nostdlib -fno-tree-loop-distribute-patterns " +
  "-ffunction-sections -fdata-sections -Wall -Wextra -Werror -Wl,--gc-sections,--fatal-warnings,--no-warn-rwx-segments"
).split(" ");

/**
 * @param stride of the array that it assembles, in sectors
 * @returns the path of the ELF file
 */
export function qemuProgram(folder: string, stride: number): string {
  const { source, header } = exportC({ spi: true });
  writeFileSync(path.join(folder, "syncgate.c"), source);
  writeFileSync(path.join(folder, "syncgate.h"), header);
  const elf = path.join(folder, "one-card-check.elf");
  const own = readdirSync(BOARD).filter((file) => file.endsWith(".c"));
  execFileSync(programPath("arm-none-eabi-gcc"), [
    ...FLAGS,
    "-DSEMIHOSTING",
    `-DMETADATA_STRIDE=${stride}u`,
    "-DSYNCGATE_REGIONS=1920",
    "-I",
    SOURCES,
    "-I",
    folder,
    "-T",
    path.join(BOARD, "firmware.ld"),
    ...own.map((file) => path.join(BOARD, file)),
    ...COMMON.map((file) => path.join(SOURCES, file)),
    path.join(folder, "syncgate.c"),
    "-lgcc",
    "-o",
    elf,
  ]);
  return elf;
}
