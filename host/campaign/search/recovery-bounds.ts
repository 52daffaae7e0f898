import { SCAN_STEPS } from "../../../assembly/layout.js";
import type { ArrayGeometry } from "../world/array-geometry.js";

/**
 * The bounds of P5 where every command is answered at once: driver ticks after which a step of a recovery must have
 * ended. A tick lasts 1 ms and scans SCAN_STEPS regions; what is flushed counts as durable after the settle time.
 */
const TICKS_AT_LEAST = 16;

/** Flushes of a record, each behind the one that settles: two cards, and those that wait for them. */
const REPAIR_FLUSHES = 4;

/**
 * Ticks of 1 ms for one request. Its commands are answered at once and some ticks are granted; the settle times are those
 * of the record that a repair or a first write needs on each card, and of the flushes that stand before them.
 */
export function requestTicksMax(settleMs: number): number {
  return 64 + 8 * settleMs;
}

/** Ticks of 1 ms for assembly: a few writes and flushes for each bitmap sector. */
export function assemblyTicksMax(geometry: ArrayGeometry, settleMs: number): number {
  return TICKS_AT_LEAST + 8 * geometry.bitmapSectors * (settleMs + 3);
}

/**
 * Ticks of 1 ms for the resync of `marked` regions: they follow each other, and each is flushed and settles, perhaps
 * behind a flush whose settle time runs for a pass that clears the regions before it (14 ticks a region were measured
 * with 6 ms). A repair of what a read could not read may run beside it, whose record takes two flushes of each card in turn.
 */
export function resyncTicksMax(geometry: ArrayGeometry, settleMs: number, marked: number): number {
  return TICKS_AT_LEAST + scanTicks(geometry) + (marked + REPAIR_FLUSHES) * (2 * settleMs + 3);
}

/** Ticks of 1 ms for a rebuild: the resync of every region, then records and superblocks written one after the other. */
export function rebuildTicksMax(geometry: ArrayGeometry, settleMs: number): number {
  const recorded = 8 * (geometry.bitmapSectors + 4) * (settleMs + 3);
  return resyncTicksMax(geometry, settleMs, geometry.regions) + recorded;
}

/** Ticks of at least an epoch each until every region is CLEAN: scans, and the settle times of data and marks. */
export function cleanTicksMax(geometry: ArrayGeometry, settleMs: number): number {
  return TICKS_AT_LEAST + 4 * (settleMs + 2) + 4 * scanTicks(geometry);
}

/** Ticks for one scan of the region table. */
function scanTicks(geometry: ArrayGeometry): number {
  return Math.ceil(geometry.regions / SCAN_STEPS);
}
