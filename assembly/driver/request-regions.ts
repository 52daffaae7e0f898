import { BUG_REGION_EDGE_OFF_BY_ONE, BUG_SPAN_MARKS_FIRST_REGION, REGION_CLEAN } from "../layout";
import { isToSync, regionState, releaseRegion, touchRegion } from "../bitmap/regions";
import { askMark, isMarkDurable } from "../bitmap/write-intent";
import { seeded } from "../seeded-bug";
import { regionShift } from "./geometry";
import { request } from "./requests";

/** First region that `count` sectors from `sector` on lie in. */
export function firstRegion(sector: u32): u32 {
  return sector >> regionShift();
}

/** Last region that `count` sectors from `sector` on lie in. */
export function lastRegion(sector: u32, count: u32): u32 {
  if (RIG && seeded(BUG_SPAN_MARKS_FIRST_REGION)) return firstRegion(sector);
  if (RIG && seeded(BUG_REGION_EDGE_OFF_BY_ONE) && count > 1) return (sector + count - 2) >> regionShift();
  return (sector + count - 1) >> regionShift();
}

/** The request begins to concern every region that the sectors span: at submit, before any of it is dispatched. */
export function touchRegions(index: u32, sector: u32, count: u32): void {
  const entry = request(index);
  assert(entry.touchFirst > entry.touchLast);
  const first = firstRegion(sector);
  const last = lastRegion(sector, count);
  entry.touchFirst = first;
  entry.touchLast = last;
  for (let region = first; region <= last; region++) {
    touchRegion(region);
    askMark(region);
  }
}

/** The request is finished with the regions that it touches. */
export function releaseRegions(index: u32): void {
  const entry = request(index);
  const first = entry.touchFirst;
  const last = entry.touchLast;
  assert(first <= last);
  entry.touchFirst = 1;
  entry.touchLast = 0;
  for (let region = first; region <= last; region++) releaseRegion(region);
}

/** Whether the marks of all these regions are durable on both cards and not about to be cleared. */
export function areMarksDurable(sector: u32, count: u32): bool {
  const last = lastRegion(sector, count);
  for (let region = firstRegion(sector); region <= last; region++) {
    if (!isMarkDurable(region)) return false;
  }
  return true;
}

/** Whether the cards may still differ in this region from before the boot. */
export function needsSync(region: u32): bool {
  return isToSync(regionState(region));
}

export function anyNeedsSync(sector: u32, count: u32): bool {
  const last = (sector + count - 1) >> regionShift();
  for (let region = firstRegion(sector); region <= last; region++) {
    if (needsSync(region)) return true;
  }
  return false;
}

/** Whether both cards are known to hold the same bytes in all these regions. */
export function areAllClean(sector: u32, count: u32): bool {
  const last = (sector + count - 1) >> regionShift();
  for (let region = firstRegion(sector); region <= last; region++) {
    if (regionState(region) != REGION_CLEAN) return false;
  }
  return true;
}
