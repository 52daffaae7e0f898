import { SYNC_DIRTY_ONLY, SYNC_WITHOUT_FLUSH } from "../../page-cache/whole-sync.js";
import { PIECES_PER_SECTOR } from "../../sdcard-emulator/sector-contents.js";
import { action } from "./action.js";
import { Draw } from "./draw.js";
import { generatedSettings } from "./generated-settings.js";
import type { GeneratorOptions } from "./scenario-generator.js";
import { ACTION_STORE, ACTION_SYNC, END_POWER, type Action, type Scenario } from "./scenario.js";

const SALT = 0x4e57;
const PAGES = 8;
/** Between two stores, at most: less than the two cards are apart when one of them stalls. */
const STORE_US = 120;

/**
 * A thread fills a page that is being written without a rest, for longer than a write and a second attempt at it take:
 * whoever sends the buffer to both cards sends two different things, however often.
 */
export function generateRestlessBufferScenario(seed: number, options: GeneratorOptions): Scenario {
  const draw = new Draw(seed, SALT);
  const page = draw.below(PAGES);
  const actions: Action[] = [action(0, ACTION_STORE, page)];
  let atUs = 200 + draw.below(1000);
  for (let writes = 1 + draw.below(4); writes > 0; writes--) {
    actions.push(action(atUs, ACTION_SYNC, 0, 0, 0, SYNC_WITHOUT_FLUSH));
    const untilUs = atUs + 1000 + draw.below(7000);
    for (; atUs < untilUs; atUs += 10 + draw.below(STORE_US)) {
      actions.push(action(atUs, ACTION_STORE, page, 0, draw.below(PIECES_PER_SECTOR)));
    }
  }
  return {
    ...generatedSettings(options, draw),
    boots: [{ actions, end: { topology: END_POWER, atUs: atUs + 20_000, pick: 0 } }],
    epochMs: 1 + draw.below(12),
    writeBackUs: 150_000,
    syncKinds: [SYNC_DIRTY_ONLY],
  };
}
