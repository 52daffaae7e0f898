/** Runs a small module in Node and as exported C, with the same calls, and tells what each answered. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { CSource } from "../../host/export-c/c-source.js";
import { readModule } from "../../host/export-c/module.js";
import { encoded, I32, type SmallModule } from "./small-module.js";

/** Numbers that arithmetic stumbles over. */
const EDGES = [
  0n,
  1n,
  2n,
  7n,
  31n,
  32n,
  33n,
  63n,
  64n,
  255n,
  0x7fff_ffffn,
  0x8000_0000n,
  0xffff_fffen,
  0xffff_ffffn,
];
const WIDE = [0x1_0000_0000n, 0x7fff_ffff_ffff_ffffn, 0x8000_0000_0000_0000n, 0xffff_ffff_ffff_ffffn];
export const EDGES_OF = { i32: EDGES, i64: [...EDGES, ...WIDE] } as const;

/** A call: a function's name and its arguments, each unsigned. */
export type Call = readonly [name: string, ...values: bigint[]];

/** All functions with all edges for every parameter. */
export function callsAtEdges(module: SmallModule): Call[] {
  return module.functions.flatMap(({ name, params }) => {
    let tuples: bigint[][] = [[]];
    for (const type of params) {
      const edges = type === I32 ? EDGES_OF.i32 : EDGES_OF.i64;
      tuples = tuples.flatMap((tuple) => edges.map((edge) => [...tuple, edge]));
    }
    return tuples.map((tuple): Call => [name, ...tuple]);
  });
}

/** What the import env.note does in both: it adds, and remembers. */
const NOTE = 17;

/** A line for each call, as WebAssembly in Node answers it. Each call finds the memory that the one before it left. */
export function answersInNode(module: SmallModule, calls: readonly Call[]): string[] {
  const lines: string[] = [];
  const imports = {
    env: {
      note: (value: number): number => {
        lines.push(`note ${(value >>> 0).toString(16)}`);
        return value + NOTE;
      },
    },
  };
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(encoded(module)), imports);
  const types = new Map(module.functions.map((each) => [each.name, each]));
  for (const [name, ...values] of calls) {
    const { params, results } = types.get(name)!;
    const call = exports[name] as (...values: (number | bigint)[]) => number | bigint | undefined;
    try {
      const result = call(...values.map((value, i) => (params[i] === I32 ? Number(value) | 0 : value)));
      const bits = results[0] === I32 ? 32 : 64;
      lines.push(
        `${name} ${result === undefined ? "" : BigInt.asUintN(bits, BigInt(result)).toString(16)}`.trim(),
      );
    } catch (error) {
      if (!(error instanceof WebAssembly.RuntimeError)) throw error;
      lines.push(`${name} trap`);
    }
  }
  return lines;
}

/** The same of the exported C, compiled by gcc with these options. */
export function answersInC(
  module: SmallModule,
  calls: readonly Call[],
  options: readonly string[],
): string[] {
  const folder = mkdtempSync(path.join(tmpdir(), "export-c-small-"));
  try {
    const described = new Map(
      module.functions.map(({ name, params }) => [
        name,
        { name, parameters: params.map((_, i) => `value${i}`), comment: "" },
      ]),
    );
    const source = new CSource(readModule(encoded(module)), described).text();
    writeFileSync(path.join(folder, "syncgate.c"), source);
    writeFileSync(path.join(folder, "syncgate.h"), header(module));
    writeFileSync(path.join(folder, "main.c"), program(module, calls));
    const strict = ["-std=c99", "-Wall", "-Wextra", "-Werror"];
    execFileSync("gcc", [...strict, ...options, "main.c", "syncgate.c", "-o", "main"], { cwd: folder });
    const printed = execFileSync(path.join(folder, "main"), { encoding: "utf8", maxBuffer: 1 << 28 });
    return printed.trimEnd().split("\n");
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const cType = (type: number): string => (type === I32 ? "uint32_t" : "uint64_t");

function header(module: SmallModule): string {
  const members = (module.imports ?? []).map(
    ({ name, params, results }) =>
      `  ${results.length > 0 ? cType(results[0]!) : "void"} (*env_${name})(${params.map(cType).join(", ")});\n`,
  );
  const prototypes = module.functions.map(
    ({ name, params, results }) =>
      `${results.length > 0 ? cType(results[0]!) : "void"} syncgate_${name}(${params.map(cType).join(", ") || "void"});\n`,
  );
  return `#include <stdint.h>
#define SYNCGATE_MEMORY_BYTES 65536u
#ifndef SYNCGATE_BOUNDS_CHECKS
#define SYNCGATE_BOUNDS_CHECKS 1
#endif
#define SYNCGATE_TRAP_ASSERTION 1u
#define SYNCGATE_TRAP_OUT_OF_BOUNDS 2u
#define SYNCGATE_TRAP_DIVISION 3u
#define SYNCGATE_TRAP_MISALIGNED 4u
struct syncgate_callbacks {
${members.join("")}  void (*trap)(uint32_t reason);
};
uint32_t syncgate_start(const struct syncgate_callbacks *callbacks);
void *syncgate_memory(uint32_t address);
${prototypes.join("")}`;
}

function program(module: SmallModule, calls: readonly Call[]): string {
  const cases = module.functions.map(({ name, params, results }, i) => {
    const call = `syncgate_${name}(${params.map((type, p) => `(${cType(type)})v[${p}]`).join(", ")})`;
    const told =
      results.length === 0
        ? `${call}; printf("${name}\\n");`
        : `printf("${name} %llx\\n", (unsigned long long)${call});`;
    return `  case ${i}: if (!setjmp(back)) { ${told} } else printf("${name} trap\\n"); break;\n`;
  });
  const numbers = new Map(module.functions.map(({ name }, i) => [name, i]));
  const rows = calls.map(
    ([name, ...values]) =>
      `  {${numbers.get(name)}, {${[...values, 0n].map((value) => `0x${value.toString(16)}ull`).join(", ")}}},\n`,
  );
  const hasNote = (module.imports ?? []).length > 0;
  return `#include <setjmp.h>
#include <stdio.h>
#include "syncgate.h"
static jmp_buf back;
static void on_trap(uint32_t reason) { (void)reason; longjmp(back, 1); }
${hasNote ? `static uint32_t note(uint32_t v) { printf("note %x\\n", (unsigned)v); return v + ${NOTE}u; }` : ""}
static const struct { int function; uint64_t v[4]; } calls[] = {
${rows.join("")}};
static void call(int function, const uint64_t *v) {
  (void)v;
  switch (function) {
${cases.join("")}  }
}
int main(void) {
  static const struct syncgate_callbacks callbacks = {${hasNote ? ".env_note = note, " : ""}.trap = on_trap};
  if (!syncgate_start(&callbacks)) return 1;
  for (unsigned i = 0; i < sizeof calls / sizeof calls[0]; i++) call(calls[i].function, calls[i].v);
  return 0;
}
`;
}
