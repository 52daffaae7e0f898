import type { BrokenPromise } from "../oracle/violation.js";

/** What each promise says, short enough for a report. */
export const PROMISE_WORDS: Readonly<Record<BrokenPromise, string>> = {
  P1: "a region that recovery calls clean is the same on both cards",
  P2: "what was acknowledged and flushed survives",
  P3: "a sector reads as its last flushed value or one written since, and never changes by itself",
  P4: "every byte returned was in the buffer at that place, or is zero where nothing was written",
  P5: "every resync ends, and every region becomes clean when writes stop and syncs succeed",
  P6: "only regions that were marked are resynchronised, and only written ones are marked",
  P7: "what no card can serve fails with a clear status, and nothing hangs",
  trap: "the driver does not stop itself",
};
