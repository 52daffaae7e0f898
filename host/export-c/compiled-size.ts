import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

/** How the source is compiled. */
export interface Compilation {
  /** Name of the core as GCC knows it. */
  readonly core: string;
  readonly optimisation: "-Os" | "-O2";
  readonly boundsChecks: boolean;
}

/** What the linker has to place, bytes. */
export interface CompiledSize {
  /** Code and constants: flash. */
  readonly text: number;
  /** Variables with contents: flash and RAM. */
  readonly data: number;
  /** Variables of zeros: RAM. */
  readonly bss: number;
}

/** What the documentation means by the compiler. */
export const ARM_COMPILER = "arm-none-eabi-gcc";
/** Options that the source compiles with, without a word. */
export const STRICT_C99: readonly string[] = ["-std=c99", "-ffreestanding", "-Wall", "-Wextra", "-Werror"];

/** Whether the compiler for ARM is there to be called. */
export function hasArmCompiler(): boolean {
  try {
    execFileSync(ARM_COMPILER, ["--version"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

/** Compiler options for one compilation. */
export function armOptions({ core, optimisation, boundsChecks }: Compilation): string[] {
  return [
    "-mthumb",
    `-mcpu=${core}`,
    ...STRICT_C99,
    optimisation,
    `-DSYNCGATE_BOUNDS_CHECKS=${boundsChecks ? 1 : 0}`,
  ];
}

/**
 * Sizes of the exported source, compiled. The runtime's few helpers (division) come on top, and are shared with all else.
 * @param folder where syncgate.c and syncgate.h are
 * @throws Error with the compiler's words when it refuses the source
 */
export function compiledSize(folder: string, compilation: Compilation): CompiledSize {
  const place = mkdtempSync(path.join(tmpdir(), "syncgate-size-"));
  try {
    const object = path.join(place, "syncgate.o");
    const source = path.join(folder, "syncgate.c");
    execFileSync(ARM_COMPILER, [...armOptions(compilation), "-c", source, "-o", object], { stdio: "pipe" });
    return objectSize(object);
  } finally {
    rmSync(place, { recursive: true });
  }
}

/** Sizes of an object file. */
export function objectSize(object: string): CompiledSize {
  const lines = execFileSync("arm-none-eabi-size", [object], { encoding: "utf8" }).split("\n");
  const [text = 0, data = 0, bss = 0] = lines[1]!.trim().split(/\s+/).map(Number);
  return { text, data, bss };
}
