import { Mirror } from "./mirror.js";
import { planMirror, type MirrorOptions } from "./mirror-options.js";

/**
 * Makes a mirror of two new emulated cards and a new array on them, equal and clean.
 * @throws Error that names the option which is outside its limits
 * @throws MirrorError when the cards are too small for the regions
 */
export async function createMirror(options: MirrorOptions = {}): Promise<Mirror> {
  const mirror = new Mirror(planMirror(options));
  await mirror.format();
  return mirror;
}
