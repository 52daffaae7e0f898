import { callbackName, exportName } from "../../host/export-c/c-names.js";
import type { Module } from "../../host/export-c/module.js";
import type { CallRecorder } from "./call-recorder.js";
import { LOG, RECORD } from "./call-recorder.js";
import { C_MEMORY_HASH } from "./memory-hash.js";

/**
 * A C program that plays a recording into the exported driver: reads it from its input, and writes to its output what the
 * driver calls and returns. Exit code 2: the driver called an import where the recording goes on otherwise; 3: it trapped.
 */
export function replayProgram(module: Module, recorder: CallRecorder): string {
  const callbacks = module.imports.map(({ module: from, name, type }) => {
    const list = type.params.map((_, i) => `uint32_t p${i}`).join(", ");
    const index = recorder.importNames.indexOf(`${from}.${name}`);
    const returns = type.results.length > 0;
    return `static ${returns ? "uint32_t" : "void"} on_${callbackName(from, name)}(${list}) {
  put(${LOG.called}); put(${index}); put(${type.params.length});
${type.params.map((_, i) => `  put_word(p${i});\n`).join("")}  ${returns ? "return " : "(void)"}resumed();
}
`;
  });
  const members = module.imports.map(({ module: from, name }) => callbackName(from, name));
  const cases = recorder.exportNames.map((name, index) => {
    const { type } = module.functions[module.exports.get(name)! - module.imports.length]!;
    const call = `${exportName(name)}(${type.params.map((_, i) => `v[${i}]`).join(", ")})`;
    return `  case ${index}: ${type.results.length > 0 ? `return ${call};` : `${call}; return 0;`}`;
  });
  return `#include <stdio.h>
#include <stdlib.h>
#include "syncgate.h"
${C_MEMORY_HASH}
static unsigned get(void) { int c = getchar(); if (c == EOF) exit(4); return (unsigned)c; }
static uint32_t get_word(void) { uint32_t v = get(); v |= get() << 8; v |= get() << 16; return v | (uint32_t)get() << 24; }
static void put(unsigned c) { putchar((int)c); }
static void put_word(uint32_t v) { put(v & 255); put(v >> 8 & 255); put(v >> 16 & 255); put(v >> 24); }
static void poke(void) {
  uint32_t address = get_word(), count = get_word();
  for (; count > 0; count--) *(uint8_t *)syncgate_memory(address++) = (uint8_t)get();
}
static void play_call(void);
/* A host may ask for a number while it is called. */
static uint32_t resumed(void) {
  for (;;) switch (get()) {
  case ${RECORD.poke}: poke(); break;
  case ${RECORD.call}: play_call(); break;
  case ${RECORD.resume}: return get_word();
  default: fflush(stdout); exit(2);
  }
}
static void on_trap(uint32_t reason) { fflush(stdout); fprintf(stderr, "trap %u\\n", (unsigned)reason); exit(3); }
${callbacks.join("")}
static uint32_t call(unsigned index, const uint32_t *v) {
  switch (index) {
${cases.join("\n")}
  default: exit(5);
  }
}
static void play_call(void) {
  unsigned index = get(), count = get();
  uint32_t v[8] = {0}, result;
  for (unsigned i = 0; i < count; i++) v[i] = get_word();
  result = call(index, v);
  put(${LOG.returned}); put_word(result); put_word(memory_hash());
}
int main(void) {
  static const struct syncgate_callbacks callbacks = {
${members.map((name) => `    .${name} = on_${name},\n`).join("")}    .trap = on_trap,
  };
  if (!syncgate_start(&callbacks)) return 6;
  for (;;) switch (get()) {
  case ${RECORD.poke}: poke(); break;
  case ${RECORD.call}: play_call(); break;
  case ${RECORD.end}: return 0;
  default: fflush(stdout); return 2;
  }
}
`;
}
