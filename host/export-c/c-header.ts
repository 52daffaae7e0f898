import type { AbiDescription, DescribedConstant, DescribedFunction, ExportedBuild } from "./abi.js";
import { ExportError } from "./byte-reader.js";
import { CComments } from "./c-comment.js";
import { callbackName, exportName, MACRO_PREFIX, parameterName } from "./c-names.js";
import { parameterList, resultType } from "./c-prototype.js";
import type { Module } from "./module.js";

/** How large the driver's memory is. */
export interface MemoryShape {
  /** Of the static data, bytes, rounded up to where the tables of the regions begin. */
  readonly fixedBytes: number;
  /** Of the tables, for each bitmap sector. */
  readonly bytesPerBitmapSector: number;
  readonly regionsPerBitmapSector: number;
  readonly regionsMax: number;
}

export interface HeaderOptions {
  readonly build: ExportedBuild;
  readonly memory: MemoryShape;
  /** Regions of the largest array that fits. */
  readonly regions: number;
  readonly boundsChecks: boolean;
  /** SHA-256 of the module, in hexadecimal digits. */
  readonly digest: string;
}

/** Constants of the rig, and of what only the driver itself looks at. */
const NOT_FOR_FIRMWARE =
  /^(BUG_|BITMAP_(MAGIC|SLOTS|VERSION_AT|.*_AT|PLANE_BYTES)|TRANSFERS$|SCAN_STEPS$|STRIDE_)/;
const RIG_ONLY = /^(Rig build only|Unsafe)/;

const EXPLANATION: Readonly<Record<ExportedBuild, string>> = {
  production: `A mirror of two cards. You give it commands for the cards and their completions; it says what to do.`,
  spi: `A mirror of two SD cards on SPI, and the driver of the cards. You move bytes; it says which.`,
};

/** Writes syncgate.h. @throws ExportError when the module's functions are not those that are described */
export function headerText(module: Module, abi: AbiDescription, options: HeaderOptions): string {
  const comments = new CComments(abi, options.build);
  return [
    banner(options),
    '#ifndef SYNCGATE_H\n#define SYNCGATE_H\n\n#include <stdint.h>\n\n#ifdef __cplusplus\nextern "C" {\n#endif\n',
    settings(options),
    TRAPS,
    constants(abi, options.build, comments),
    callbacks(module, abi, options.build, comments),
    LIFE,
    exportsOf(module, abi, options.build, comments),
    "#ifdef __cplusplus\n}\n#endif\n\n#endif\n",
  ].join("\n");
}

function banner({ build, digest }: HeaderOptions): string {
  return `/*
 * SPDX-License-Identifier: MIT
 *
 * Syncgate: ${EXPLANATION[build]}
 *
 * Made by "syncgate export c" from the module with the SHA-256
 * ${digest}.
 * Do not edit: export again. docs/firmware.md of the package tells how to use it, SPEC.md every number.
 *
 * Context
 *   - All calls come from one context: the main loop, or interrupts of one priority. Interrupts of
 *     others put what happened into a queue, and that context takes it out.
 *   - No callback may call a function of this file. It starts something and returns; what it started
 *     ends later with a call of its own. A callback may be called before the function returns that
 *     was told its tag: choose the tag before the call.
 *   - Nothing here waits, allocates, or reads a clock. The work of one call is bounded.
 *
 * Sync without a page cache
 *   Regions are cleared behind a sync: the callback upper_request_sync asks for one, and
 *   syncgate_sync_done answers it, later and once. Firmware that keeps no dirty sectors of its own
 *   queues an event in the callback and answers STATUS_OK when it takes it out. If it has changed
 *   a buffer while a write of it was under way, it writes that buffer again first, and waits for
 *   upper_done of all writes that it began before the answer. An answer other than STATUS_OK is
 *   safe: the regions stay marked until the next sync.
 */
`;
}

function settings({ memory, regions, boundsChecks }: HeaderOptions): string {
  const { fixedBytes, bytesPerBitmapSector, regionsPerBitmapSector, regionsMax } = memory;
  return `/*
 * Regions of the largest array that is used, 1 to ${regionsMax}. Memory goes by it. An array on the cards that has
 * more ends in SYNCGATE_TRAP_OUT_OF_BOUNDS when it is formatted or assembled.
 */
#ifndef SYNCGATE_REGIONS
#define SYNCGATE_REGIONS ${regions}
#endif

/* 1: every access to memory is checked. 0: only those to whole ranges are. */
#ifndef SYNCGATE_BOUNDS_CHECKS
#define SYNCGATE_BOUNDS_CHECKS ${boundsChecks ? 1 : 0}
#endif

/* 1, for tests: every access is also checked to be aligned, as cores without unaligned access want it. */
#ifndef SYNCGATE_ALIGNMENT_CHECKS
#define SYNCGATE_ALIGNMENT_CHECKS 0
#endif

/* 1: plain C99 that puts words together from bytes, for any compiler and byte order. */
#ifndef SYNCGATE_PORTABLE
#define SYNCGATE_PORTABLE 0
#endif

#if SYNCGATE_REGIONS < 1 || SYNCGATE_REGIONS > ${regionsMax}
#error "SYNCGATE_REGIONS is 1 to ${regionsMax}"
#endif

/* Bytes of the driver's memory, all static: its data, and the tables of the regions. */
#define SYNCGATE_MEMORY_BYTES (${fixedBytes}u + ${bytesPerBitmapSector}u * ((SYNCGATE_REGIONS + ${regionsPerBitmapSector - 1}u) / ${regionsPerBitmapSector}u))
`;
}

const TRAPS = `/* Why the driver stopped. */

/* An assertion failed; syncgate_trap_report tells which. */
#define SYNCGATE_TRAP_ASSERTION 1u
/* An access outside memory: an array with more than SYNCGATE_REGIONS regions, or a fault of the driver or of the RAM. */
#define SYNCGATE_TRAP_OUT_OF_BOUNDS 2u
/* A division by zero. */
#define SYNCGATE_TRAP_DIVISION 3u
/* With SYNCGATE_ALIGNMENT_CHECKS: an access that is not aligned. */
#define SYNCGATE_TRAP_MISALIGNED 4u
`;

const LIFE = `/*
 * Begins, or begins anew after a trap: memory is as after a reset of the controller. Before anything else.
 * The callbacks are not copied. Returns 1, or 0 when one of them is missing: then nothing happened.
 */
uint32_t syncgate_start(const struct syncgate_callbacks *callbacks);

/*
 * Where an address of the driver's memory lies, for transfers of its own buffers. They are aligned to 4 bytes.
 * Traps for an address outside.
 */
void *syncgate_memory(uint32_t address);
`;

function constants(abi: AbiDescription, build: ExportedBuild, comments: CComments): string {
  const wanted = abi.constants.filter(
    ({ name, meaning }) =>
      !NOT_FOR_FIRMWARE.test(name) &&
      !RIG_ONLY.test(meaning) &&
      (build === "spi" || !name.startsWith("SPI_")),
  );
  const sections = new Map<string, DescribedConstant[]>();
  for (const constant of wanted)
    sections.set(constant.section, [...(sections.get(constant.section) ?? []), constant]);
  return [...sections]
    .map(([title, members]) => {
      const heading = comments.block(title.replace(/: the table is in .*|; the table is in .*/, ""), [], "");
      return `${heading}\n${members.map((each) => constantText(each, comments)).join("")}`;
    })
    .join("\n");
}

function constantText({ name, literal, meaning }: DescribedConstant, comments: CComments): string {
  const comment = meaning === "" ? "" : comments.block(meaning, [], "");
  return `${comment}#define ${MACRO_PREFIX}${name} ${literal}u\n`;
}

function callbacks(module: Module, abi: AbiDescription, build: ExportedBuild, comments: CComments): string {
  const described = new Map(abi.modules[build].imports.map((each) => [`${each.module}.${each.name}`, each]));
  const members = module.imports.map(({ module: from, name, type }) => {
    const one = checked(described.get(`${from}.${name}`), `${from}.${name}`, type.params.length);
    const list = parameterList(type, one.parameters.map(parameterName));
    return `${comments.block(one.comment, one.parameters, "  ")}  ${resultType(type)} (*${callbackName(from, name)})${list};\n`;
  });
  return `/* What the driver asks of you. All are called from inside functions of this file, in their context. */
struct syncgate_callbacks {
${members.join("\n")}
  /*
   * The driver has stopped itself, for a reason (SYNCGATE_TRAP_...), and its state is not to be believed. Put the
   * cards at rest and reset the controller; what was answered before holds. If this returns, the call never does.
   */
  void (*trap)(uint32_t reason);
};
`;
}

function exportsOf(module: Module, abi: AbiDescription, build: ExportedBuild, comments: CComments): string {
  const described = new Map(abi.modules[build].exports.map((each) => [each.name, each]));
  const { imports, functions } = module;
  return [...module.exports]
    .map(([name, index]) => {
      const { type } = functions[index - imports.length]!;
      const one = checked(described.get(name), name, type.params.length);
      const list = parameterList(type, one.parameters.map(parameterName));
      return `${comments.block(one.comment, one.parameters, "")}${resultType(type)} ${exportName(name)}${list};\n`;
    })
    .join("\n");
}

function checked(one: DescribedFunction | undefined, name: string, parameters: number): DescribedFunction {
  if (one?.parameters.length === parameters) return one;
  throw new ExportError(
    `the function ${name} with ${parameters} parameters is not described: module and build/abi.json are of different builds; run "npm run build"`,
  );
}
