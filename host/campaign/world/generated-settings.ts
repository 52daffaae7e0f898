import { BUG_NONE } from "../../../assembly/layout.js";
import type { Draw } from "./draw.js";
import { PLAIN_SETTINGS } from "./plain-scenario.js";
import type { GeneratorOptions } from "./scenario-generator.js";
import type { Scenario } from "./scenario.js";

/**
 * What every generator takes from its options, and the timing of the cards, which it draws; the rest is plain until the
 * generator says otherwise.
 */
export function generatedSettings(options: GeneratorOptions, draw: Draw): Omit<Scenario, "boots"> {
  return {
    ...PLAIN_SETTINGS,
    policy: options.policy,
    profiles: options.profiles,
    timing: draw.below(1 << 16),
    bug: options.bug ?? BUG_NONE,
    ...(options.more === undefined ? {} : { options: options.more }),
  };
}
