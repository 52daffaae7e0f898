import {
  BITMAP_CRC_AT,
  BITMAP_INDEX_AT,
  BITMAP_LINEAGE_AT,
  BITMAP_MAGIC,
  BITMAP_MAGIC_AT,
  BITMAP_MARKED_AT,
  BITMAP_PLANE_BYTES,
  BITMAP_SEQUENCE_AT,
  BITMAP_VERSION_AT,
  BITMAP_WRITTEN_AT,
  FORMAT_VERSION,
  REGIONS_PER_BITMAP_SECTOR,
  SECTOR_BYTES,
} from "../layout";
import { crc32c } from "../checksum";
import { regions } from "../driver/geometry";
import { isOurLineage, putLineage } from "../driver/superblock";

/** Sets the bits of the regions of `bitmapSector` that exist, and clears the rest of the plane. */
export function fillPlane(plane: usize, bitmapSector: u32): void {
  const first = bitmapSector * REGIONS_PER_BITMAP_SECTOR;
  const count = min(regions() - first, REGIONS_PER_BITMAP_SECTOR);
  memory.fill(plane, 0, BITMAP_PLANE_BYTES);
  memory.fill(plane, 0xff, <usize>(count >> 3));
  if ((count & 7) != 0) store<u8>(plane + <usize>(count >> 3), <u8>(((<u32>1) << (count & 7)) - 1));
}

/** Builds the record `sequence` of a bitmap sector at `at` with the marks of `plane`. */
export function buildRecord(at: usize, bitmapSector: u32, sequence: u32, plane: usize): void {
  memory.fill(at, 0, SECTOR_BYTES);
  store<u32>(at + <usize>BITMAP_MAGIC_AT, BITMAP_MAGIC);
  store<u32>(at + <usize>BITMAP_VERSION_AT, FORMAT_VERSION);
  store<u32>(at + <usize>BITMAP_INDEX_AT, bitmapSector);
  store<u32>(at + <usize>BITMAP_SEQUENCE_AT, sequence);
  putLineage(at + <usize>BITMAP_LINEAGE_AT);
  memory.copy(at + <usize>BITMAP_MARKED_AT, plane, BITMAP_PLANE_BYTES);
  fillPlane(at + <usize>BITMAP_WRITTEN_AT, bitmapSector);
  store<u32>(at + <usize>BITMAP_CRC_AT, crc32c(at, BITMAP_CRC_AT));
  assert(isOurRecord(at, bitmapSector, sequence & 1));
}

export function recordSequence(at: usize): u32 {
  return load<u32>(at + <usize>BITMAP_SEQUENCE_AT);
}

/** Whether `at` says that it is a record of this array for this bitmap sector, in the slot where it belongs. */
function isOurRecord(at: usize, bitmapSector: u32, slot: u32): bool {
  return (
    load<u32>(at + <usize>BITMAP_MAGIC_AT) == BITMAP_MAGIC &&
    load<u32>(at + <usize>BITMAP_VERSION_AT) == FORMAT_VERSION &&
    load<u32>(at + <usize>BITMAP_INDEX_AT) == bitmapSector &&
    (recordSequence(at) & 1) == slot &&
    isOurLineage(at + <usize>BITMAP_LINEAGE_AT)
  );
}

/** The same, and its checksum holds. */
export function isValidRecord(at: usize, bitmapSector: u32, slot: u32): bool {
  return (
    isOurRecord(at, bitmapSector, slot) && load<u32>(at + <usize>BITMAP_CRC_AT) == crc32c(at, BITMAP_CRC_AT)
  );
}
