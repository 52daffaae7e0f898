import { SYNC_DIRTY_ONLY, SYNC_WITHOUT_FLUSH, SYNC_WITH_FLUSH } from "../../page-cache/whole-sync.js";
import { action } from "./action.js";
import { Draw } from "./draw.js";
import { generatedSettings } from "./generated-settings.js";
import { memberOptions } from "./member-scenario.js";
import type { GeneratorOptions } from "./scenario-generator.js";
import {
  ACTION_CARD,
  ACTION_READ,
  ACTION_STORE,
  ACTION_SYNC,
  END_POWER,
  HAPPENS_REINITIALISES,
  type Action,
  type Scenario,
} from "./scenario.js";

const SALT = 0x105e;
const PAGES = 8;
/** Time for a few writes and their marks. */
const WRITTEN_US = 20_000;
/** Time for an epoch, and what follows it. */
const QUIET_US = 60_000;

/**
 * A card loses its cache while it has nothing to do, so that no command fails and tells of it: pages are written and
 * answered, not flushed; then the card initialises itself anew. What follows, a flush or only a clearing pass, is
 * answered well, and what was lost is nowhere written again.
 */
export function generateLostCacheScenario(seed: number, options: GeneratorOptions): Scenario {
  const draw = new Draw(seed, SALT);
  const actions: Action[] = [];
  let atUs = 0;
  for (let rounds = 1 + draw.below(2); rounds > 0; rounds--) {
    for (let stores = 1 + draw.below(4); stores > 0; stores--) {
      actions.push(action(atUs, ACTION_STORE, draw.below(PAGES), 0, draw.below(2)));
      atUs += draw.below(800);
    }
    actions.push(action(atUs, ACTION_SYNC, 0, 0, 0, SYNC_WITHOUT_FLUSH));
    atUs += WRITTEN_US / 2 + draw.below(WRITTEN_US);
    const pick = draw.below(1 << 20);
    actions.push(action(atUs, ACTION_CARD, draw.below(2), pick, 0, HAPPENS_REINITIALISES));
    atUs += draw.below(2000);
    if (draw.percent(50)) actions.push(action(atUs, ACTION_SYNC, 0, 0, 0, SYNC_WITH_FLUSH));
    if (draw.percent(50)) actions.push(action(atUs, ACTION_READ, draw.below(PAGES)));
    atUs += draw.below(QUIET_US);
  }
  return {
    ...generatedSettings(options, draw),
    boots: [{ actions, end: { topology: END_POWER, atUs: atUs + 10_000, pick: 0 } }],
    // Some clear soon, others so late that only a flush can have promised anything.
    epochMs: draw.percent(50) ? 40 : 4 + draw.below(20),
    writeBackUs: 150_000,
    syncKinds: [SYNC_DIRTY_ONLY],
    options: memberOptions(options.more),
  };
}
