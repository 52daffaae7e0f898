import { BITMAP_PLANE_BYTES, REGIONS_PER_BITMAP_SECTOR } from "../layout";
import { regions } from "../driver/geometry";
import { meterBytes } from "../work-meter";
import { eightRegions } from "./regions";

/** One bit out of each four, from the lowest bit of each on, pushed together into a byte. */
function gather(eight: u32): u32 {
  let bits = eight & 0x11111111;
  bits = (bits | (bits >> 3)) & 0x03030303;
  bits = (bits | (bits >> 6)) & 0x000f000f;
  return (bits | (bits >> 12)) & 0xff;
}

/** The marks of a bitmap sector as they should be on the cards: a state that marks, or a mark that is kept. */
export function gatherMarked(plane: usize, bitmapSector: u32): void {
  const first = bitmapSector * REGIONS_PER_BITMAP_SECTOR;
  for (let byte: u32 = 0; byte < BITMAP_PLANE_BYTES; byte++) {
    const eight = eightRegions(first + byte * 8);
    // CLEAN is 1 and UNWRITTEN 0, so the bits above the lowest tell of a mark; so does a kept one.
    store<u8>(plane + <usize>byte, <u8>gather((eight >> 1) | (eight >> 2) | (eight >> 3)));
  }
  meterBytes(BITMAP_PLANE_BYTES);
}

/** The written bits of a bitmap sector: every state but UNWRITTEN. */
export function gatherWritten(plane: usize, bitmapSector: u32): void {
  const first = bitmapSector * REGIONS_PER_BITMAP_SECTOR;
  for (let byte: u32 = 0; byte < BITMAP_PLANE_BYTES; byte++) {
    const eight = eightRegions(first + byte * 8);
    store<u8>(plane + <usize>byte, <u8>gather(eight | (eight >> 1) | (eight >> 2)));
  }
  meterBytes(BITMAP_PLANE_BYTES);
}

/** Sets the bits of the regions of `bitmapSector` that exist, and clears the rest of the plane. */
export function fillPlane(plane: usize, bitmapSector: u32): void {
  const first = bitmapSector * REGIONS_PER_BITMAP_SECTOR;
  const count = min(regions() - first, REGIONS_PER_BITMAP_SECTOR);
  memory.fill(plane, 0, BITMAP_PLANE_BYTES);
  memory.fill(plane, 0xff, <usize>(count >> 3));
  if ((count & 7) != 0) store<u8>(plane + <usize>(count >> 3), <u8>(((<u32>1) << (count & 7)) - 1));
}

/** Bits set in a plane. */
export function countPlane(plane: usize): u32 {
  let set: u32 = 0;
  for (let byte: u32 = 0; byte < BITMAP_PLANE_BYTES; byte += 4) set += popcnt(load<u32>(plane + <usize>byte));
  return set;
}
