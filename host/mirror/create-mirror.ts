import { Mirror } from "./mirror.js";
import type { MirrorOptions } from "./mirror-options.js";
import { planMirror } from "./mirror-plan.js";

/**
 * Makes a mirror of two emulated cards, new ones or those that you give, and by default a new array on them, equal and
 * clean. When it throws, the cards are in no slot and can be used again.
 * @throws Error that names the option which is outside its limits
 * @throws MirrorError when the cards are too small for the regions, or with `format: "none"` no array that can run
 */
export async function createMirror(options: MirrorOptions = {}): Promise<Mirror> {
  const mirror = new Mirror(planMirror(options));
  await mirror.begin();
  return mirror;
}
