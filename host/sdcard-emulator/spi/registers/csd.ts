/** The CSD in both versions, 16 bytes (SD Physical Layer Simplified Specification, 5.3). */
import { hasBlockAddresses, type CardIdentity } from "../card-identity.js";
import { crc7Byte } from "../crc7.js";
import { field, setField } from "./register-bits.js";

export const CSD_BYTES = 16;

/** Classes of commands that a card knows: bits of CCC (5.3.2), and rules of the command table. */
export const CLASS_BASIC = 0;
export const CLASS_READ = 2;
export const CLASS_WRITE = 4;
export const CLASS_ERASE = 5;
export const CLASS_PROTECT = 6;
export const CLASS_LOCK = 7;
export const CLASS_APPLICATION = 8;
export const CLASS_SWITCH = 10;
export const CLASS_EXTENSION = 11;

/** Sectors of a unit of erase and of a write protection group: SECTOR_SIZE and WP_GRP_SIZE as encoded below. */
export const ERASE_SECTORS = 128;
const PROTECTION_GROUP_ERASE_UNITS = 1;
export const PROTECTION_GROUP_SECTORS = ERASE_SECTORS * PROTECTION_GROUP_ERASE_UNITS;

/** 1.5 ms: what CSD version 2 fixes. */
const TAAC = 0x0e;
/** 25 MHz, the fastest clock of default speed. */
const TRAN_SPEED = 0x32;
const SECTOR_BITS = 9;
const SDHC_UNIT_SECTORS = 1024;

/** Number of each command class that a card of this identity has. */
export function commandClasses(identity: CardIdentity): number {
  const { generation } = identity;
  let classes = 0;
  for (const at of [CLASS_BASIC, CLASS_READ, CLASS_WRITE, CLASS_ERASE, CLASS_LOCK, CLASS_APPLICATION]) {
    classes |= 1 << at;
  }
  // High-capacity cards have no write protection groups (5.3.3, CCC); CMD6 came with version 1.10 (4.3.10).
  if (!hasBlockAddresses(generation)) classes |= 1 << CLASS_PROTECT;
  if (generation !== "sdsc1") classes |= 1 << CLASS_SWITCH;
  if (identity.performanceExtension) classes |= 1 << CLASS_EXTENSION;
  return classes;
}

/**
 * @param sectors size of the card
 * @throws Error for a size that this version of the CSD cannot say
 */
export function encodeCsd(identity: CardIdentity, sectors: number): Uint8Array {
  const csd = new Uint8Array(CSD_BYTES);
  setField(csd, 119, 112, TAAC);
  setField(csd, 103, 96, TRAN_SPEED);
  setField(csd, 95, 84, commandClasses(identity));
  setField(csd, 46, 46, 1); // ERASE_BLK_EN: single blocks can be erased
  setField(csd, 45, 39, ERASE_SECTORS - 1);
  setField(csd, 28, 26, 2); // R2W_FACTOR: a write takes four times a read
  if (hasBlockAddresses(identity.generation)) encodeVersion2(csd, sectors);
  else encodeVersion1(csd, sectors);
  sealCsd(csd);
  return csd;
}

/** Writes the CRC7 over the rest. */
export function sealCsd(csd: Uint8Array): void {
  csd[CSD_BYTES - 1] = crc7Byte(csd, CSD_BYTES - 1);
}

/** PERM_WRITE_PROTECT or TMP_WRITE_PROTECT: nothing can be written. */
export function isWriteProtected(csd: Uint8Array): boolean {
  return field(csd, 13, 12) !== 0;
}

/** PERM_WRITE_PROTECT. */
export function isPermanentlyProtected(csd: Uint8Array): boolean {
  return field(csd, 13, 13) === 1;
}

function encodeVersion2(csd: Uint8Array, sectors: number): void {
  if (sectors % SDHC_UNIT_SECTORS !== 0) {
    throw new Error(
      `an SDHC or SDXC card has a multiple of ${SDHC_UNIT_SECTORS} sectors (512 KiB), not ${sectors}: its CSD cannot say another size`,
    );
  }
  setField(csd, 127, 126, 1);
  setField(csd, 83, 80, SECTOR_BITS);
  setField(csd, 69, 48, sectors / SDHC_UNIT_SECTORS - 1);
  setField(csd, 25, 22, SECTOR_BITS);
}

/** Capacity = (C_SIZE + 1) * 2^(C_SIZE_MULT + 2) * 2^READ_BL_LEN; cards of 2 GiB say a block of 1,024 bytes. */
function encodeVersion1(csd: Uint8Array, sectors: number): void {
  for (let blockBits = SECTOR_BITS; blockBits <= SECTOR_BITS + 1; blockBits++) {
    for (let multiplier = 0; multiplier <= 7; multiplier++) {
      const unit = 2 ** (multiplier + 2 + blockBits - SECTOR_BITS);
      if (sectors % unit !== 0 || sectors / unit > 4096) continue;
      setField(csd, 83, 80, blockBits);
      setField(csd, 79, 79, 1); // READ_BL_PARTIAL, always 1
      setField(csd, 73, 62, sectors / unit - 1);
      setField(csd, 61, 50, 0xb6d); // currents: 60 and 80 mA codes, assumed
      setField(csd, 49, 47, multiplier);
      setField(csd, 38, 32, PROTECTION_GROUP_ERASE_UNITS - 1);
      setField(csd, 31, 31, 1); // WP_GRP_ENABLE
      setField(csd, 25, 22, blockBits);
      return;
    }
  }
  throw new Error(
    `the CSD of an SDSC card cannot say ${sectors} sectors: choose a multiple of 4, at most 4,194,304 (2 GiB)`,
  );
}
