import {
  BUG_REGION_EDGE_OFF_BY_ONE,
  BUG_SPAN_MARKS_FIRST_REGION,
  MEMBERS,
  REGION_CLEAN,
  REGION_UNWRITTEN,
} from "../layout";
import { bitmapSectorOf, isToSync, regionState, releaseRegion, touchRegion } from "../bitmap/regions";
import { askMark, isMarkDurable, isRecordDurable, settlingRecord } from "../bitmap/write-intent";
import { seeded } from "../seeded-bug";
import { regionShift } from "./geometry";
import { activeMembers } from "./members";
import { Request } from "./requests";
import { MARK, SPAN, take } from "./scan-budget";

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

/**
 * Scans and records have so much less to do in a call in which a request of several regions moves on.
 * @param part for each region but the first
 */
function takeSpan(first: u32, last: u32, part: u32): void {
  if (last != first) take((last - first) * part);
}

/** The request begins to concern every region that the sectors span: at submit, before any of it is dispatched. */
export function touchRegions(entry: Request, sector: u32, count: u32): void {
  assert(entry.touchFirst > entry.touchLast);
  const first = firstRegion(sector);
  const last = lastRegion(sector, count);
  entry.touchFirst = first;
  entry.touchLast = last;
  takeSpan(first, last, SPAN);
  for (let region = first; region <= last; region++) {
    touchRegion(region);
    // The mark of an UNWRITTEN one is asked for when it is zeroed.
    if (regionState(region) != REGION_UNWRITTEN) askMark(region);
  }
}

/** The marks of all these regions have to become durable. */
export function askMarks(first: u32, last: u32): void {
  for (let region = first; region <= last; region++) askMark(region);
}

/** The request is finished with the regions that it touches. */
export function releaseRegions(entry: Request): void {
  const first = entry.touchFirst;
  const last = entry.touchLast;
  assert(first <= last);
  entry.touchFirst = 1;
  entry.touchLast = 0;
  takeSpan(first, last, SPAN);
  releaseRegion(first);
  for (let region = first + 1; region <= last; region++) releaseRegion(region);
}

/** Whether the marks of all these regions are durable on both cards and not about to be cleared. */
export function areMarksDurable(first: u32, last: u32): bool {
  takeSpan(first, last, MARK);
  for (let region = first; region <= last; region++) {
    if (!isMarkDurable(region)) return false;
  }
  return true;
}

/** The records that settle the written bits of the request's regions, `from` to `to`, now, are the ones to wait for. */
export function noteWrittenBits(entry: Request, from: u32, to: u32): void {
  const first = bitmapSectorOf(from);
  const last = bitmapSectorOf(to);
  entry.settleFirst = settlingRecord(first);
  if (last != first) entry.settleLast = settlingRecord(last);
}

/**
 * Whether those records are durable; asks for them if not. Of bitmap sectors between the first and the last all regions
 * are the request's own: while it holds them nobody else changes a written bit there.
 */
export function areWrittenBitsDurable(entry: Request, from: u32, to: u32): bool {
  const first = bitmapSectorOf(from);
  const last = bitmapSectorOf(to);
  let durable = isRecordDurable(first, entry.settleFirst);
  if (first == last) return durable;
  if (!isRecordDurable(last, entry.settleLast)) durable = false;
  for (let between = first + 1; between < last; between++) {
    if (!isRecordDurable(between, settlingRecord(between))) durable = false;
  }
  return durable;
}

/** Whether the cards may still differ in this region from before the boot, and both are there to be made equal. */
export function needsSync(region: u32): bool {
  return isToSync(regionState(region)) && activeMembers() == MEMBERS;
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
