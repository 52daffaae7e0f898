import { WasmReader } from "./wasm-reader.js";

const MEMORY_GROW = 0x40;

/**
 * Counts `memory.grow` in a function body. Every instruction is decoded, as a byte 0x40 may also be a
 * constant, a block type or an offset.
 * @throws Error on an instruction outside WebAssembly 1 with bulk memory, sign extension and saturating
 *   conversion: an unknown one would put all that follows out of step
 */
export function countMemoryGrow(body: Uint8Array): number {
  const reader = new WasmReader(body);
  let found = 0;
  while (!reader.atEnd) {
    const opcode = reader.byte();
    if (opcode === MEMORY_GROW) found++;
    skipImmediates(opcode, reader);
  }
  return found;
}

function skipImmediates(opcode: number, reader: WasmReader): void {
  if (opcode === 0xfc) return skipPrefixed(reader.u32(), reader);
  const immediates = IMMEDIATES.find(([first, last]) => opcode >= first && opcode <= last)?.[2];
  if (immediates === undefined) throw new Error(`unknown instruction 0x${opcode.toString(16)}`);
  if (immediates === "table") reader.vector(() => reader.u32());
  for (const immediate of immediates === "table" ? "n" : immediates) {
    if (immediate === "n") reader.skipLeb();
    else reader.take(Number(immediate));
  }
}

/** First opcode, last opcode, immediates: "n" a LEB128 number, a digit so many bytes, "table" br_table's. */
const IMMEDIATES: readonly (readonly [number, number, string])[] = [
  [0x00, 0x01, ""], // unreachable, nop
  [0x02, 0x04, "n"], // block, loop, if: block type
  [0x05, 0x05, ""], // else
  [0x0b, 0x0b, ""], // end
  [0x0c, 0x0d, "n"], // br, br_if
  [0x0e, 0x0e, "table"], // br_table: labels and default
  [0x0f, 0x0f, ""], // return
  [0x10, 0x10, "n"], // call
  [0x11, 0x11, "nn"], // call_indirect
  [0x1a, 0x1b, ""], // drop, select
  [0x20, 0x24, "n"], // local.get to global.set
  [0x28, 0x3e, "nn"], // loads and stores: alignment, offset
  [0x3f, 0x40, "n"], // memory.size, memory.grow
  [0x41, 0x42, "n"], // i32.const, i64.const
  [0x43, 0x43, "4"], // f32.const
  [0x44, 0x44, "8"], // f64.const
  [0x45, 0xc4, ""], // comparisons, arithmetic, conversions, sign extension
];

/** Instructions behind the prefix 0xFC. */
function skipPrefixed(opcode: number, reader: WasmReader): void {
  if (opcode <= 7) return; // saturating conversions
  const immediates = [2, 1, 2, 1][opcode - 8]; // memory.init, data.drop, memory.copy, memory.fill
  if (immediates === undefined) throw new Error(`unknown instruction 0xfc ${opcode}`);
  for (let i = 0; i < immediates; i++) reader.skipLeb();
}
