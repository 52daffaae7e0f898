import type { ByteReader } from "./byte-reader.js";
import { ExportError } from "./byte-reader.js";
import { opcodeName, prefixedName } from "./opcode-names.js";

/** One instruction. */
export interface Instruction {
  readonly name: string;
  /** Where it stands in the module, bytes. */
  readonly at: number;
  /** Its immediates: numbers of locals, globals, functions and labels; a constant; log2 of the alignment, and the offset. */
  readonly immediates: readonly bigint[];
}

type Read = (reader: ByteReader) => bigint[];

const none: Read = () => [];
const index: Read = (reader) => [BigInt(reader.u32())];
const memoryPlace: Read = (reader) => [BigInt(reader.u32()), BigInt(reader.u32())];
const labels: Read = (reader) => [...reader.vector(() => BigInt(reader.u32())), BigInt(reader.u32())];

const IMMEDIATES: Readonly<Record<string, Read>> = {
  block: (reader) => [BigInt(reader.i33())],
  loop: (reader) => [BigInt(reader.i33())],
  if: (reader) => [BigInt(reader.i33())],
  br: index,
  br_if: index,
  br_table: labels,
  call: index,
  "local.get": index,
  "local.set": index,
  "local.tee": index,
  "global.get": index,
  "global.set": index,
  "i32.const": (reader) => [BigInt(reader.i32())],
  "i64.const": (reader) => [reader.i64()],
  "memory.copy": (reader) => [BigInt(reader.byte()), BigInt(reader.byte())],
  "memory.fill": (reader) => [BigInt(reader.byte())],
};

/** What no exported module may use. The rest of the instructions are integers and control. */
const REFUSED =
  /f32|f64|^(call_indirect|table\..*|elem\.drop|memory\.(size|grow|init)|data\.drop|select_t|0x.*)$/;
const MEMORY_PLACE = /\.(load|store)/;

/**
 * Reads the next instruction.
 * @throws ExportError for one that cannot be exported, with its name and its place
 */
export function nextInstruction(reader: ByteReader): Instruction {
  const at = reader.offset;
  const opcode = reader.byte();
  const name = opcode === 0xfc ? prefixedName(reader.u32()) : opcodeName(opcode);
  if (REFUSED.test(name)) throw new ExportError(`the instruction ${name} at byte ${at} cannot be exported`);
  const read = MEMORY_PLACE.test(name) ? memoryPlace : (IMMEDIATES[name] ?? none);
  return { name, at, immediates: read(reader) };
}

/** How many instructions a body has. */
export function countInstructions(body: ByteReader): number {
  let count = 0;
  for (; !body.atEnd; count++) nextInstruction(body);
  return count;
}
