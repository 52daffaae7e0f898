/** A flash small enough to be looked at whole, with every part that a card can have. */
import type { FlashGeometry } from "../../../host/sdcard-emulator/flash/flash-geometry.js";
import { FlashPhysics, type FlashPhysicsOptions } from "../../../host/sdcard-emulator/flash/flash-physics.js";
import type { FlashTiming } from "../../../host/sdcard-emulator/flash/flash-timing.js";

export const SMALL: FlashGeometry = {
  pageSectors: 4,
  pagesPerBlock: 8,
  bitsPerCell: 2,
  openUnits: 2,
  anyOrder: true,
  sparePerMille: 200,
  enduranceErases: 1_000_000,
  readDisturbReads: 1_000_000,
  refreshes: true,
  slcBlocks: 0,
  slcBypassSectors: 0,
  bufferPages: 0,
  eraseByte: 0xff,
};

/** Round times without spread. */
export const ROUND: FlashTiming = {
  readOverheadUs: 100,
  writeOverheadUs: 200,
  pageReadUs: 50,
  pageProgramUs: 1000,
  blockEraseUs: 3000,
  slcReadUs: 20,
  slcProgramUs: 300,
  parallelPages: 1,
  pipelined: false,
  jitterPercent: 0,
  housekeepingPages: 0,
  housekeepingMinUs: 0,
  housekeepingMaxUs: 0,
};

/** 16 units of 8 pages of 4 sectors. */
export const SECTORS = 512;

export function smallFlash(
  geometry: Partial<FlashGeometry> = {},
  timing: Partial<FlashTiming> = {},
  options: Partial<FlashPhysicsOptions> = {},
): FlashPhysics {
  return new FlashPhysics({
    geometry: { ...SMALL, ...geometry },
    timing: { ...ROUND, ...timing },
    sectors: SECTORS,
    seed: 1,
    ...options,
  });
}
