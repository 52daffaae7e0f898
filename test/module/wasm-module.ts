import { WasmReader } from "./wasm-reader.js";

/** What the proofs look at. Texts are `module.name: kind` for imports and `name: kind` for exports. */
export interface WasmModule {
  imports: string[];
  exports: string[];
  /** Pages of 64 KiB; `maximum` is undefined where the module states none. */
  memories: { minimum: number; maximum: number | undefined }[];
  globals: { mutable: boolean }[];
  hasStart: boolean;
  /** Function bodies, local declarations taken off. */
  bodies: Uint8Array[];
  /** Active data segments; addresses in linear memory, bytes. */
  segments: { start: number; end: number }[];
}

const KINDS = ["function", "table", "memory", "global"];
const I32_CONST = 0x41;
const END = 0x0b;

/**
 * Reads the sections of a module.
 * @throws Error when the bytes are no WebAssembly 1 module, or use a form that the driver has no use for
 */
export function readModule(bytes: Uint8Array): WasmModule {
  const module: WasmModule = {
    imports: [],
    exports: [],
    memories: [],
    globals: [],
    hasStart: false,
    bodies: [],
    segments: [],
  };
  const reader = new WasmReader(bytes);
  const header = [...reader.take(8)].join(" ");
  if (header !== "0 97 115 109 1 0 0 0")
    throw new Error(`not a WebAssembly 1 module: it begins with ${header}`);
  while (!reader.atEnd) {
    const id = reader.byte();
    const section = new WasmReader(reader.take(reader.u32()));
    readSection(id, section, module);
  }
  return module;
}

function readSection(id: number, section: WasmReader, module: WasmModule): void {
  switch (id) {
    case 2:
      section.vector(() => readImport(section, module));
      break;
    case 5:
      section.vector(() => module.memories.push(readLimits(section)));
      break;
    case 6:
      section.vector(() => {
        section.byte(); // value type
        module.globals.push({ mutable: section.byte() === 1 });
        readAddress(section);
      });
      break;
    case 7:
      section.vector(() => {
        const name = section.name();
        module.exports.push(`${name}: ${KINDS[section.byte()]}`);
        section.u32();
      });
      break;
    case 8:
      module.hasStart = true;
      break;
    case 10:
      section.vector(() => {
        const body = new WasmReader(section.take(section.u32()));
        body.vector(() => [body.u32(), body.byte()]); // locals: count and type
        module.bodies.push(body.bytes.subarray(body.position));
      });
      break;
    case 11:
      section.vector(() => {
        if (section.u32() !== 0) throw new Error("a data segment is not active in memory 0");
        const start = readAddress(section);
        module.segments.push({ start, end: start + section.take(section.u32()).length });
      });
      break;
    default:
      break; // custom, types, functions, tables, elements and counts promise nothing that is proved here
  }
}

function readImport(section: WasmReader, module: WasmModule): void {
  const name = `${section.name()}.${section.name()}`;
  const kind = section.byte();
  module.imports.push(`${name}: ${KINDS[kind]}`);
  if (kind === 0) section.u32();
  else if (kind === 2) module.memories.push(readLimits(section));
  else if (kind === 3) section.take(2);
  else throw new Error(`import ${name} is a ${KINDS[kind]}: the driver has no use for one`);
}

function readLimits(section: WasmReader): { minimum: number; maximum: number | undefined } {
  const flags = section.byte();
  return { minimum: section.u32(), maximum: (flags & 1) === 1 ? section.u32() : undefined };
}

/** The constant expression `i32.const n; end`. */
function readAddress(section: WasmReader): number {
  const opcode = section.byte();
  const value = section.i32();
  if (opcode !== I32_CONST || section.byte() !== END) throw new Error("a constant is not a plain i32.const");
  return value;
}
