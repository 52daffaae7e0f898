import { CFunction, type CNames } from "./c-function.js";
import { callbackName, exportName, internalName, parameterName } from "./c-names.js";
import { parameterList, resultType } from "./c-prototype.js";
import { helperTexts, PRELUDE } from "./c-runtime.js";
import { ExportError } from "./byte-reader.js";
import type { DescribedFunction } from "./abi.js";
import { countInstructions } from "./instruction.js";
import type { Module } from "./module.js";
import { cType } from "./numeric-operations.js";
import { constantValue } from "./value.js";

const BYTES_A_LINE = 20;
/**
 * Functions of so many instructions of the module at most are to be in place of their calls. Measured of a write, at -O2: 69
 * cycles for 700 bytes of code; 40 instructions would be 43 cycles more for 5,100 bytes more.
 */
const IN_PLACE_MAX = 20;
/** Below this a call costs more than what it keeps away. */
const APART_MIN = 40;

/** Writes the C source of a module. */
export class CSource implements CNames {
  private readonly helpers = new Set<string>();
  /** Exported functions by number; the first name counts. */
  private readonly exported = new Map<number, string>();
  /** Calls of each function in the text of the module. */
  private readonly calls = new Map<number, number>();

  /** @param described the exports, whose parameters have names */
  constructor(
    private readonly module: Module,
    private readonly described: ReadonlyMap<string, DescribedFunction>,
  ) {
    for (const [name, index] of module.exports) if (!this.exported.has(index)) this.exported.set(index, name);
  }

  callee(index: number): string {
    const imported = this.module.imports[index];
    return imported === undefined
      ? this.functionName(index)
      : `callbacks->${callbackName(imported.module, imported.name)}`;
  }

  global(index: number): string {
    return `global${index}`;
  }

  use(helper: string): string {
    this.helpers.add(helper);
    return helper;
  }

  parameters(index: number): readonly string[] {
    const { params } = this.functionAt(index).type;
    const exported = this.exported.get(index);
    if (exported === undefined) return params.map((_, i) => `p${i}`);
    const names = this.described.get(exported)?.parameters ?? [];
    if (names.length !== params.length)
      throw new ExportError(
        `the export ${exported} has ${params.length} parameters, but ${names.length} are described`,
      );
    return names.map(parameterName);
  }

  /** @returns the text @throws ExportError for what cannot be exported */
  text(): string {
    const reached = this.reached();
    const bodies = new Map(reached.map((index) => [index, this.body(index)]));
    const internal = reached.filter((index) => !this.exported.has(index));
    return [
      '#include "syncgate.h"\n\n#include <limits.h>\n',
      PRELUDE,
      helperTexts(new Set([...this.helpers, "fill_bytes"])),
      this.globals(),
      ...(internal.length === 0 ? [] : [internal.map((index) => `${this.prototype(index)};\n`).join("")]),
      ...reached.map((index) => `${this.prototype(index)} {\n${bodies.get(index)}}\n`),
      ...this.furtherNames(),
      this.data(),
      this.start(),
      MEMORY,
    ]
      .filter((part) => part !== "")
      .join("\n");
  }

  private functionAt(index: number) {
    const found = this.module.functions[index - this.module.imports.length];
    if (found === undefined) throw new ExportError(`the module has no function ${index}`);
    return found;
  }

  private functionName(index: number): string {
    const exported = this.exported.get(index);
    return exported === undefined ? internalName(index, this.module.names.get(index)) : exportName(exported);
  }

  private prototype(index: number): string {
    const { type } = this.functionAt(index);
    return `${this.linkage(index)}${resultType(type)} ${this.functionName(index)}${parameterList(type, this.parameters(index))}`;
  }

  /**
   * What stands before a function that is not exported. At -O2 GCC puts a function of several callers in place only if told
   * so; at -Os only where that is shorter. And one that has a single caller in a module was kept apart from it for that it
   * is seldom called: in place its variables would take registers from what is usual.
   */
  private linkage(index: number): string {
    if (this.exported.has(index)) return "";
    const size = countInstructions(this.functionAt(index).body());
    if (size <= IN_PLACE_MAX) return "static inline ";
    return size >= APART_MIN && this.calls.get(index) === 1 ? "APART static " : "static ";
  }

  private body(index: number): string {
    return new CFunction(this.module, index, this.functionAt(index), this).body();
  }

  /** Functions that an export leads to, in the order of the module. */
  private reached(): number[] {
    const found = new Set<number>();
    const queue = [...this.exported.keys()];
    for (let index = queue.pop(); index !== undefined; index = queue.pop()) {
      if (index < this.module.imports.length) throw new ExportError(`import ${index} is exported again`);
      if (found.has(index)) continue;
      found.add(index);
      const callees = CFunction.callees(this.module, this.functionAt(index));
      for (const callee of callees) this.calls.set(callee, (this.calls.get(callee) ?? 0) + 1);
      queue.push(...callees);
    }
    return [...found].toSorted((a, b) => a - b);
  }

  private globals(): string {
    return this.module.globals
      .map(({ type, mutable }, i) => (mutable ? `static ${cType(type)} ${this.global(i)};\n` : ""))
      .join("");
  }

  /** A function that is exported under several names. */
  private furtherNames(): string[] {
    return [...this.module.exports]
      .filter(([name, index]) => this.exported.get(index) !== name)
      .map(([name, index]) => {
        const { type } = this.functionAt(index);
        const parameters = this.parameters(index);
        const call = `${this.functionName(index)}(${parameters.join(", ")});`;
        return (
          `${resultType(type)} ${exportName(name)}${parameterList(type, parameters)} {\n` +
          `  ${type.results.length === 0 ? "" : "return "}${call}\n}\n`
        );
      });
  }

  private data(): string {
    const bytes = this.module.segments.flatMap((segment) => [...segment.bytes]);
    if (bytes.length === 0) return "";
    const lines: string[] = [];
    for (let i = 0; i < bytes.length; i += BYTES_A_LINE)
      lines.push(`  ${bytes.slice(i, i + BYTES_A_LINE).join(", ")},\n`);
    const places = this.module.segments.map(
      (segment) => `  {${segment.address}u, ${segment.bytes.length}u},\n`,
    );
    return (
      `/* What memory holds at the start; the rest is zeros. */\nstatic const uint8_t contents[] = {\n${lines.join("")}};\n\n` +
      `static const struct {\n  uint32_t address;\n  uint32_t count;\n} contents_at[] = {\n${places.join("")}};\n`
    );
  }

  private start(): string {
    const checks = ["trap", ...this.module.imports.map(({ module, name }) => callbackName(module, name))];
    const missing = checks.map((name) => `    || given->${name} == 0\n`).join("");
    const globals = this.module.globals
      .map(({ mutable, type, value }, i) =>
        mutable ? `  ${this.global(i)} = ${constantValue(value, type).text};\n` : "",
      )
      .join("");
    const copies =
      this.module.segments.length === 0
        ? ""
        : `  const uint8_t *from = contents;
  uint32_t i;
  for (i = 0; i < sizeof contents_at / sizeof contents_at[0]; i++) {
    uint8_t *to = range(contents_at[i].address, contents_at[i].count);
    uint8_t *end = to + contents_at[i].count;
    while (to != end) {
      *to++ = *from++;
      KEEP_LOOP();
    }
  }
`;
    return `static void set_up(void) {
${copies}${globals}}

uint32_t syncgate_start(const struct syncgate_callbacks *given) {
  if (given == 0
${missing}  ) {
    return 0;
  }
  callbacks = given;
  fill_bytes(0, 0, SYNCGATE_MEMORY_BYTES);
  set_up();
  return 1;
}
`;
  }
}

const MEMORY = `void *syncgate_memory(uint32_t address) {
  return range(address, 1u);
}
`;
