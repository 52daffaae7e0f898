// npm run build:firmware: the C of firmware/ to build/firmware/NAME.elf, .uf2 and .map, and prints their sizes.
// Needs arm-none-eabi-gcc (bash scripts/install-debian-packages.sh gcc-arm-none-eabi) and the compiled host (npm run build).
import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { ROOT } from "./repository.mjs";

const SOURCES = path.join(ROOT, "firmware");
const OUTPUT = path.join(ROOT, "build/firmware");
/** Every program, and the files that it has besides start.c and board.c. */
const PROGRAMS = { "card-check": ["card_check.c"] };
const FLASH_START = 0x10000000;
const FLAGS = [
  ..."-std=c99 -mcpu=cortex-m0plus -mthumb -O2 -ffreestanding -nostdlib".split(" "),
  "-fno-tree-loop-distribute-patterns", // or the loop of memcpy becomes a call of memcpy
  ..."-ffunction-sections -fdata-sections -Wall -Wextra -Werror".split(" "),
  "-Wl,--gc-sections,--fatal-warnings,--no-warn-rwx-segments",
];

/**
 * Compiles one program.
 * @param {string} name
 * @param {readonly string[]} files
 * @param {string} folder where it goes
 */
export function compileFirmware(name, files, folder) {
  mkdirSync(folder, { recursive: true });
  const elf = path.join(folder, `${name}.elf`);
  const sources = ["start.c", "board.c", ...files].map((file) => path.join(SOURCES, file));
  const linked = [
    `-Wl,-T,${path.join(SOURCES, "firmware.ld")}`,
    `-Wl,-Map,${path.join(folder, `${name}.map`)}`,
  ];
  execFileSync("arm-none-eabi-gcc", [...FLAGS, ...linked, ...sources, "-lgcc", "-o", elf], { stdio: "pipe" });
  return elf;
}

async function buildAll() {
  const compiled = path.join(ROOT, "dist/host/rp2040/index.js");
  const { packUf2, readFirmware } = await import(pathToFileURL(compiled).href);
  for (const [name, files] of Object.entries(PROGRAMS)) {
    const elf = compileFirmware(name, files, OUTPUT);
    writeFileSync(elf.replace(/elf$/, "uf2"), packUf2(readFirmware(readFileSync(elf)).flash, FLASH_START));
  }
  const elves = Object.keys(PROGRAMS).map((name) => path.join(OUTPUT, `${name}.elf`));
  process.stdout.write(execFileSync("arm-none-eabi-size", elves, { encoding: "utf8" }));
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  try {
    await buildAll();
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
}
