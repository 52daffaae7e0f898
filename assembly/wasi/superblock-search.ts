import {
  AREA_SUPERBLOCK_1,
  SECTOR_BYTES,
  SUPERBLOCK_CRC_AT,
  SUPERBLOCK_MAGIC,
  SUPERBLOCK_MAGIC_AT,
  SUPERBLOCK_STRIDE_AT,
} from "../layout";
import { crc32c } from "../checksum";
import { imageSectors, transferSectors } from "./images";

/**
 * The driver must be told the stride before it reads the second copy of a superblock. Here nobody knows it, so the
 * first copy is asked, and if it is gone, every power of two.
 */
export const STRIDE_MAX: u32 = 1 << 20;
const SECTOR: usize = memory.data(512, 16);
if (SECTOR_BYTES != 512) ERROR("sizes drifted from layout.ts");

/** Stride in the superblock at `sector` of a member, or 0 when there is none. */
function strideAt(member: u32, sector: u32): u32 {
  if (!transferSectors(member, false, sector, 1, SECTOR)) return 0;
  if (load<u32>(SECTOR + <usize>SUPERBLOCK_MAGIC_AT) != SUPERBLOCK_MAGIC) return 0;
  const sealed = load<u32>(SECTOR + <usize>SUPERBLOCK_CRC_AT) == crc32c(SECTOR, SUPERBLOCK_CRC_AT);
  const stride = load<u32>(SECTOR + <usize>SUPERBLOCK_STRIDE_AT);
  return sealed && stride <= STRIDE_MAX ? stride : 0;
}

/** Stride of the array that a member's image carries, sectors, or 0 when it carries none. */
export function strideOf(member: u32): u32 {
  const first = strideAt(member, 0);
  if (first != 0) return first;
  for (let stride: u32 = 1; stride <= STRIDE_MAX && stride < imageSectors(member); stride <<= 1) {
    if (strideAt(member, AREA_SUPERBLOCK_1 * stride) == stride) return stride;
  }
  return 0;
}
