import { ByteReader, ExportError } from "./byte-reader.js";

/** The value types that the exporter knows. */
export type ValueType = "i32" | "i64";

export interface FunctionType {
  readonly params: readonly ValueType[];
  readonly results: readonly ValueType[];
}

export interface ImportedFunction {
  readonly module: string;
  readonly name: string;
  readonly type: FunctionType;
}

export interface ModuleFunction {
  readonly type: FunctionType;
  /** Local variables behind the parameters. */
  readonly locals: readonly ValueType[];
  /** Its instructions. */
  readonly body: () => ByteReader;
}

export interface ModuleGlobal {
  readonly type: ValueType;
  readonly mutable: boolean;
  readonly value: bigint;
}

export interface DataSegment {
  readonly address: number;
  readonly bytes: Uint8Array;
}

/** A module of functions on one memory. Function numbers count the imported ones first. */
export interface Module {
  readonly types: readonly FunctionType[];
  readonly imports: readonly ImportedFunction[];
  readonly functions: readonly ModuleFunction[];
  readonly globals: readonly ModuleGlobal[];
  /** Exported functions: name to function number. */
  readonly exports: ReadonlyMap<string, number>;
  readonly segments: readonly DataSegment[];
  /** Pages of 64 KiB that the memory has; 0 without a memory. */
  readonly pages: number;
  /** Names of functions, by number, from the custom section "name". */
  readonly names: ReadonlyMap<number, string>;
}

/** The parts of a module while they are read. */
class Parts {
  types: FunctionType[] = [];
  imports: ImportedFunction[] = [];
  functionTypes: FunctionType[] = [];
  functions: ModuleFunction[] = [];
  globals: ModuleGlobal[] = [];
  exports = new Map<string, number>();
  segments: DataSegment[] = [];
  pages = 0;
  names = new Map<number, string>();

  typeAt(index: number): FunctionType {
    const type = this.types[index];
    if (type === undefined) throw new ExportError(`the module has no type ${index}`);
    return type;
  }
}

const HEADER = "0 97 115 109 1 0 0 0";
const FUNCTION_TYPE = 0x60;
const END = 0x0b;
const I32_CONST = 0x41;
const I64_CONST = 0x42;

/**
 * Reads a module.
 * @throws ExportError when the bytes are no WebAssembly 1 module, or it has what the exporter has no use for: tables,
 *   floats, imported memories or globals, a start function, memory that grows
 */
export function readModule(bytes: Uint8Array): Module {
  const reader = new ByteReader(bytes);
  if ([...reader.take(8)].join(" ") !== HEADER) throw new ExportError("the file is no WebAssembly 1 module");
  const parts = new Parts();
  while (!reader.atEnd) {
    const at = reader.offset;
    const id = reader.byte();
    const section = reader.part(reader.u32());
    const read = SECTIONS[id];
    if (read === undefined) throw new ExportError(`the section ${id} at byte ${at} cannot be exported`);
    read(section, parts);
  }
  return parts;
}

const SECTIONS: readonly (((section: ByteReader, parts: Parts) => void) | undefined)[] = [
  readCustom,
  (section, parts) => {
    parts.types = section.vector(() => readType(section));
  },
  (section, parts) => {
    parts.imports = section.vector(() => readImport(section, parts));
  },
  (section, parts) => {
    parts.functionTypes = section.vector(() => parts.typeAt(section.u32()));
  },
  refuse("a table"),
  readMemory,
  (section, parts) => {
    parts.globals = section.vector(() => readGlobal(section));
  },
  readExports,
  refuse("a start function"),
  refuse("elements of a table"),
  readCode,
  readData,
  () => {}, // the number of data segments
];

function refuse(what: string): (section: ByteReader) => void {
  return (section) => {
    throw new ExportError(`the module has ${what} (byte ${section.offset}), which cannot be exported`);
  };
}

function valueType(reader: ByteReader): ValueType {
  const at = reader.offset;
  const code = reader.byte();
  if (code === 0x7f) return "i32";
  if (code === 0x7e) return "i64";
  throw new ExportError(
    `the value type 0x${code.toString(16)} at byte ${at} cannot be exported: i32 and i64 can`,
  );
}

function readType(section: ByteReader): FunctionType {
  if (section.byte() !== FUNCTION_TYPE)
    throw new ExportError(`byte ${section.offset - 1} begins no type of a function`);
  const params = section.vector(() => valueType(section));
  const results = section.vector(() => valueType(section));
  if (results.length > 1)
    throw new ExportError(`the type at byte ${section.offset} has more than one result`);
  return { params, results };
}

function readImport(section: ByteReader, parts: Parts): ImportedFunction {
  const module = section.name();
  const name = section.name();
  if (section.byte() !== 0) throw new ExportError(`the import ${module}.${name} is no function`);
  return { module, name, type: parts.typeAt(section.u32()) };
}

function readMemory(section: ByteReader, parts: Parts): void {
  const pages = section.vector(() => {
    const hasMaximum = (section.byte() & 1) !== 0;
    const minimum = section.u32();
    if (hasMaximum) section.u32();
    return minimum;
  });
  if (pages.length > 1) throw new ExportError("the module has more than one memory");
  parts.pages = pages[0] ?? 0;
}

function readGlobal(section: ByteReader): ModuleGlobal {
  const type = valueType(section);
  const mutable = section.byte() === 1;
  return { type, mutable, value: readConstant(section) };
}

function readConstant(section: ByteReader): bigint {
  const at = section.offset;
  const opcode = section.byte();
  const value = opcode === I32_CONST ? BigInt(section.i32()) : opcode === I64_CONST ? section.i64() : null;
  if (value === null || section.byte() !== END)
    throw new ExportError(`the expression at byte ${at} is no plain constant`);
  return value;
}

function readExports(section: ByteReader, parts: Parts): void {
  section.vector(() => {
    const name = section.name();
    const kind = section.byte();
    const index = section.u32();
    if (kind === 0) parts.exports.set(name, index);
    else if (kind !== 2) throw new ExportError(`the export ${name} is neither a function nor the memory`);
  });
}

function readCode(section: ByteReader, parts: Parts): void {
  let index = 0;
  section.vector(() => {
    const body = section.part(section.u32());
    const locals = body
      .vector(() => ({ count: body.u32(), type: valueType(body) }))
      .flatMap(({ count, type }) => new Array<ValueType>(count).fill(type));
    const code = body.rest();
    const type = parts.functionTypes[index++];
    if (type === undefined) throw new ExportError(`the code at byte ${code.offset} belongs to no function`);
    parts.functions.push({ type, locals, body: () => code.again() });
  });
}

function readData(section: ByteReader, parts: Parts): void {
  parts.segments = section.vector(() => {
    const at = section.offset;
    if (section.u32() !== 0)
      throw new ExportError(`the data segment at byte ${at} is not active in memory 0`);
    return { address: Number(readConstant(section)), bytes: section.take(section.u32()) };
  });
}

function readCustom(section: ByteReader, parts: Parts): void {
  if (section.name() !== "name") return;
  while (!section.atEnd) {
    const id = section.byte();
    const part = section.part(section.u32());
    if (id !== 1) continue;
    part.vector(() => parts.names.set(part.u32(), part.name()));
  }
}
