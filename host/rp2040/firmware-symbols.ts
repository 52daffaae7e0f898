/** Symbols of an ELF file of firmware (Tool Interface Standard, ELF 1.2): where its functions and variables lie. */
import { isElf } from "./elf.js";
import { FirmwareFileError } from "./firmware-segment.js";

/** A function or a variable. */
export interface FirmwareSymbol {
  /** Of its first byte; of a function without the Thumb bit. */
  readonly address: number;
  /** 0 where the assembler was not told. */
  readonly bytes: number;
}

const SECTION_HEADERS_AT = 32;
const SECTION_SIZE_AT = 46;
const SYMBOL_TABLE = 2;
const SYMBOL_BYTES = 16;
const OBJECT = 1;
const FUNCTION = 2;
const GLOBAL = 1;
const UNDEFINED_SECTION = 0;

/**
 * The functions and variables of an ELF file by name. Where several are called the same, the one that is global counts, or
 * the first.
 * @throws FirmwareFileError for a file that is no ELF, or has no symbols
 */
export function readSymbols(bytes: Uint8Array): Map<string, FirmwareSymbol> {
  if (!isElf(bytes))
    throw new FirmwareFileError("symbols are in ELF files alone: give the one it was made from");
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const headers = view.getUint32(SECTION_HEADERS_AT, true);
  const size = view.getUint16(SECTION_SIZE_AT, true);
  const count = view.getUint16(SECTION_SIZE_AT + 2, true);
  const field = (section: number, at: number): number => view.getUint32(headers + section * size + at, true);
  const symbols = new Map<string, FirmwareSymbol>();
  for (let section = 0; section < count; section++) {
    if (field(section, 4) !== SYMBOL_TABLE) continue;
    const names = field(field(section, 24), 16);
    const end = field(section, 16) + field(section, 20);
    for (let at = field(section, 16); at < end; at += SYMBOL_BYTES) {
      const info = view.getUint8(at + 12);
      const kind = info & 0xf;
      if (kind !== OBJECT && kind !== FUNCTION) continue;
      if (view.getUint16(at + 14, true) === UNDEFINED_SECTION) continue;
      const name = textAt(bytes, names + view.getUint32(at, true));
      if (symbols.has(name) && info >> 4 !== GLOBAL) continue;
      const address = view.getUint32(at + 4, true);
      symbols.set(name, {
        address: kind === FUNCTION ? address & ~1 : address,
        bytes: view.getUint32(at + 8, true),
      });
    }
  }
  if (symbols.size === 0) throw new FirmwareFileError("the ELF file has no symbols: it was stripped");
  return symbols;
}

function textAt(bytes: Uint8Array, at: number): string {
  return new TextDecoder().decode(bytes.subarray(at, bytes.indexOf(0, at)));
}
