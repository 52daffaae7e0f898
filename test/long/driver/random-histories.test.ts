import { describe, expect, it } from "vitest";
import * as layout from "../../../assembly/layout.js";
import { SEEDED_BUGS } from "../../../host/campaign/bugs/seeded-bugs.js";
import { LARGE, SERIAL, SINGLE } from "../../driver/histories/array-shape.js";
import { expectNoFailure, firstFailure, seedRanges } from "../../driver/histories/seed-range.js";

describe.each([
  { shape: SERIAL, ranges: seedRanges(600, 50) },
  { shape: SINGLE, ranges: seedRanges(200, 50) },
  { shape: LARGE, ranges: seedRanges(30, 5) },
])("random histories of $shape.name arrays", ({ shape, ranges }) => {
  it.each(ranges)("break no promise: seeds $first to $last", (range) => {
    expectNoFailure(shape, range);
  });
});

/**
 * Seeded bugs that 200 histories come upon; the campaigns look for every one. Those of settle times and of sync epochs
 * can't show here: these cards keep at once what they flush, and no pages are behind the syncs.
 */
const CAUGHT = [
  layout.BUG_NO_FLUSH_BEFORE_CLEAR,
  layout.BUG_DIRTY_BECOMES_CANDIDATE,
  layout.BUG_WRITE_KEEPS_CANDIDATE,
  layout.BUG_REMARK_TRUSTS_CLEAR_IN_FLIGHT,
  layout.BUG_OVERLAPPING_WRITES,
  layout.BUG_COPY_RACES_WRITE,
  layout.BUG_WRITE_ENDS_NEEDS_SYNC,
  layout.BUG_SPAN_MARKS_FIRST_REGION,
  layout.BUG_REGION_EDGE_OFF_BY_ONE,
  layout.BUG_MARK_AFTER_DATA,
  layout.BUG_ONE_CARD_BELIEVED_ALONE,
  layout.BUG_RESYNC_WRONG_WAY,
  layout.BUG_RECORD_FROM_LIVE_BITS,
  layout.BUG_OLDEST_RECORD_BELIEVED,
  layout.BUG_EARLY_ACKNOWLEDGE,
  layout.BUG_FLUSH_ONE_CARD_ONLY,
  layout.BUG_REINITIALISATION_UNNOTICED,
  layout.BUG_REBUILD_ENDS_WRONG_ORDER,
  layout.BUG_EVENT_COUNT_DECIDES,
  layout.BUG_HARD_CAP,
  layout.BUG_NO_WRITE_AT_RECOVERY,
  layout.BUG_CLEAR_WHILE_ALONE,
  layout.BUG_FIRST_WRITE_UNZEROED,
  layout.BUG_DISCARD_BEFORE_DURABLE,
  layout.BUG_FINGERPRINT_IGNORED,
  layout.BUG_DEADLINE_IGNORED,
  layout.BUG_FUA_UNFLUSHED,
  layout.BUG_HALF_REBUILT_BELIEVED,
].map((bug) => ({ bug, name: SEEDED_BUGS.find((entry) => entry.bug === bug)?.name ?? `bug ${bug}` }));

describe("random histories", () => {
  it.each(CAUGHT)("catch $name", ({ bug }) => {
    expect(firstFailure(SERIAL, 200, bug)).not.toBeNull();
  });

  it("find nothing in the same build without a bug", () => {
    expect(firstFailure(SERIAL, 200, layout.BUG_NONE)).toBeNull();
  });
});
