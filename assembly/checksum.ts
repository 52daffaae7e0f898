import { meterBytes } from "./work-meter";

/**
 * CRC32C (Castagnoli, reflected, polynomial 0x82F63B78; RFC 3720 appendix B.4): a word is loaded at a time, and a byte of it
 * looked up at a time. The table of 1 KiB is computed by the first `configure`: so it is no part of the module. By nibbles it
 * would be 64 bytes and half as fast; by four bytes 4 KiB and nearly twice as fast.
 */
const TABLE: usize = memory.data(1024, 16);
const POLYNOMIAL: u32 = 0x82f63b78;

/** Computes the table, once. Entries of single bits, from the highest one down; those between are sums of an entry before and a bit's. */
export function prepareChecksum(): void {
  // Entry 1 is the polynomial's own, and never 0 once there.
  if (load<u32>(TABLE, 4) != 0) return;
  let crc: u32 = 1;
  for (let bit: usize = 512; bit >= 4; bit >>= 1) {
    crc = (crc >>> 1) ^ ((crc & 1) * POLYNOMIAL);
    for (let at: usize = 0; at < 1024; at += 2 * bit)
      store<u32>(TABLE + at + bit, crc ^ load<u32>(TABLE + at));
  }
}

function lookUp(crc: u32): u32 {
  return (crc >>> 8) ^ load<u32>(TABLE + ((<usize>(crc & 0xff)) << 2));
}

/** CRC32C of `bytes` bytes at `at`, both of them multiples of 4. */
export function crc32c(at: usize, bytes: u32): u32 {
  prepareChecksum();
  meterBytes(bytes);
  let crc: u32 = 0xffffffff;
  const end = at + <usize>bytes;
  for (let p = at; p < end; p += 4) crc = lookUp(lookUp(lookUp(lookUp(crc ^ load<u32>(p)))));
  return ~crc;
}
