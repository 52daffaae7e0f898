/** CRC7, the checksum of command frames and of the CID and CSD (SD Physical Layer Simplified Specification, 4.5). */

/** x^7 + x^3 + 1 without its highest term, shifted left by one: the sum is kept in the upper seven bits. */
const POLYNOMIAL = 0x09 << 1;

const TABLE = Uint8Array.from({ length: 256 }, (_, byte) => {
  let sum = byte;
  for (let bit = 0; bit < 8; bit++) sum = (sum & 0x80) === 0 ? sum << 1 : (sum << 1) ^ POLYNOMIAL;
  return sum & 0xff;
});

/**
 * The last byte of a frame over its first `length` bytes: CRC7 in the upper seven bits, and the end bit 1.
 * Registers that carry a CRC7 end in the same byte.
 */
export function crc7Byte(bytes: Uint8Array, length: number): number {
  let sum = 0;
  for (let i = 0; i < length; i++) sum = TABLE[sum ^ bytes[i]!]!;
  return sum | 1;
}
