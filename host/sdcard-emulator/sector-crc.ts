/**
 * The two checksums that a card may report of the blocks it accepted. Byte tables: each distinct sector of a run is
 * summed once (fingerprint.ts), so that speed is not worth larger ones.
 */

/** Generator polynomial of CRC16-CCITT without its highest term, as the SD specification has it for data blocks. */
const CRC16_POLYNOMIAL = 0x1021;
/** Castagnoli's polynomial, reflected. */
const CRC32C_POLYNOMIAL = 0x82f63b78;

const CRC16_TABLE = Uint16Array.from({ length: 256 }, (_, byte) => {
  let crc = byte << 8;
  for (let bit = 0; bit < 8; bit++) crc = (crc & 0x8000) === 0 ? crc << 1 : (crc << 1) ^ CRC16_POLYNOMIAL;
  return crc & 0xffff;
});
const CRC32C_TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = (crc & 1) === 0 ? crc >>> 1 : (crc >>> 1) ^ CRC32C_POLYNOMIAL;
  return crc;
});

/** A checksum of some bytes that goes on from that of the bytes before them. */
export type Crc = (crc: number, bytes: Uint8Array) => number;

/** CRC16-CCITT (polynomial 0x1021, highest bit first, nothing inverted), 0 to 0xffff; starts from 0. */
export function crc16(crc: number, bytes: Uint8Array): number {
  return crc16Of(crc, bytes, bytes.length);
}

/** The same of the first `length` bytes, for whoever keeps one buffer for blocks of any length. */
export function crc16Of(crc: number, bytes: Uint8Array, length: number): number {
  let sum = crc;
  for (let i = 0; i < length; i++) sum = ((sum << 8) & 0xffff) ^ CRC16_TABLE[(sum >>> 8) ^ bytes[i]!]!;
  return sum;
}

/** CRC32C, unsigned; starts from 0. */
export function crc32c(crc: number, bytes: Uint8Array): number {
  let sum = ~crc;
  for (const byte of bytes) sum = (sum >>> 8) ^ CRC32C_TABLE[(sum ^ byte) & 0xff]!;
  return ~sum >>> 0;
}
