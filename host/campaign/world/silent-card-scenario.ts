import { BUG_NONE, MEMBERS } from "../../../assembly/layout.js";
import { SYNC_DIRTY_ONLY, SYNC_WITHOUT_FLUSH } from "../../page-cache/whole-sync.js";
import { action } from "./action.js";
import { Draw } from "./draw.js";
import { memberOptions } from "./member-scenario.js";
import type { GeneratorOptions } from "./scenario-generator.js";
import {
  ACTION_CARD,
  ACTION_STORE,
  ACTION_SYNC,
  END_POWER,
  HAPPENS_SILENT,
  TINY,
  type Action,
  type Scenario,
} from "./scenario.js";

const SALT = 0x511e;
const PAGES = 8;
/** A record and its settle time, on one card of the slowest class. */
const RECORD_US = 10_000;
/** Until a silent card is given up, and the other one has said so. */
const GIVEN_UP_US = 70_000;

/**
 * A card falls silent while the mark of a write settles on it, and loses the mark: for the driver it is durable, until
 * the deadline tells, and the data goes to the card that is left. Then the power goes, and it is the silent card that is
 * found first. Nothing is flushed for anybody, and no clearing pass comes: what such a card can lose of those is a fault
 * of its own (DESIGN.md section 9).
 */
export function generateSilentCardScenario(seed: number, options: GeneratorOptions): Scenario {
  const draw = new Draw(seed, SALT);
  const actions: Action[] = [];
  let atUs = 0;
  for (let writes = 1 + draw.below(3); writes > 0; writes--) {
    atUs += draw.below(400);
    actions.push(action(atUs, ACTION_STORE, draw.below(PAGES), 0, draw.below(2)));
  }
  actions.push(action(atUs, ACTION_SYNC, 0, 0, 0, SYNC_WITHOUT_FLUSH));
  atUs += draw.below(2 * MEMBERS * RECORD_US);
  actions.push(action(atUs, ACTION_CARD, draw.below(MEMBERS), draw.below(1 << 20), 0, HAPPENS_SILENT));
  return {
    policy: options.policy,
    profiles: options.profiles,
    geometry: TINY,
    boots: [{ actions, end: { topology: END_POWER, atUs: atUs + GIVEN_UP_US, pick: 0 } }],
    timing: draw.below(1 << 16),
    bug: options.bug ?? BUG_NONE,
    epochMs: 500,
    tickUs: 1000,
    writeBackUs: 150_000,
    dirtyAgeUs: 0,
    syncKinds: [SYNC_DIRTY_ONLY],
    syncDelayUs: 0,
    options: memberOptions(options.more),
  };
}
