/** The UF2 file format (github.com/microsoft/uf2): blocks of 512 bytes with 256 bytes of payload each. */
import { FirmwareFileError, type FirmwareSegment } from "./firmware-segment.js";

const BLOCK_BYTES = 512;
const PAYLOAD_BYTES = 256;
const PAYLOAD_AT = 32;
const PAYLOAD_MAX = 476;
const MAGIC_FIRST = 0x0a324655;
const MAGIC_SECOND = 0x9e5d5157;
const MAGIC_END = 0x0ab16f30;
const FLAG_NOT_MAIN_FLASH = 1;
const FLAG_FAMILY = 0x2000;
/** Family id of the RP2040. */
export const RP2040_FAMILY = 0xe48bff56;

/** Whether these bytes begin as a UF2 file does. */
export function isUf2(bytes: Uint8Array): boolean {
  return bytes.length >= BLOCK_BYTES && viewOf(bytes).getUint32(0, true) === MAGIC_FIRST;
}

/** What a UF2 file loads. @throws FirmwareFileError for a damaged file, or one of another chip */
export function readUf2(bytes: Uint8Array): FirmwareSegment[] {
  if (bytes.length === 0 || bytes.length % BLOCK_BYTES !== 0) {
    throw new FirmwareFileError(`the UF2 file has ${bytes.length} bytes, no whole blocks of ${BLOCK_BYTES}`);
  }
  const view = viewOf(bytes);
  const segments: FirmwareSegment[] = [];
  for (let at = 0; at < bytes.length; at += BLOCK_BYTES) {
    const word = (offset: number): number => view.getUint32(at + offset, true);
    const number = at / BLOCK_BYTES;
    if (word(0) !== MAGIC_FIRST || word(4) !== MAGIC_SECOND || word(508) !== MAGIC_END) {
      throw new FirmwareFileError(
        `block ${number} of the UF2 file has a wrong magic number: the file is damaged`,
      );
    }
    const flags = word(8);
    if ((flags & FLAG_NOT_MAIN_FLASH) !== 0) continue;
    if ((flags & FLAG_FAMILY) !== 0 && word(28) !== RP2040_FAMILY) {
      throw new FirmwareFileError(
        `the UF2 file is of family 0x${word(28).toString(16)}: the RP2040 is 0x${RP2040_FAMILY.toString(16)}`,
      );
    }
    const length = word(16);
    if (length > PAYLOAD_MAX) {
      throw new FirmwareFileError(
        `block ${number} of the UF2 file says it holds ${length} bytes: ${PAYLOAD_MAX} are the most`,
      );
    }
    segments.push({ address: word(12), bytes: bytes.slice(at + PAYLOAD_AT, at + PAYLOAD_AT + length) });
  }
  return segments;
}

/** A UF2 file for the RP2040. @param address of the first byte, a multiple of 256 */
export function packUf2(bytes: Uint8Array, address: number): Uint8Array {
  if (address % PAYLOAD_BYTES !== 0) {
    throw new FirmwareFileError(
      `a UF2 file begins at a multiple of ${PAYLOAD_BYTES}, not at 0x${address.toString(16)}`,
    );
  }
  const blocks = Math.ceil(bytes.length / PAYLOAD_BYTES);
  const file = new Uint8Array(blocks * BLOCK_BYTES);
  const view = viewOf(file);
  for (let block = 0; block < blocks; block++) {
    const at = block * BLOCK_BYTES;
    const from = block * PAYLOAD_BYTES;
    const header = [
      MAGIC_FIRST,
      MAGIC_SECOND,
      FLAG_FAMILY,
      address + from,
      PAYLOAD_BYTES,
      block,
      blocks,
      RP2040_FAMILY,
    ];
    for (const [i, word] of header.entries()) view.setUint32(at + 4 * i, word, true);
    file.set(bytes.subarray(from, from + PAYLOAD_BYTES), at + PAYLOAD_AT);
    view.setUint32(at + BLOCK_BYTES - 4, MAGIC_END, true);
  }
  return file;
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
