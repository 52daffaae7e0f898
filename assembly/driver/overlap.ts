import { BUG_COPY_RACES_WRITE, BUG_OVERLAPPING_WRITES } from "../layout";
import { seeded } from "../seeded-bug";
import { KIND_COPY, KIND_FLUSH, nextRequest, request, requestsInUse, waitInQueue } from "./requests";

/**
 * Whether an earlier request holds, or is ahead in the queue for, sectors of this one. Two writes of one sector
 * that run at once may land in different order on the two cards; plain reads share.
 */
export function isBlocked(index: u32): bool {
  const own = request(index);
  const end = own.sector + own.count;
  let next = request(0);
  for (let others = requestsInUse() & ~(1 << index); others != 0; others >>= 1) {
    const entry = next;
    next = nextRequest(entry);
    // The sectors first: nearly always they are others. Those of an entry that is not in use are compared too.
    if (own.sector >= entry.sector + entry.count || entry.sector >= end) continue;
    if ((others & 1) == 0 || entry.kind == KIND_FLUSH) continue;
    if (<i32>(entry.order - own.order) > 0) continue;
    if (own.exclusive == 0 && entry.exclusive == 0) continue;
    if (RIG && seeded(BUG_OVERLAPPING_WRITES) && own.kind != KIND_COPY && entry.kind != KIND_COPY) continue;
    if (RIG && seeded(BUG_COPY_RACES_WRITE) && (own.kind == KIND_COPY || entry.kind == KIND_COPY)) continue;
    waitInQueue(index);
    return true;
  }
  return false;
}
