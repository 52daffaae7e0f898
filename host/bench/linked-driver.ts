import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import {
  ARM_COMPILER,
  armOptions,
  objectSize,
  type Compilation,
  type CompiledSize,
} from "../export-c/compiled-size.js";

/** Code in flash and variables in RAM, where the RP2040 has them, and what a file must have to be taken for firmware. */
const SCRIPT = `
SECTIONS {
  .text 0x10000100 : { KEEP(*(.vectors)) *(.text*) *(.rodata*) }
  .bss 0x20000000 (NOLOAD) : { *(.bss*) *(COMMON) }
  /DISCARD/ : { *(.ARM.exidx*) *(.comment) }
}
`;
const VECTORS = `__attribute__((section(".vectors"), used)) static const unsigned vectors[2] = {0x20001000u, 0x10000109u};\n`;

/** The exported C, compiled and linked. */
export interface LinkedDriver {
  readonly elf: Uint8Array;
  readonly size: CompiledSize;
}

/**
 * The exported C as an ELF file whose functions can be called one by one. Nothing but the compiler's own runtime is linked
 * to it.
 * @throws Error with the compiler's words when it refuses the source
 */
export function linkedDriver(source: string, header: string, compilation: Compilation): LinkedDriver {
  const folder = mkdtempSync(path.join(tmpdir(), "syncgate-cycles-"));
  try {
    const files = {
      "syncgate.c": source,
      "syncgate.h": header,
      "vectors.c": VECTORS,
      "script.ld": SCRIPT,
    };
    for (const [name, text] of Object.entries(files)) writeFileSync(path.join(folder, name), text);
    const gcc = (...more: readonly string[]): void => {
      execFileSync(ARM_COMPILER, [...armOptions(compilation), ...more], { cwd: folder, stdio: "pipe" });
    };
    gcc("-c", "syncgate.c", "vectors.c");
    const link = ["-nostdlib", "-Wl,-T,script.ld", "-Wl,-e,0", "-Wl,--no-warn-rwx-segments"];
    gcc(...link, "syncgate.o", "vectors.o", "-lgcc", "-o", "driver.elf");
    return {
      elf: readFileSync(path.join(folder, "driver.elf")),
      size: objectSize(path.join(folder, "syncgate.o")),
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
