import { OPTION_START_DEGRADED } from "../../../assembly/layout.js";
import type { WorldSettings } from "./scenario.js";

/** Where one card may be assembled alone: every recovered state is tried with each card, not one of several. */
export function everyCardAlone({ options = [] }: Pick<WorldSettings, "options">): { loneEvery?: number } {
  const isLone = options.some(([option, value]) => option === OPTION_START_DEGRADED && value === 1);
  return isLone ? { loneEvery: 1 } : {};
}
