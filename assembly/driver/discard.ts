import { BUG_DISCARD_BEFORE_DURABLE, EVENT_DISCARDED, STATUS_OK } from "../layout";
import { bitmapSectorOf, regionEvent } from "../bitmap/regions";
import { writtenBitChanged } from "../bitmap/write-intent";
import { seeded } from "../seeded-bug";
import { answer } from "./answer";
import { regionShift } from "./geometry";
import { isBlocked } from "./overlap";
import { areWrittenBitsDurable, firstRegion, lastRegion, noteWrittenBits } from "./request-regions";
import { PHASE_MARKING, PHASE_QUEUED, PHASE_SWEEPING, Request, request } from "./requests";
import { STEP, take } from "./scan-budget";

/**
 * A discard gives whole regions back: nobody may see it before it is durable, so it holds its sectors alone until the
 * records are. Parts of regions are left as they are.
 */
export function submitDiscard(entry: Request): void {
  const mask: u32 = (1 << regionShift()) - 1;
  const first = (entry.sector + mask) & ~mask;
  const end = (entry.sector + entry.count) & ~mask;
  // Nothing to give back: an empty request that is answered in its turn.
  entry.count = end > first ? end - first : 0;
  if (entry.count != 0) entry.sector = first;
}

export function advanceDiscard(index: u32): void {
  const entry = request(index);
  const first = firstRegion(entry.sector);
  const last = lastRegion(entry.sector, entry.count);
  if (entry.phase == PHASE_QUEUED || entry.phase == PHASE_SWEEPING) {
    if (entry.phase == PHASE_QUEUED && isBlocked(index)) return;
    while (entry.cursor < entry.count >> regionShift()) {
      if (!take(STEP)) {
        entry.phase = PHASE_SWEEPING;
        return;
      }
      const region = first + entry.cursor++;
      regionEvent(region, EVENT_DISCARDED);
      writtenBitChanged(bitmapSectorOf(region));
    }
    entry.phase = PHASE_MARKING;
    if (entry.count != 0) noteWrittenBits(entry, first, last);
  }
  const durable = entry.count == 0 || areWrittenBitsDurable(entry, first, last);
  if (entry.phase != PHASE_MARKING || !(durable || (RIG && seeded(BUG_DISCARD_BEFORE_DURABLE)))) return;
  answer(index, STATUS_OK);
}
