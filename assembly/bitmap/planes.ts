import {
  BITMAP_MARKED_AT,
  BITMAP_PLANE_BYTES,
  BITMAP_WRITTEN_AT,
  REGIONS_PER_BITMAP_SECTOR,
} from "../layout";
import { regions } from "../driver/geometry";
import { meterBytes } from "../work-meter";
import { statesOf } from "./regions";

/** The lowest bit of each of the four bits of eight regions. */
export const LOWEST_OF_EIGHT: u32 = 0x11111111;

/** Those bits pushed together into a byte: in pairs, which the product then puts side by side into its highest byte. */
export function gather(bits: u32): u32 {
  return (((bits | (bits >> 3)) & 0x03030303) * 0x01041040) >> 24;
}

/** Exchanges the bits of `mask` with those that are `distance` above them. */
function exchange(bits: u32, distance: u32, mask: u32): u32 {
  const differs = ((bits >> distance) ^ bits) & mask;
  return bits ^ differs ^ (differs << distance);
}

/**
 * Of 16 regions two bits each, written and marked: of eight in the lower half of four bits, of the next eight in the higher
 * one. In planes the written bits come first, then the marks: bit 4i + 2w + p, of region 8w + i in plane p, is bit
 * 16p + 8w + i, which is three exchanges of the digits of its number.
 */
function toPlanes(both: u32): u32 {
  return exchange(exchange(exchange(both, 6, 0x00cc00cc), 15, 0x0000aaaa), 3, 0x0a0a0a0a);
}

/** The opposite. */
export function fromPlanes(planes: u32): u32 {
  return exchange(exchange(exchange(planes, 3, 0x0a0a0a0a), 15, 0x0000aaaa), 6, 0x00cc00cc);
}

/**
 * Both planes of the record at `record` from the states of its regions. Marks as they should be on the cards: of a state that
 * marks, or kept. Written is every state but UNWRITTEN. As CLEAN is 1 and UNWRITTEN 0, a region is written if any of the
 * lowest three of its bits is set, and marked if any of the highest three is.
 * @returns the number of marks
 */
export function gatherPlanes(record: usize, bitmapSector: u32): u32 {
  let at = statesOf(bitmapSector);
  let marks: u32 = 0;
  for (const end = record + <usize>BITMAP_PLANE_BYTES; record < end; record += 2) {
    const low = load<u32>(at);
    const high = load<u32>(at, 4);
    at += 8;
    const both =
      ((low | (low >> 1) | (low >> 2)) & 0x33333333) |
      (((high | (high >> 1) | (high >> 2)) & 0x33333333) << 2);
    // Eight sums of at most 2, then four, then two.
    let sum = ((both >> 1) & LOWEST_OF_EIGHT) + ((both >> 3) & LOWEST_OF_EIGHT);
    sum = (sum + (sum >> 4)) & 0x0f0f0f0f;
    marks += (sum + (sum >> 8)) & 0x00ff00ff;
    const planes = toPlanes(both);
    store<u16>(record, <u16>planes, BITMAP_WRITTEN_AT);
    store<u16>(record, <u16>(planes >> 16), BITMAP_MARKED_AT);
  }
  meterBytes(2 * BITMAP_PLANE_BYTES);
  return (marks + (marks >> 16)) & 0xffff;
}

/** Sets the bits of the regions of `bitmapSector` that exist, and clears the rest of the plane. @returns the number set */
export function fillPlane(plane: usize, bitmapSector: u32): u32 {
  const count = min(regions() - bitmapSector * REGIONS_PER_BITMAP_SECTOR, REGIONS_PER_BITMAP_SECTOR);
  const whole = <usize>(count >> 3);
  memory.fill(plane, 0xff, whole);
  memory.fill(plane + whole, 0, <usize>BITMAP_PLANE_BYTES - whole);
  if ((count & 7) != 0) store<u8>(plane + whole, <u8>(((<u32>1) << (count & 7)) - 1));
  return count;
}
