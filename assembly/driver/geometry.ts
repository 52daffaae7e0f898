import {
  AREA_BITMAP_SLOT_0,
  AREA_DATA,
  AREA_SUPERBLOCK_0,
  GEOMETRY_BITMAP_SECTORS,
  GEOMETRY_DATA_SECTORS,
  GEOMETRY_DATA_START,
  GEOMETRY_REGIONS,
  GEOMETRY_REGION_SHIFT,
  GEOMETRY_STATE_BYTES,
  OPTION_BASE_SECTOR,
  OPTION_CARD_SECTORS,
  REGIONS_MAX,
  REGIONS_PER_BITMAP_SECTOR,
  REGION_SHIFT_MAX,
} from "../layout";
import { bitmapSectorOf, placeTables, stateBytes } from "../bitmap/regions";
import { option } from "../options";
import { GEOMETRY_WORDS } from "./hot-words";

/** Geometry of the array in use: region shift, regions, metadata stride, bitmap sectors. */
const GEOMETRY = GEOMETRY_WORDS;

export function regionShift(): u32 {
  return load<u32>(GEOMETRY);
}

export function regions(): u32 {
  return load<u32>(GEOMETRY, 4);
}

export function metadataStride(): u32 {
  return load<u32>(GEOMETRY, 8);
}

export function dataSectors(): u32 {
  return regions() << regionShift();
}

export function bitmapSectors(): u32 {
  return load<u32>(GEOMETRY, 12);
}

function bitmapSectorsOf(regionCount: u32): u32 {
  return bitmapSectorOf(regionCount + REGIONS_PER_BITMAP_SECTOR - 1);
}

function areaStart(area: u32): u32 {
  return option(OPTION_BASE_SECTOR) + area * metadataStride();
}

/** Card sector of data sector 0. */
export function dataStart(): u32 {
  return areaStart(AREA_DATA);
}

/** Card sector of a superblock copy, 0 or 1. */
export function superblockSector(copy: u32): u32 {
  return areaStart(AREA_SUPERBLOCK_0 + copy);
}

/** Card sector of a slot (0 or 1) of a bitmap sector. */
export function slotSector(bitmapSector: u32, slot: u32): u32 {
  return areaStart(AREA_BITMAP_SLOT_0 + slot) + bitmapSector;
}

/**
 * Whether a geometry is possible at all: within the limits, each bitmap area inside its stride, and no sum past
 * 32 bits.
 */
export function isPossible(shift: u32, regionCount: u32, stride: u32): bool {
  if (shift > REGION_SHIFT_MAX || regionCount == 0 || regionCount > REGIONS_MAX) return false;
  const bitmaps = bitmapSectorsOf(regionCount);
  if (stride < bitmaps || stride > 1 << 20) return false;
  const end = <u64>option(OPTION_BASE_SECTOR) + <u64>stride * AREA_DATA + ((<u64>regionCount) << shift);
  return end <= <u64>u32.MAX_VALUE;
}

/** Whether the array in use ends inside the smaller card. */
export function fitsCards(): bool {
  return dataStart() + dataSectors() <= option(OPTION_CARD_SECTORS);
}

/** Regions of 2^shift sectors that fit on the cards behind the metadata; 0 when none does. */
export function regionsThatFit(shift: u32, stride: u32): u32 {
  const start = <u64>option(OPTION_BASE_SECTOR) + <u64>stride * AREA_DATA;
  const cards = <u64>option(OPTION_CARD_SECTORS);
  if (start >= cards) return 0;
  const fit = (cards - start) >> shift;
  return fit > REGIONS_MAX ? REGIONS_MAX : <u32>fit;
}

export function setGeometry(shift: u32, regionCount: u32, stride: u32): void {
  assert(isPossible(shift, regionCount, stride));
  store<u32>(GEOMETRY, shift);
  store<u32>(GEOMETRY, regionCount, 4);
  store<u32>(GEOMETRY, bitmapSectorsOf(regionCount), 12);
  placeTables(bitmapSectors());
  store<u32>(GEOMETRY, stride, 8);
}

/** While a superblock is still looked for, only its stride is known (from the options). */
export function setStride(stride: u32): void {
  store<u32>(GEOMETRY, stride, 8);
}

/** Geometry of the array in use (GEOMETRY_...); 0 for an unknown key. */
export function geometryValue(key: u32): u32 {
  if (key == GEOMETRY_REGION_SHIFT) return regionShift();
  if (key == GEOMETRY_REGIONS) return regions();
  if (key == GEOMETRY_DATA_START) return dataStart();
  if (key == GEOMETRY_DATA_SECTORS) return dataSectors();
  if (key == GEOMETRY_BITMAP_SECTORS) return bitmapSectors();
  if (key == GEOMETRY_STATE_BYTES) return stateBytes();
  return 0;
}
