import { SECTOR_BYTES, SPI_FEATURE_BLOCKS, SPI_FEATURE_CACHE, SPI_FEATURE_ERASE_ZEROS } from "../layout";
import { Card, burstAddress } from "./card-state";

/** What the registers of a card say. Bits are numbered as in the specification: the highest of the first byte leads. */

export const CSD_BYTES: u32 = 16;
export const CID_BYTES: u32 = 16;
export const SCR_BYTES: u32 = 8;
const CRC_BYTES: u32 = 2;
const CRC16_POLYNOMIAL: u32 = 0x1021;
/** Command class 5, erase, in CCC of the CSD. */
const CLASS_ERASE: u32 = 1 << 5;
/** CMD_SUPPORT of the SCR: CMD48 and CMD49 (SD Physical Layer Simplified Specification 6.00, 5.6). */
const SUPPORTS_EXTENSION: u32 = 1 << 2;
/** Window of 3.2 to 3.4 V in the OCR (5.1), and CCS. */
export const OCR_3V3: u32 = (1 << 20) | (1 << 21);
export const OCR_CAPACITY: u32 = 1 << 30;
/** Offsets in the page of general information (5.7.3; as the Linux kernel reads them). */
const EXTENSIONS_AT: u32 = 4;
const FIRST_EXTENSION: u32 = 16;
const NEXT_AT: u32 = 40;
const ADDRESS_AT: u32 = 44;
const EXTENSION_BYTES: u32 = 48;
const EXTENSIONS_MAX: u32 = 8;
const PERFORMANCE_CODE: u32 = 2;
/** Offsets in performance enhancement (5.8.2). */
const CACHE_SUPPORT_AT: u32 = 4;
export const CACHE_ENABLE_AT: u32 = 260;
export const CACHE_FLUSH_AT: u32 = 261;

/** A page of 512 bytes for each card: what CMD48 reads, and what CMD49 writes. */
const PAGES: usize = memory.data(1024, 16);

export function page(c: Card): usize {
  return PAGES + <usize>(c.slot * SECTOR_BYTES);
}

/** CRC16 of a register, bit by bit. */
function crc16(at: usize, bytes: u32): u32 {
  let crc: u32 = 0;
  for (let byte: u32 = 0; byte < bytes; byte++) {
    crc ^= (<u32>load<u8>(at + <usize>byte)) << 8;
    for (let bit: u32 = 0; bit < 8; bit++) {
      crc = (crc & 0x8000) == 0 ? crc << 1 : (crc << 1) ^ CRC16_POLYNOMIAL;
    }
    crc &= 0xffff;
  }
  return crc;
}

/** Whether the register just received came well. */
export function isRegisterGood(c: Card, bytes: u32): bool {
  const at = burstAddress(c);
  const crc = ((<u32>load<u8>(at + <usize>bytes)) << 8) | (<u32>load<u8>(at + <usize>bytes, 1));
  return crc16(at, bytes) == crc;
}

/** Bytes to exchange for a register: with its CRC16. */
export function exchanged(bytes: u32): u32 {
  return bytes + CRC_BYTES;
}

/** `width` bits of a register of `bytes` bytes from bit `lowest` on; 32 at most. */
function bits(at: usize, bytes: u32, lowest: u32, width: u32): u32 {
  let value: u32 = 0;
  for (let bit: u32 = lowest + width; bit > lowest; bit--) {
    const number = bit - 1;
    const byte = <u32>load<u8>(at + <usize>(bytes - 1 - (number >> 3)));
    value = (value << 1) | ((byte >> (number & 7)) & 1);
  }
  return value;
}

/** CSD: the size (5.3.2 and 5.3.3), and whether any sectors can be erased. @returns false for a version not known */
export function takeCsd(c: Card): bool {
  const at = burstAddress(c);
  const version = bits(at, CSD_BYTES, 126, 2);
  if (version == 0) {
    const shift = bits(at, CSD_BYTES, 47, 3) + 2 + bits(at, CSD_BYTES, 80, 4);
    if (shift < 9) return false;
    c.sectors = (bits(at, CSD_BYTES, 62, 12) + 1) << (shift - 9);
  } else if (version == 1) c.sectors = (bits(at, CSD_BYTES, 48, 22) + 1) << 10;
  else return false;
  const erases = (bits(at, CSD_BYTES, 84, 12) & CLASS_ERASE) != 0;
  // ERASE_BLK_EN: single sectors can be erased.
  if (erases && bits(at, CSD_BYTES, 46, 1) != 0) c.features |= SPI_FEATURE_ERASE_ZEROS;
  else c.features &= ~SPI_FEATURE_ERASE_ZEROS;
  return true;
}

/**
 * CID: the identity. Manufacturer, application and name are mixed into one word, the serial number is the other: two
 * cards of one series differ in it (5.2).
 */
export function takeCid(c: Card): void {
  const at = burstAddress(c);
  let hash: u32 = 0x811c9dc5;
  // All bytes but the serial number, and the CRC7 at the end.
  for (let byte: u32 = 0; byte < 15; byte++) {
    if (byte >= 9 && byte < 13) continue;
    hash = (hash ^ (<u32>load<u8>(at + <usize>byte))) * 0x01000193;
  }
  c.id0 = hash;
  c.id1 = bits(at, CID_BYTES, 24, 32);
}

/** SCR: what an erase leaves (5.6). @returns whether the card knows CMD48 and CMD49 */
export function takeScr(c: Card): bool {
  const at = burstAddress(c);
  if (bits(at, SCR_BYTES, 55, 1) != 0) c.features &= ~SPI_FEATURE_ERASE_ZEROS;
  return (bits(at, SCR_BYTES, 32, 4) & SUPPORTS_EXTENSION) != 0;
}

/** General information: where performance enhancement is. @returns whether there is one */
export function takeGeneral(c: Card): bool {
  const at = page(c);
  const extensions = min(<u32>load<u8>(at + EXTENSIONS_AT), EXTENSIONS_MAX);
  let offset = FIRST_EXTENSION;
  for (let number: u32 = 0; number < extensions; number++) {
    if (offset + EXTENSION_BYTES > SECTOR_BYTES) return false;
    const extension = at + <usize>offset;
    // Where the card says that it is, aligned or not.
    if (load<u16>(extension, 0, 1) == PERFORMANCE_CODE) {
      const low = (<u32>load<u8>(extension, ADDRESS_AT)) | ((<u32>load<u8>(extension, ADDRESS_AT + 1)) << 8);
      const high = <u32>load<u8>(extension, ADDRESS_AT + 2);
      // Function number in bits 18 to 21, page in 9 to 16; the offset in its page is taken as 0 (5.7.3.3).
      const whole = low | (high << 16);
      c.performance = (((whole >> 18) & 0xf) << 27) | (((whole >> 9) & 0xff) << 18);
      return true;
    }
    offset = (<u32>load<u8>(extension, NEXT_AT)) | ((<u32>load<u8>(extension, NEXT_AT + 1)) << 8);
  }
  return false;
}

/** Performance enhancement: whether there is a cache. */
export function takePerformance(c: Card): bool {
  if ((load<u8>(page(c) + CACHE_SUPPORT_AT) & 1) == 0) return false;
  c.features |= SPI_FEATURE_CACHE;
  return true;
}

/** Argument of a command for a sector. */
export function address(c: Card, sector: u32): u32 {
  return (c.features & SPI_FEATURE_BLOCKS) != 0 ? sector : sector * SECTOR_BYTES;
}
