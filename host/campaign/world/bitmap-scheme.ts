import { BITMAP_SERIAL, OPTION_BITMAP_SCHEME } from "../../../assembly/layout.js";
import type { WorldSettings } from "./scenario.js";

/** BITMAP_... with which a world's array was formatted: an option of the driver that only format looks at. */
export function bitmapScheme(settings: Pick<WorldSettings, "options">): number {
  return new Map(settings.options).get(OPTION_BITMAP_SCHEME) ?? BITMAP_SERIAL;
}
