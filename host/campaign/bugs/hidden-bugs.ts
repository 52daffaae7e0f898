import * as layout from "../../../assembly/layout.js";
import type { HiddenBug } from "./seeded-bug.js";

/** Bugs that no campaign has shown; their switches are there. */
export const HIDDEN_BUGS: readonly HiddenBug[] = [
  {
    bug: layout.BUG_NO_FLUSH_AT_ASSEMBLY,
    name: "no-flush-at-assembly",
    verdict: "impossible",
    reason:
      "a card takes commands in order, so the first read is answered behind the flush whether it is waited for or not; and before assembly ends record N+1 settles too, which takes longer than the rest of that flush's settle time",
  },
  {
    bug: layout.BUG_READ_FROM_REBUILDING,
    name: "read-from-rebuilding",
    verdict: "impossible",
    reason:
      "only CLEAN regions are read from either card: one was equal when the target left, and is marked by its first write since, or it passed the gate, which needs both cards, after its copy; what a full rebuild has not copied is not CLEAN",
  },
  {
    bug: layout.BUG_RETURNING_MARKS_IGNORED,
    name: "returning-marks-ignored",
    verdict: "impossible",
    reason:
      "a mark that only the returning card has is of a record that its source lost: by the probe after its settle time the source would have been found out before the data left, so no data is behind that mark; it was shown before there was a probe",
  },
  {
    bug: layout.BUG_SURVIVOR_UNFLUSHED,
    name: "survivor-unflushed",
    verdict: "impossible",
    reason:
      "the survivor's superblock is flushed, twice, after its last transfer ended and before anybody is answered, and its data with it; one that is alone already has nothing in its cache but writes that no flush has covered",
  },
];
