import { describe, expect, it } from "vitest";
import * as layout from "../../assembly/layout.js";
import { otherUses, replaceSeeded, seededBugs } from "./seeded-calls.js";
import { builtModule, compileRelease, RELEASE } from "./shipped.js";

describe("seeded bugs", () => {
  it("are absent from production: without any switch in the sources the binary is the same, byte for byte", async () => {
    const without = await compileRelease((_, text) => replaceSeeded(text, () => false));
    expect(Buffer.compare(without, builtModule(RELEASE))).toBe(0);
  });

  it("would be noticed there: one switch that is on changes the binary", async () => {
    const [first] = seededBugs();
    const withBug = await compileRelease((_, text) =>
      replaceSeeded(text, (bug) => (bug === first ? true : undefined)),
    );
    expect(Buffer.compare(withBug, builtModule(RELEASE))).not.toBe(0);
  });

  it("are switched by literal calls only, so that the proof sees all of them", () => {
    expect(otherUses()).toEqual([]);
  });

  it("each have a switch in the driver, and each switch a number in layout.ts", () => {
    const numbered = Object.keys(layout).filter((name) => name.startsWith("BUG_") && name !== "BUG_NONE");
    expect(seededBugs().toSorted()).toEqual(numbered.toSorted());
  });
});
