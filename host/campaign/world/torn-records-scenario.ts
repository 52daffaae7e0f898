import { action } from "./action.js";
import { Draw } from "./draw.js";
import { generatedSettings } from "./generated-settings.js";
import { memberOptions } from "./member-scenario.js";
import type { GeneratorOptions } from "./scenario-generator.js";
import { ACTION_DISCARD, ACTION_FUA, END_POWER, type Action, type Boot, type Scenario } from "./scenario.js";

const SALT = 0x70a2;
const SECTORS = 8;
const REGION_SECTORS = 2;
const REGIONS = SECTORS / REGION_SECTORS;
/** Everything written is proven and unmarked by then, most of the time: nothing is to be resynchronised. */
const PROVEN_US = 60_000;
/** A discard, that is two records on both cards, takes so long at most. */
const DISCARD_US = 6000;

/**
 * Regions are discarded, and nothing else goes on. The power is cut in a record of the last discard, and cut again in what
 * the next boot writes, so that both slots of one card may be torn; then that card is booted alone.
 */
export function generateTornRecordsScenario(seed: number, options: GeneratorOptions): Scenario {
  const draw = new Draw(seed, SALT);
  const actions: Action[] = [action(0, ACTION_FUA, 0, 0, 0, SECTORS)];
  let atUs = PROVEN_US;
  for (let discards = 2 + draw.below(2); discards > 0; discards--) {
    actions.push(action(atUs, ACTION_DISCARD, REGION_SECTORS * draw.below(REGIONS), 0, 0, REGION_SECTORS));
    atUs += DISCARD_US;
  }
  const endUs = atUs - draw.below(DISCARD_US);
  const end = { topology: END_POWER, atUs: endUs, pick: draw.below(1 << 30) };
  const last: Boot = { actions: [], end: { topology: END_POWER, atUs: DISCARD_US, pick: 0 } };
  return {
    ...generatedSettings(options, draw),
    boots: [{ actions, end }, last],
    epochMs: 2 + draw.below(4),
    options: memberOptions(options.more),
  };
}
