import * as layout from "../../assembly/layout.js";
import type { HiddenBug } from "./seeded-bug.js";

/** Bugs that no campaign has shown yet; their switches are there. */
export const HIDDEN_BUGS: readonly HiddenBug[] = [
  {
    bug: layout.BUG_NO_FLUSH_AT_ASSEMBLY,
    name: "no-flush-at-assembly",
    reason: "every answer and record N+1 flush both cards before anything depends on what was read",
  },
  {
    bug: layout.BUG_RETURNING_MARKS_IGNORED,
    name: "returning-marks-ignored",
    reason: "the target must have marked a region that the source has not",
  },
  {
    bug: layout.BUG_READ_FROM_REBUILDING,
    name: "read-from-rebuilding",
    reason: "the copies of clean regions are equal while a card is rebuilt in part",
  },
  {
    bug: layout.BUG_SURVIVOR_UNFLUSHED,
    name: "survivor-unflushed",
    reason: "a read must be answered from the cache of the survivor, and lost with it",
  },
];
