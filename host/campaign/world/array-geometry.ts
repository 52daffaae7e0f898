import { AREA_DATA, REGIONS_PER_BITMAP_SECTOR } from "../../../assembly/layout.js";

/** Where things lie on both cards; the campaign's own arithmetic, from the layout alone. */
export interface ArrayGeometry {
  readonly cardSectors: number;
  readonly baseSector: number;
  readonly metadataStride: number;
  readonly regionShift: number;
  readonly regions: number;
  readonly regionSectors: number;
  readonly dataStart: number;
  readonly dataSectors: number;
  readonly bitmapSectors: number;
}

/** @throws Error when not one region fits */
export function arrayGeometry(
  cardSectors: number,
  regionShift: number,
  metadataStride: number,
  baseSector = 0,
): ArrayGeometry {
  const dataStart = baseSector + AREA_DATA * metadataStride;
  const regionSectors = 2 ** regionShift;
  const regions = Math.floor((cardSectors - dataStart) / regionSectors);
  if (regions < 1) {
    throw new Error(`a card of ${cardSectors} sectors has no room for a region of ${regionSectors} sectors`);
  }
  return {
    cardSectors,
    baseSector,
    metadataStride,
    regionShift,
    regions,
    regionSectors,
    dataStart,
    dataSectors: regions * regionSectors,
    bitmapSectors: Math.ceil(regions / REGIONS_PER_BITMAP_SECTOR),
  };
}
