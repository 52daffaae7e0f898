import { describe, expect, it } from "vitest";
import { Campaign } from "../../host/campaign/campaign.js";
import { TINY } from "../../host/campaign/world/scenario.js";
import { killSeededBug } from "../../host/campaign/bug-hunt.js";
import { SEEDED_BUGS } from "../../host/campaign/seeded-bugs.js";
import { readDriver } from "../../host/mirror/driver-binary.js";

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
];

describe("seeded bugs that die in a moment", () => {
  const campaign = new Campaign(readDriver("rig"), TINY);

  it.each(SEEDED_BUGS.filter(({ name }) => QUICK.includes(name)))(
    "$name, by the check of $check",
    (entry) => {
      expect(killSeededBug(campaign, entry).violation?.promises).toContain(entry.check);
    },
  );

  it("are on the list", () => {
    const names = SEEDED_BUGS.map(({ name }) => name);
    expect(QUICK.filter((name) => !names.includes(name))).toEqual([]);
  });
});
