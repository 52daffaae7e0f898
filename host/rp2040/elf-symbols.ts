/** The symbols of an ELF file of 32-bit ARM (Tool Interface Standard, ELF 1.2, "Symbol Table"). */
import { FirmwareFileError } from "./firmware-segment.js";

/** A function or a variable with an address. */
export interface ElfSymbol {
  readonly name: string;
  /** Without the Thumb bit. */
  readonly address: number;
  /** 0 where the assembler was not told. */
  readonly bytes: number;
  readonly isFunction: boolean;
}

const SECTION_HEADER_BYTES = 40;
const SYMBOL_BYTES = 16;
const SYMBOL_TABLE = 2;
const TYPE_OBJECT = 1;
const TYPE_FUNCTION = 2;
const UNDEFINED_SECTION = 0;

/** Functions and variables of an ELF file, by address. @throws FirmwareFileError for a file without a symbol table */
export function elfSymbols(file: Uint8Array): ElfSymbol[] {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const headers = view.getUint32(32, true);
  const count = view.getUint16(48, true);
  const section = (index: number, at: number): number =>
    view.getUint32(headers + index * SECTION_HEADER_BYTES + at, true);
  const table = Array.from({ length: count }, (_, i) => i).find((i) => section(i, 4) === SYMBOL_TABLE);
  if (table === undefined)
    throw new FirmwareFileError("the ELF file has no symbols: link it without stripping");
  const [offset, bytes, strings] = [section(table, 16), section(table, 20), section(section(table, 24), 16)];
  const symbols: ElfSymbol[] = [];
  for (let at = offset; at < offset + bytes; at += SYMBOL_BYTES) {
    const type = view.getUint8(at + 12) & 0xf;
    if (type !== TYPE_OBJECT && type !== TYPE_FUNCTION) continue;
    if (view.getUint16(at + 14, true) === UNDEFINED_SECTION) continue;
    const isFunction = type === TYPE_FUNCTION;
    const address = view.getUint32(at + 4, true);
    symbols.push({
      name: textAt(file, strings + view.getUint32(at, true)),
      address: isFunction ? address & ~1 : address,
      bytes: view.getUint32(at + 8, true),
      isFunction,
    });
  }
  return symbols.toSorted((a, b) => a.address - b.address);
}

function textAt(file: Uint8Array, from: number): string {
  return String.fromCharCode(...file.subarray(from, file.indexOf(0, from)));
}
