/**
 * How a card's flash is divided. Logical and physical places meet in the page:
 *
 *   allocation unit (SSR; what the host is told)   >= 1 erase blocks
 *   erase block = translation unit                  pagesPerBlock pages; erased whole, and remapped whole
 *   page (effective: all planes)                    pageSectors sectors; programmed whole, mapped by one entry
 *
 * The SLC cache, where there is one, is a number of blocks apart, whose pages hold one bit a cell.
 */

/** The flash of one class of card, whatever its capacity. */
export interface FlashGeometry {
  /** Sectors of an effective page: all planes that are programmed together. */
  readonly pageSectors: number;
  /** Pages of an erase block. */
  readonly pagesPerBlock: number;
  /** Bits a cell: 1 SLC, 2 MLC, 3 TLC. As many pages share a row of cells. */
  readonly bitsPerCell: 1 | 2 | 3;
  /** Translation units that can be written to without closing another one. */
  readonly openUnits: number;
  /** Whether the pages of an open unit may be written in any order; else a step back closes it. */
  readonly anyOrder: boolean;
  /** Of 1,000 erase blocks, how many are spare; at least one is. */
  readonly sparePerMille: number;
  /** Erases that a block stands on average; each block's own limit lies within 20 % of it. */
  readonly enduranceErases: number;
  /** Page reads that a block stands between two erases. */
  readonly readDisturbReads: number;
  /** Whether the controller moves a block's data away in time. */
  readonly refreshes: boolean;
  /** Blocks of the SLC cache; 0: none. */
  readonly slcBlocks: number;
  /** Writes of this many sectors or more go past the SLC cache. */
  readonly slcBypassSectors: number;
  /** Pages of the write cache in RAM; 0: a write is programmed before it is answered. */
  readonly bufferPages: number;
  /** What erased cells read as, to whoever reads a discarded sector. */
  readonly eraseByte: 0x00 | 0xff;
}

/** Blocks beyond those of data, open units and spares: one to merge into, and two that may go bad in that merge. */
export const WORKING_BLOCKS = 3;

/** Counts that follow from geometry and capacity. */
export interface FlashSize {
  readonly pages: number;
  readonly units: number;
  readonly spareBlocks: number;
  /** Physical erase blocks, without those of the SLC cache. */
  readonly blocks: number;
}

/** @param sectors capacity of the card */
export function flashSize(geometry: FlashGeometry, sectors: number): FlashSize {
  const { pageSectors, pagesPerBlock, openUnits, sparePerMille } = geometry;
  const pages = Math.ceil(sectors / pageSectors);
  const units = Math.ceil(pages / pagesPerBlock);
  const spareBlocks = Math.max(1, Math.floor((units * sparePerMille) / 1000));
  return {
    pages: units * pagesPerBlock,
    units,
    spareBlocks,
    blocks: units + openUnits + spareBlocks + WORKING_BLOCKS,
  };
}
