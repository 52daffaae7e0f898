import { SYNC_DIRTY_ONLY, SYNC_WITHOUT_FLUSH } from "../../page-cache/whole-sync.js";
import { action } from "./action.js";
import { Draw } from "./draw.js";
import { generatedSettings } from "./generated-settings.js";
import { memberOptions } from "./member-scenario.js";
import type { GeneratorOptions } from "./scenario-generator.js";
import {
  ACTION_FORGET,
  ACTION_READ,
  ACTION_STORE,
  ACTION_SYNC,
  END_POWER,
  type Action,
  type Boot,
  type Scenario,
} from "./scenario.js";

const SALT = 0x4e5d;
const PAGES = 8;
/** As long as the resync of a small array takes. */
const RESYNC_US = 25_000;

/**
 * Boots in turn that write a few pages and are cut in that, so that the cards differ, and boots that read the pages
 * again and again while they are resynchronised: what is read is fixed from then on, on both cards.
 */
export function generateResyncReadsScenario(seed: number, options: GeneratorOptions): Scenario {
  const draw = new Draw(seed, SALT);
  const first = draw.below(PAGES - 2);
  const pages = [first, first + 1, first + 2, draw.below(PAGES)];
  const boots = Array.from({ length: 1 + draw.below(2) }, () => [
    writes(draw, pages),
    reads(draw, pages),
  ]).flat();
  return {
    ...generatedSettings(options, draw),
    boots,
    epochMs: draw.percent(50) ? 40 : 4 + draw.below(20),
    writeBackUs: 150_000,
    syncKinds: [SYNC_DIRTY_ONLY],
    options: memberOptions(options.more),
  };
}

/** Some of what is written is on both cards, some on one. */
function writes(draw: Draw, pages: readonly number[]): Boot {
  const actions: Action[] = [];
  let atUs = 0;
  for (let rounds = 1 + draw.below(3); rounds > 0; rounds--) {
    for (const page of pages) {
      if (draw.percent(70)) actions.push(action(atUs, ACTION_STORE, page, 0, draw.below(2)));
    }
    atUs += draw.below(300);
    actions.push(action(atUs, ACTION_SYNC, 0, 0, 0, SYNC_WITHOUT_FLUSH));
    atUs += draw.below(9000);
  }
  const endUs = 8000 + atUs + draw.below(8000);
  return { actions, end: { topology: END_POWER, atUs: endUs, pick: draw.below(1 << 30) } };
}

function reads(draw: Draw, pages: readonly number[]): Boot {
  const actions: Action[] = [];
  let atUs = draw.below(3000);
  while (atUs < RESYNC_US) {
    const page = draw.one(pages);
    // Evicted, or it would be read from memory.
    actions.push(action(atUs, ACTION_FORGET, page), action(atUs, ACTION_READ, page));
    atUs += 200 + draw.below(1200);
  }
  const endUs = atUs + draw.below(20_000);
  return { actions, end: { topology: END_POWER, atUs: endUs, pick: draw.below(1 << 30) } };
}
