import { BUG_NONE } from "../../../assembly/layout.js";
import { SYNC_WITH_FLUSH } from "../../page-cache/whole-sync.js";
import { END_POWER, TINY, type BootEnd, type Scenario } from "./scenario.js";

/**
 * The value of each setting that needs no mention: what a case id leaves out, and what shrinking tries to come to.
 * Part of the format of case ids: another value here needs another version of theirs.
 */
export const PLAIN_SETTINGS = {
  geometry: TINY,
  timing: 0,
  bug: BUG_NONE,
  epochMs: 8,
  tickUs: 1000,
  writeBackUs: 5000,
  dirtyAgeUs: 0,
  syncKinds: [SYNC_WITH_FLUSH],
  syncDelayUs: 0,
} as const satisfies Omit<Scenario, "policy" | "profiles" | "boots">;

/** The end of a boot that needs no mention: long after anything that is cut. */
export const PLAIN_END: BootEnd = { topology: END_POWER, atUs: 1_000_000, pick: 0 };

/** Hold time of a policy that does not say, ms. */
export const PLAIN_COOLDOWN_MS = 5;
