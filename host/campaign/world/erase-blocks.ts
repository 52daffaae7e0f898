import type { CardCharacteristics } from "../../sdcard-emulator/characteristics.js";
import type { ArrayGeometry } from "./array-geometry.js";

/**
 * What an interrupted program may destroy (F3) on a card of a small array. Erase blocks are scaled down like the array:
 * superblock copies and bitmap slots lie apart, each region in a block.
 */
export function mayDestroyIn(
  geometry: ArrayGeometry,
  { openBlock }: CardCharacteristics,
): (programmed: number, victim: number) => boolean {
  const blockOf = (sector: number): number =>
    sector < geometry.dataStart
      ? Math.floor((sector - geometry.baseSector) / geometry.metadataStride)
      : geometry.dataStart + Math.floor((sector - geometry.dataStart) / geometry.regionSectors);
  return (programmed, victim) =>
    blockOf(programmed) === blockOf(victim) || (openBlock && programmed >= geometry.dataStart);
}
