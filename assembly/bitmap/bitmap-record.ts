import {
  BITMAP_CRC_AT,
  BITMAP_INDEX_AT,
  BITMAP_LINEAGE_AT,
  BITMAP_MAGIC,
  BITMAP_MAGIC_AT,
  BITMAP_MARKED_AT,
  BITMAP_SEQUENCE_AT,
  BITMAP_VERSION_AT,
  BUG_MARK_EVERYTHING,
  FORMAT_VERSION,
} from "../layout";
import { crc32c } from "../checksum";
import { isFounding, isSingleScheme, putFounding } from "../driver/superblock";
import { seeded } from "../seeded-bug";
import { fillPlane, gatherPlanes } from "./planes";
import { areStatesRecovered, copyRecovered } from "./recovery";

/** Begins the record `sequence` of a bitmap sector at `at`: all that lies before its planes. */
export function beginRecord(at: usize, bitmapSector: u32, sequence: u32): void {
  memory.fill(at, 0, BITMAP_MARKED_AT);
  store<u32>(at + <usize>BITMAP_MAGIC_AT, BITMAP_MAGIC);
  store<u32>(at + <usize>BITMAP_VERSION_AT, FORMAT_VERSION);
  store<u32>(at + <usize>BITMAP_INDEX_AT, bitmapSector);
  store<u32>(at + <usize>BITMAP_SEQUENCE_AT, sequence);
  putFounding(at + <usize>BITMAP_LINEAGE_AT);
}

/**
 * Builds the record `sequence` of a bitmap sector at `at` from the states of its regions, or from what recovery is about to
 * set them to. It has no checksum.
 * @returns the number of marks, unless they are recovery's
 */
export function buildRecord(at: usize, bitmapSector: u32, sequence: u32): u32 {
  beginRecord(at, bitmapSector, sequence);
  let marks: u32 = 0;
  if (areStatesRecovered()) marks = gatherPlanes(at, bitmapSector);
  else copyRecovered(at);
  if (RIG && seeded(BUG_MARK_EVERYTHING)) marks = fillPlane(at + <usize>BITMAP_MARKED_AT, bitmapSector);
  return marks;
}

/** Gives a record its checksum. */
export function sealRecord(at: usize): void {
  store<u32>(at + <usize>BITMAP_CRC_AT, crc32c(at, BITMAP_CRC_AT));
}

export function recordSequence(at: usize): u32 {
  return load<u32>(at + <usize>BITMAP_SEQUENCE_AT);
}

/**
 * Slot of the record with this number. In the scheme `serial` every card has every record; in `single` the card with
 * index number mod 2 alone has it.
 */
export function slotOfRecord(sequence: u32): u32 {
  return (isSingleScheme() ? sequence >> 1 : sequence) & 1;
}

/** Whether `at` says that it is a record of this array for this bitmap sector, in the slot where it belongs. */
function isOurRecord(at: usize, bitmapSector: u32, slot: u32): bool {
  return (
    load<u32>(at + <usize>BITMAP_MAGIC_AT) == BITMAP_MAGIC &&
    load<u32>(at + <usize>BITMAP_VERSION_AT) == FORMAT_VERSION &&
    load<u32>(at + <usize>BITMAP_INDEX_AT) == bitmapSector &&
    slotOfRecord(recordSequence(at)) == slot &&
    isFounding(at + <usize>BITMAP_LINEAGE_AT)
  );
}

/** The same, and its checksum holds. */
export function isValidRecord(at: usize, bitmapSector: u32, slot: u32): bool {
  return (
    isOurRecord(at, bitmapSector, slot) && load<u32>(at + <usize>BITMAP_CRC_AT) == crc32c(at, BITMAP_CRC_AT)
  );
}
