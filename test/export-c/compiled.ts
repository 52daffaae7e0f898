/** The exported C, compiled strictly, and what nm and size say of it. */
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { exportC } from "../../host/export-c/index.js";

export const STRICT = ["-std=c99", "-ffreestanding", "-Wall", "-Wextra", "-Werror"];
/** What GCC's own runtime gives where a core lacks an instruction. Nothing of a C library is among it. */
const COMPILER_RUNTIME =
  /^(__aeabi_(idiv|uidiv|uidivmod|idivmod|llsl|llsr|lasr|lmul)|__(clz|ctz)[sd]i2|__gnu_thumb1_case_[a-z]+)$/;

export interface Compiled {
  /** What the compiler said. */
  readonly said: string;
  /** Names that it needs, but for those of the compiler's own runtime. */
  readonly needed: readonly string[];
  /** Names that it gives to others. */
  readonly given: readonly string[];
  readonly data: number;
  readonly bss: number;
}

/**
 * @param tools prefix of the compiler's name and its companions': "" or "arm-none-eabi-"
 * @param options of the compiler, besides the strict ones
 */
export function compiled(spi: boolean, tools: string, options: readonly string[]): Compiled {
  const cwd = mkdtempSync(path.join(tmpdir(), "export-c-"));
  try {
    const { source, header } = exportC({ spi });
    writeFileSync(path.join(cwd, "syncgate.c"), source);
    writeFileSync(path.join(cwd, "syncgate.h"), header);
    const { status, stderr } = spawnSync(`${tools}gcc`, [...STRICT, ...options, "-c", "syncgate.c"], {
      cwd,
      encoding: "utf8",
    });
    if (status !== 0) return { said: stderr, needed: [], given: [], data: 0, bss: 0 };
    const symbols = (...flags: string[]): string[] =>
      execFileSync(`${tools}nm`, [...flags, "syncgate.o"], { cwd, encoding: "utf8" })
        .split("\n")
        .filter((line) => line.trim() !== "")
        .map((line) => line.trim().split(/\s+/).at(-1)!);
    const sizes = execFileSync(`${tools}size`, ["syncgate.o"], { cwd, encoding: "utf8" }).split("\n")[1]!;
    const [, data = 0, bss = 0] = sizes.trim().split(/\s+/).map(Number);
    const needed = symbols("-u").filter((name) => !COMPILER_RUNTIME.test(name));
    return { said: stderr, needed, given: symbols("-g", "--defined-only"), data, bss };
  } finally {
    rmSync(cwd, { recursive: true });
  }
}
