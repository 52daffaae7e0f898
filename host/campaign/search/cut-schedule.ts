import { avalanche } from "../../sdcard-emulator/open-addressing.js";

/** At which moments of a scenario, one after each event of a boot, the power is cut; "depth" cuts recoveries again. */
export type CutSchedule =
  | { readonly kind: "none" | "log" | "every" }
  /** These. */
  | { readonly kind: "at"; readonly moments: readonly number[] }
  /** Every so many moments; of so many moments one, drawn; so many cuts in a row, 1 or 2. */
  | { readonly kind: "linear" | "random" | "depth"; readonly n: number };

/** Depth of the longest chain of cuts that the search knows: one during the recovery from another. */
export const DEPTH_MAX = 2;

/**
 * Whether the power is cut at a moment.
 * @param moment counts the moments of a boot, from 0
 * @param seed of the draw
 */
export function isDue(schedule: CutSchedule, moment: number, seed: number): boolean {
  switch (schedule.kind) {
    case "none":
      return false;
    case "every":
    case "depth":
      return true;
    case "log":
      // 0, 1, 2, 4, 8, ...: dense where a boot assembles, thin after it.
      return (moment & (moment - 1)) === 0;
    case "at":
      return schedule.moments.includes(moment);
    case "linear":
      return moment % schedule.n === 0;
    case "random":
      return (avalanche(avalanche(seed) ^ Math.imul(moment + 1, 0x9e3779b1)) >>> 0) % schedule.n === 0;
  }
}

/** As it is given to --schedule. */
export function scheduleText(schedule: CutSchedule): string {
  if (schedule.kind === "at") return `at:${schedule.moments.join(".")}`;
  return "n" in schedule ? `${schedule.kind}:${schedule.n}` : schedule.kind;
}
