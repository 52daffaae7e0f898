/** Proofs by compiling the driver from changed sources: in one process, as the first compilation of each takes seconds more. */
import { describe, expect, it } from "vitest";
import * as layout from "../../assembly/layout.js";
import { compileDriver } from "../../scripts/driver-compiler.mjs";
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

describe("allocation", () => {
  it.each(["no-allocation", "spi"])(
    "is reachable from no export of the driver, with the exports of %s",
    async (around) => {
      const { ok, diagnostics } = await compileDriver("no-allocation", { around });
      expect(diagnostics).toBe("");
      expect(ok).toBe(true);
    },
  );

  it("is found in the SPI driver too", async () => {
    let planted = 0;
    const { ok, diagnostics } = await compileDriver("no-allocation", {
      around: "spi",
      editSource: (file, text) =>
        file === "assembly/sdcard/registers.ts"
          ? text.replace(
              /(function address\(c: Card, sector: u32\): u32 \{)/,
              (head) => (planted++, `${head} new Array<u32>(4);`),
            )
          : text,
    });
    expect(planted).toBeGreaterThan(0);
    expect(ok).toBe(false);
    expect(diagnostics).toContain("the driver must not allocate");
  });

  it.each(["new Array<u32>(4)", "[key, 1]", '"option " + key.toString()'])(
    "is found by the same compilation: a planted %s",
    async (expression) => {
      let planted = 0;
      const { ok, diagnostics } = await compileDriver("no-allocation", {
        editSource: (file, text) =>
          file === "assembly/options.ts"
            ? text.replace(
                /(function option\(key: u32\): u32 \{)/,
                (head) => (planted++, `${head} ${expression};`),
              )
            : text,
      });
      expect(planted).toBeGreaterThan(0); // asc reads a file once for every file that imports it
      expect(ok).toBe(false);
      expect(diagnostics).toContain("the driver must not allocate");
    },
  );
});
