import { SYNC_DIRTY_ONLY } from "../../page-cache/whole-sync.js";
import type { WorldSettings } from "../world/scenario.js";

/** Settings of a world in which a client works while the page cache writes back what it has changed. */
export const EAGER_WRITE_BACK = {
  epochMs: 20,
  tickUs: 1000,
  // Pages are on their way to the cards while the client goes on changing them.
  writeBackUs: 5000,
  dirtyAgeUs: 0,
  // The weakest sync that the contract allows answers the driver; applications' own syncs flush.
  syncKinds: [SYNC_DIRTY_ONLY],
  syncDelayUs: 0,
} satisfies Partial<WorldSettings>;
