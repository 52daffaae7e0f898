/** The programs of firmware/, compiled for tests. What was compiled is kept in build/, by a hash of all that went in. */
import { createHash } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { exportC } from "../../host/export-c/index.js";
import { compileFirmware, REGIONS, type PROGRAMS } from "../../scripts/build-firmware.mjs";
import { ROOT } from "../../scripts/repository.mjs";

export const COMPILER = { "arm-none-eabi-gcc": "gcc-arm-none-eabi" };
/** For beforeAll: the compiler takes seconds, on a busy machine many. */
export const COMPILER_MS = 120_000;

const KEPT = path.join(ROOT, "build/firmware/tests");
const SOURCES = path.join(ROOT, "firmware");
const SCRIPT = path.join(ROOT, "scripts/build-firmware.mjs");

/** @param options of the compiler, besides @returns the bytes of the ELF file */
export function builtFirmware(name: keyof typeof PROGRAMS, options: readonly string[] = []): Uint8Array {
  const exported = exportC({ spi: true, regions: REGIONS });
  const hash = createHash("sha256").update(JSON.stringify([name, options, exported]));
  const sources = readdirSync(SOURCES, { recursive: true }).map(String).toSorted();
  for (const file of [SCRIPT, ...sources.map((source) => path.join(SOURCES, source))])
    if (statSync(file).isFile()) hash.update(readFileSync(file));
  const kept = path.join(KEPT, `${name}-${hash.digest("hex").slice(0, 16)}.elf`);
  if (existsSync(kept)) return readFileSync(kept);
  const folder = mkdtempSync(path.join(tmpdir(), "syncgate-firmware-"));
  try {
    const bytes = readFileSync(compileFirmware(name, folder, exported, options));
    keep(kept, bytes);
    return bytes;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Whole or not at all: other tests look for it at the same time. */
function keep(file: string, bytes: Uint8Array): void {
  mkdirSync(KEPT, { recursive: true });
  const part = `${file}.${process.pid}`;
  writeFileSync(part, bytes);
  renameSync(part, file);
}
