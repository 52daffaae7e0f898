import { describe, expect, it } from "vitest";
import { fillSections, specTexts } from "../../scripts/generate-spec.mjs";
import { seededBugsTexts } from "../../scripts/seeded-bugs-page.mjs";
import { family, layoutConstants, valueOf } from "../../scripts/layout-comments.mjs";
import * as layout from "../../assembly/layout.js";

const section = (name: string): string => `a\n<!-- generated: ${name} -->\nold\n<!-- end -->\nb`;

describe("SPEC.md", () => {
  it("says what the code says: npm run spec", async () => {
    const { present, wanted } = await specTexts();
    expect(present).toBe(wanted);
  });

  it("is made of every constant of the layout, with its value", async () => {
    const constants = await layoutConstants();
    expect(Object.fromEntries(constants.map(({ name, value }) => [name, value]))).toEqual({ ...layout });
    expect(valueOf(constants, "SECTOR_BYTES")).toBe(512);
    expect(() => valueOf(constants, "SECTOR_SIZE")).toThrow("has no constant SECTOR_SIZE");
    expect(family(constants, "STATUS_").every(({ meaning }) => meaning !== "")).toBe(true);
  });

  it("has a section for every table and a table for every section", () => {
    const made = fillSections(section("one"), new Map([["one", "new"]]));
    expect(made).toBe("a\n<!-- generated: one -->\n\nnew\n\n<!-- end -->\nb");
    expect(fillSections(made, new Map([["one", "new"]]))).toBe(made);
    expect(() => fillSections(section("two"), new Map())).toThrow('no table is made for the section "two"');
    expect(() => fillSections("", new Map([["one", "new"]]))).toThrow("has no section for: one");
  });
});

describe("docs/seeded-bugs.md", () => {
  it("says which checks catch which bugs alone, as recorded: npm run spec", async () => {
    const { present, wanted } = await seededBugsTexts();
    expect(present).toBe(wanted);
    expect(present).toMatch(/^\| `mark-after-data` +\| \*\*x\*\* +\| +\| x +\|/m);
  });
});
