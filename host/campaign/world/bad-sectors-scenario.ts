import { SCRUB_REPAIR } from "../../../assembly/layout.js";
import { SYNC_DIRTY_ONLY, SYNC_WITH_FLUSH } from "../../page-cache/whole-sync.js";
import { action } from "./action.js";
import { Draw } from "./draw.js";
import { generatedSettings } from "./generated-settings.js";
import type { GeneratorOptions } from "./scenario-generator.js";
import {
  ACTION_CARD,
  ACTION_FORGET,
  ACTION_READ,
  ACTION_SCRUB,
  ACTION_STORE,
  ACTION_SYNC,
  END_POWER,
  HAPPENS_SPOILS,
  type Action,
  type Boot,
  type Scenario,
} from "./scenario.js";

const SALT = 0xbad5;
const PAGES = 8;
/** Until everything written is proven, most of the time. */
const PROVEN_US = 40_000;

/**
 * Sectors of one card or the other go bad when their regions are clean, and reads or a scrub come upon them while a few
 * writes go on: the driver mends what it could not read by a write of its own, which is cut as well.
 */
export function generateBadSectorsScenario(seed: number, options: GeneratorOptions): Scenario {
  const draw = new Draw(seed, SALT);
  const boots = Array.from({ length: 1 + draw.below(2) }, () => generateBoot(draw));
  return {
    ...generatedSettings(options, draw),
    boots,
    epochMs: 1 + draw.below(6),
    writeBackUs: 1000 * (1 + draw.below(8)),
    syncKinds: [SYNC_DIRTY_ONLY],
  };
}

function generateBoot(draw: Draw): Boot {
  const actions: Action[] = [];
  let atUs = 0;
  const write = (): void => {
    actions.push(action(atUs, ACTION_STORE, draw.below(PAGES), 0, draw.below(2)));
    atUs += draw.below(1000);
  };
  for (let stores = 1 + draw.below(4); stores > 0; stores--) write();
  actions.push(action(atUs, ACTION_SYNC, 0, 0, 0, SYNC_WITH_FLUSH));
  atUs += draw.below(PROVEN_US);
  for (let sectors = 1 + draw.below(3); sectors > 0; sectors--) {
    const page = draw.below(PAGES);
    actions.push(action(atUs, ACTION_CARD, draw.below(2), page, 0, HAPPENS_SPOILS));
    if (draw.percent(30)) write();
    if (draw.percent(40)) actions.push(action(atUs, ACTION_SCRUB, 0, 0, 0, SCRUB_REPAIR));
    else actions.push(action(atUs, ACTION_FORGET, page), action(atUs, ACTION_READ, page));
    atUs += draw.below(8000);
  }
  const endUs = atUs + 4000 + draw.below(8000);
  return { actions, end: { topology: END_POWER, atUs: endUs, pick: draw.below(1 << 30) } };
}
