import { BUG_DISCARD_BEFORE_DURABLE, EVENT_DISCARDED, STATUS_OK } from "../layout";
import { bitmapSectorOf, regionEvent } from "../bitmap/regions";
import { writtenBitChanged } from "../bitmap/write-intent";
import { seeded } from "../seeded-bug";
import { answer } from "./answer";
import { regionShift } from "./geometry";
import { isBlocked } from "./overlap";
import { areWrittenBitsDurable, firstRegion, lastRegion, noteWrittenBits } from "./request-regions";
import { KIND_DISCARD, PHASE_MARKING, PHASE_QUEUED, PHASE_SWEEPING, openRequest, request } from "./requests";
import { STEP, take } from "./scan-budget";

/**
 * A discard gives whole regions back: nobody may see it before it is durable, so it holds its sectors alone until the
 * records are. Parts of regions are left as they are.
 */
export function submitDiscard(index: u32, sector: u32, sectors: u32, tag: u32): void {
  const mask: u32 = (1 << regionShift()) - 1;
  const first = (sector + mask) & ~mask;
  const end = (sector + sectors) & ~mask;
  // Nothing to give back: an empty request that is answered in its turn.
  const whole: u32 = end > first ? end - first : 0;
  openRequest(index, KIND_DISCARD, whole == 0 ? sector : first, whole, 0, tag, true);
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
