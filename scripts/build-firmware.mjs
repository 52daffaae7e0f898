// npm run build:firmware: the C of firmware/ to build/firmware/NAME.elf, .uf2 and .map, and prints their sizes.
// Needs arm-none-eabi-gcc (bash scripts/install-debian-packages.sh gcc-arm-none-eabi) and the compiled host (npm run build).
import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { ROOT } from "./repository.mjs";
import { secondStageSource } from "./second-stage.mjs";

const SOURCES = path.join(ROOT, "firmware");
const OUTPUT = path.join(ROOT, "build/firmware");
const BOARD = "rp2040";
/** What every program has: the board, and what does not know the board. */
const ALWAYS = [`${BOARD}/start.c`, `${BOARD}/board.c`, `${BOARD}/spi.c`, "crc16.c", "memory.c", "print.c"];
const MIRROR = ["bus_port.c", "mirror.c"];
const LOGGER = ["logger.c", "logger_commands.c", "console.c"];
/** Every program, and the files that it has besides. Those with the mirror get the exported C too. */
export const PROGRAMS = {
  bench: { mirror: true, files: ["bench.c"] },
  "card-check": { mirror: false, files: ["card_check.c"] },
  logger: { mirror: true, files: [...LOGGER, "logger_scenario.c"] },
  "logger-bench": { mirror: true, files: [...LOGGER, "logger_scenario_bench.c"] },
  race: { mirror: true, files: ["race.c", "race_scenario.c"] },
  "mirror-check": { mirror: true, files: ["mirror_check.c"] },
};
/** Regions of the largest array: those of cards of 8 GB at 4 MiB. */
export const REGIONS = 1920;
const FLASH_START = 0x10000000;
const FLAGS = [
  ..."-std=c11 -mcpu=cortex-m0plus -mthumb -O2 -g -ffreestanding -nostdlib".split(" "),
  "-fno-tree-loop-distribute-patterns", // or the loop of memcpy becomes a call of memcpy
  ..."-ffunction-sections -fdata-sections -Wall -Wextra -Werror".split(" "),
  "-Wl,--gc-sections,--fatal-warnings,--no-warn-rwx-segments",
];

/** @typedef {{ readonly source: string, readonly header: string }} Exported */

/**
 * Compiles one program.
 * @param {keyof typeof PROGRAMS} name
 * @param {string} folder where it goes
 * @param {Exported} exported the driver as C, with the SPI driver
 * @param {readonly string[]} options of the compiler, besides
 */
export function compileFirmware(name, folder, exported, options = []) {
  mkdirSync(folder, { recursive: true });
  const { mirror, files } = PROGRAMS[name];
  const elf = path.join(folder, `${name}.elf`);
  const sources = [...ALWAYS, ...(mirror ? MIRROR : []), ...files].map((file) => path.join(SOURCES, file));
  sources.push(secondStageSource(folder));
  if (mirror) {
    writeFileSync(path.join(folder, "syncgate.c"), exported.source);
    writeFileSync(path.join(folder, "syncgate.h"), exported.header);
    sources.push(path.join(folder, "syncgate.c"));
  }
  const linked = [
    `-Wl,-T,${path.join(SOURCES, BOARD, "firmware.ld")}`,
    `-Wl,-Map,${path.join(folder, `${name}.map`)}`,
  ];
  const included = ["-I", SOURCES, "-I", folder];
  const flags = [...FLAGS, ...included, ...options, ...linked];
  execFileSync("arm-none-eabi-gcc", [...flags, ...sources, "-lgcc", "-o", elf], { stdio: "pipe" });
  return elf;
}

/** @param {string} entry of the compiled host */
function compiledHost(entry) {
  return import(pathToFileURL(path.join(ROOT, "dist/host", entry)).href);
}

async function buildAll() {
  const { packUf2, readFirmware } = await compiledHost("rp2040/index.js");
  const { exportC } = await compiledHost("export-c/index.js");
  const exported = exportC({ spi: true, regions: REGIONS });
  const names = /** @type {(keyof typeof PROGRAMS)[]} */ (Object.keys(PROGRAMS));
  const elves = names.map((name) => compileFirmware(name, OUTPUT, exported));
  for (const elf of elves)
    writeFileSync(elf.replace(/elf$/, "uf2"), packUf2(readFirmware(readFileSync(elf)).flash, FLASH_START));
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
