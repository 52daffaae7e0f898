import { describe, expect, it } from "vitest";
import { BUGS, BUG_NONE } from "../../../assembly/layout.js";
import { CleanArrays } from "../../../host/campaign/world/clean-arrays.js";
import { BugHunt, killSeededBug } from "../../../host/campaign/bugs/bug-hunt.js";
import { HIDDEN_BUGS } from "../../../host/campaign/bugs/hidden-bugs.js";
import { SEEDED_BUGS } from "../../../host/campaign/bugs/seeded-bugs.js";
import { MEMBER_PROFILES } from "../../../host/campaign/member-campaign.js";
import { readDriver } from "../../../host/mirror/driver-binary.js";

describe("seeded bugs", () => {
  const binary = readDriver("rig");
  const arrays = new CleanArrays(binary);

  it("are all accounted for", () => {
    const known = [...SEEDED_BUGS, ...HIDDEN_BUGS].map(({ bug }) => bug);
    const all = Array.from({ length: BUGS }, (_, bug) => bug).filter((bug) => bug !== BUG_NONE);
    expect(known.toSorted((a, b) => a - b)).toEqual(all);
  });

  it.each(SEEDED_BUGS)("$name is caught by the check of $check", (entry) => {
    const kill = killSeededBug(binary, arrays, entry);
    expect(kill.violation?.promises ?? `alive after ${kill.seeds} worlds`).toContain(entry.check);
  });

  it.each(SEEDED_BUGS.filter(({ seedsMax }) => seedsMax <= 60))(
    "without $name the same worlds break nothing",
    (entry) => {
      const { violations } = new BugHunt(binary, arrays, entry).withoutBug(entry.seedsMax);
      expect(violations).toEqual([]);
    },
  );

  it.each(HIDDEN_BUGS.filter(({ verdict }) => verdict === "impossible"))(
    "$name breaks nothing, as is claimed",
    ({ bug, name, reason: mistake }) => {
      for (const profile of MEMBER_PROFILES) {
        const entry = { bug, name, mistake, check: "P1", profile, seedsMax: 40, members: {} } as const;
        expect(killSeededBug(binary, arrays, entry).report.violations).toEqual([]);
      }
    },
  );
});
