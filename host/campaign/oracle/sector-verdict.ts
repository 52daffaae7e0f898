/**
 * What the oracle says about the contents of one sector. Small ints, because verdicts are compared and memoised
 * hundreds of thousands of times a second.
 */
export type Verdict = number;

/** The contents are one of the values that the promises allow. */
export const VERDICT_OK: Verdict = 0;
/** P2, P3: an older value came back, or one of a write that a flushed write replaced. */
export const VERDICT_LOST: Verdict = 1;
/** P4: a piece that was never in a buffer at this place. */
export const VERDICT_INVENTED: Verdict = 2;
/** P3: on a card with atomic sectors, the two pieces come from different writes. */
export const VERDICT_TORN: Verdict = 3;
/** P4: a read error where no write was in flight at a cut (or on a card whose sectors cannot tear). */
export const VERDICT_UNREADABLE_NOT_IN_FLIGHT: Verdict = 4;
/** Without a crash: a read that does not show the last completed write of this boot. */
export const VERDICT_STALE: Verdict = 5;
/** P3: an earlier read after the crash gave other bytes, and nothing was written since. */
export const VERDICT_FLIPPED: Verdict = 6;

/** Words for reports, indexed by verdict. */
export const VERDICT_NAMES: readonly string[] = [
  "ok",
  "lost",
  "invented",
  "torn",
  "unreadable though not in flight",
  "stale",
  "flipped",
];
