import { REGION_CLEAN, REGION_UNWRITTEN } from "../../../assembly/layout.js";
import { UNREADABLE } from "../../sdcard-emulator/sector-contents.js";
import type { ArrayGeometry } from "../world/array-geometry.js";
import type { ScratchPair } from "./scratch-pair.js";

/** Where the two cards of a mirror differ, by what the driver says of its regions (REGION_... of each). */

/** First data sector that differs in a region that is CLEAN, or -1. */
export function cleanButDifferent(
  pair: ScratchPair,
  geometry: ArrayGeometry,
  regionStates: Uint8Array,
): number {
  const { differences } = pair;
  for (let region = 0; region < geometry.regions; region++) {
    if (differences[region] !== 0 && regionStates[region] === REGION_CLEAN) {
      const sector = differenceIn(pair, geometry, region, true);
      if (sector >= 0) return sector;
    }
  }
  return -1;
}

/**
 * First data sector that still differs after resync or rebuild, or -1.
 * @param marked regions that were resynchronised
 * @param rebuilds whether all were
 */
export function stillDifferent(
  pair: ScratchPair,
  geometry: ArrayGeometry,
  regionStates: Uint8Array,
  marked: Int32Array,
  rebuilds: boolean,
): number {
  const { differences } = pair;
  for (let region = 0; region < differences.length; region++) {
    if (differences[region] === 0 || regionStates[region] === REGION_UNWRITTEN) continue;
    // A region that was clean all along is not read to its end: what one card cannot read waits for a scrub.
    const sector = differenceIn(pair, geometry, region, rebuilds || !marked.includes(region));
    if (sector >= 0) return sector;
  }
  return -1;
}

/**
 * First data sector that now reads otherwise than it did, or -1. A region that is UNWRITTEN reads as zeros, whatever the
 * cards hold.
 * @param values what each of the sectors read as
 */
export function flippedSector(
  pair: ScratchPair,
  geometry: ArrayGeometry,
  regionStates: Uint8Array,
  sectors: Int32Array,
  values: Int32Array,
  rebuilds: boolean,
): number {
  const { dataStart, regionShift } = geometry;
  for (let i = 0; i < sectors.length; i++) {
    const sector = sectors[i]!;
    const content = pair.get(0, dataStart + sector);
    if (content === values[i]) continue;
    // The winner of a rebuild could not read it, the other one can: no other bytes were read.
    if (values[i] === UNREADABLE && rebuilds) continue;
    if (content === UNREADABLE && pair.get(1, dataStart + sector) === values[i]) continue;
    if (regionStates[sector >> regionShift] !== REGION_UNWRITTEN) return sector;
  }
  return -1;
}

/**
 * First data sector of a region in which the cards differ; -1 if there is none.
 * @param mayRepair whether one that a single card cannot read counts as repaired when it is read
 */
function differenceIn(
  pair: ScratchPair,
  { regionShift, regionSectors, dataStart }: ArrayGeometry,
  region: number,
  mayRepair: boolean,
): number {
  const first = region << regionShift;
  for (let sector = first; sector < first + regionSectors; sector++) {
    const a = pair.get(0, dataStart + sector);
    const b = pair.get(1, dataStart + sector);
    if (a !== b && !(mayRepair && (a === UNREADABLE || b === UNREADABLE))) return sector;
  }
  return -1;
}
