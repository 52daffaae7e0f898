import { describe, expect, it } from "vitest";
import { BUG_NONE } from "../../../assembly/layout.js";
import { CleanArrays } from "../../../host/campaign/world/clean-arrays.js";
import { BugHunt, killSeededBug } from "../../../host/campaign/bugs/bug-hunt.js";
import { SEEDED_BUGS } from "../../../host/campaign/bugs/seeded-bugs.js";
import { readDriver } from "../../../host/mirror/driver-binary.js";

/** One bug for each promise that a check watches; the whole list is a long campaign. */
const QUICK = [
  "mark-after-data",
  "early-acknowledge",
  "answer-before-write-back",
  "source-changes",
  "mark-everything",
  "settle-ignored-for-marks",
  "span-marks-first-region",
  "record-from-live-bits",
  "hard-cap",
  "first-write-unzeroed",
  "slots-formatted-equal",
  "reinitialisation-unnoticed",
  "repair-without-mark",
  "rewrite-from-callers-buffer",
];
/** Worlds without the bug: more than any of these hunts needs with it. */
const WORLDS = 12;

describe("seeded bugs that die in a moment", () => {
  const binary = readDriver("rig");
  const arrays = new CleanArrays(binary);

  it.each(SEEDED_BUGS.filter(({ name }) => QUICK.includes(name)))(
    "$name, by the check of $check",
    (entry) => {
      expect(killSeededBug(binary, arrays, entry).violation?.promises).toContain(entry.check);
    },
  );

  it.each(
    SEEDED_BUGS.filter(({ name, generate, settings }) => QUICK.includes(name) && (generate ?? settings)),
  )("$name: the same worlds without it break nothing", (entry) => {
    expect(new BugHunt(binary, arrays, entry).survey(BUG_NONE, WORLDS).violations).toEqual([]);
  });

  it("are on the list", () => {
    const names = SEEDED_BUGS.map(({ name }) => name);
    expect(QUICK.filter((name) => !names.includes(name))).toEqual([]);
  });
});
