/** ELF files of 32-bit ARM (Tool Interface Standard, ELF 1.2; ELF for the Arm Architecture): what they load. */
import { FirmwareFileError, type FirmwareSegment } from "./firmware-segment.js";

const MAGIC = 0x464c457f;
const CLASS_32 = 1;
const LITTLE_ENDIAN = 1;
const MACHINE_ARM = 40;
const HEADER_BYTES = 52;
const PROGRAM_HEADER_BYTES = 32;
const LOAD = 1;

/** Whether these bytes begin as an ELF file does. */
export function isElf(bytes: Uint8Array): boolean {
  return bytes.length >= 4 && viewOf(bytes).getUint32(0, true) === MAGIC;
}

/** What an ELF file loads, at its physical addresses. @throws FirmwareFileError for another machine, or a damaged file */
export function readElf(bytes: Uint8Array): FirmwareSegment[] {
  const view = viewOf(bytes);
  if (bytes.length < HEADER_BYTES) throw new FirmwareFileError("the ELF file ends within its header");
  if (bytes[4] !== CLASS_32 || bytes[5] !== LITTLE_ENDIAN || view.getUint16(18, true) !== MACHINE_ARM) {
    throw new FirmwareFileError("the ELF file is not for a 32-bit little-endian ARM");
  }
  const headers = view.getUint32(28, true);
  const size = view.getUint16(42, true);
  const count = view.getUint16(44, true);
  if (size < PROGRAM_HEADER_BYTES || headers + size * count > bytes.length) {
    throw new FirmwareFileError("the program headers of the ELF file lie outside it: link an executable");
  }
  const segments: FirmwareSegment[] = [];
  for (let i = 0; i < count; i++) {
    const at = headers + i * size;
    const offset = view.getUint32(at + 4, true);
    const length = view.getUint32(at + 16, true);
    if (view.getUint32(at, true) !== LOAD || length === 0) continue;
    if (offset + length > bytes.length)
      throw new FirmwareFileError(`segment ${i} of the ELF file lies outside it`);
    segments.push({ address: view.getUint32(at + 12, true), bytes: bytes.slice(offset, offset + length) });
  }
  return segments;
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
