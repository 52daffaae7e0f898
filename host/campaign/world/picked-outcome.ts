import type { SdCard } from "../../sdcard-emulator/card.js";

/** The crash outcome that a boot's end names: for each axis, one option. */
export function pickOutcome(card: SdCard, pick: number): number[] {
  let state = pick >>> 0;
  return card.crashSpace().map((axis) => {
    state = Math.imul(state, 0x9e3779b1) + 0x7f4a7c15;
    return (state >>> 8) % axis.options.length;
  });
}
