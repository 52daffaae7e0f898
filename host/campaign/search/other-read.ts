import { UNREADABLE } from "../../sdcard-emulator/sector-contents.js";
import type { Recovered } from "./recovery.js";

/** The data sectors of one recovery, and what each read of them returned. */
export type ReadValues = Pick<Recovered, "sectors" | "values">;

/** The first sector of which two recoveries read different bytes, or only one of them any; -1 if there is none. */
export function firstOtherRead(after: ReadValues, before: ReadValues): number {
  const at = after.values.findIndex((value, i) => value !== before.values[i]);
  return at < 0 ? -1 : after.sectors[at]!;
}

/**
 * The same, where a read error of either says nothing: while a member is rebuilt only its source is read, and what that
 * cannot read comes from the other card as soon as both are in sync.
 */
export function firstOtherBytes(after: ReadValues, before: ReadValues): number {
  const at = after.values.findIndex(
    (value, i) => value !== before.values[i] && value !== UNREADABLE && before.values[i] !== UNREADABLE,
  );
  return at < 0 ? -1 : after.sectors[at]!;
}

/**
 * The same for two cards after one of them ran alone: what it read must be read again. What it could not read may still
 * be read from the other card, and then as it was before.
 * @param both what both cards read before; nothing if they were refused
 */
export function firstOtherThanLone(after: ReadValues, lone: ReadValues, both: ReadValues): number {
  const at = after.values.findIndex((value, i) => {
    if (value === lone.values[i]) return false;
    const before = both.values[i] ?? UNREADABLE;
    return lone.values[i] !== UNREADABLE || (before !== UNREADABLE && value !== before);
  });
  return at < 0 ? -1 : after.sectors[at]!;
}
