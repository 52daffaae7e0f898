import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { decodeCase, encodeCase } from "../../../host/campaign/case/case-id.js";
import { mailFacts } from "../../../host/campaign/case/mail-facts.js";
import { replayCase } from "../../../host/campaign/case/replay.js";
import { storyOf } from "../../../host/campaign/case/story.js";
import {
  enumerateShort,
  type ShortEnumerationOptions,
} from "../../../host/campaign/short/short-enumeration.js";
import {
  isCanonicalNext,
  operationsText,
  sequenceCounts,
  SHORT_OPERATIONS,
  type ShortOperation,
} from "../../../host/campaign/short/short-operation.js";
import { shortFamily } from "../../../host/campaign/short/short-workload.js";
import { CleanArrays } from "../../../host/campaign/world/clean-arrays.js";
import { readDriver } from "../../../host/mirror/driver-binary.js";
import { ROOT } from "../../../scripts/repository.mjs";
import { policyNamed } from "../policies.js";

const binary = readDriver("rig");
const arrays = new CleanArrays(binary);

const options = (change: Partial<ShortEnumerationOptions>): ShortEnumerationOptions => ({
  binary,
  arrays,
  policy: policyNamed("immediate"),
  length: 2,
  profiles: ["mlc", "mlc"],
  bail: 1,
  ...change,
});

/** Every sequence, as text with its regions renamed in the order in which they come. */
function renamed(operations: readonly ShortOperation[]): string {
  const names: number[] = [];
  return operations
    .map(({ kind, region }) => {
      if (region < 0) return kind;
      if (!names.includes(region)) names.push(region);
      return `${kind} ${names.indexOf(region)}`;
    })
    .join(",");
}

function sequences(length: number): ShortOperation[][] {
  if (length === 0) return [[]];
  return sequences(length - 1).flatMap((before) => SHORT_OPERATIONS.map((next) => [...before, next]));
}

describe("sequences of operations", () => {
  it.each([1, 2, 3])("of length %i are counted as they are, and each is run under one name", (length) => {
    const all = sequences(length);
    const classes = new Set(all.map(renamed));
    const canonical = all.filter((operations) =>
      operations.every((next, i) => isCanonicalNext(operations.slice(0, i), next)),
    );
    expect(sequenceCounts(length)).toEqual({ all: all.length, canonical: classes.size });
    expect(new Set(canonical.map(renamed))).toEqual(classes);
    expect(canonical).toHaveLength(classes.size);
  });
});

describe("the enumeration of short workloads", () => {
  const found = enumerateShort(options({}));

  it("finds the mail's eight steps as the shortest failing case of immediate", () => {
    const { levels, first } = found;
    expect(operationsText(first!.operations)).toBe("write 0, write 0");
    // All that is shorter was tried, and held.
    expect(levels.map(({ length }) => length)).toEqual([1, 2]);
    expect(levels[0]).toMatchObject({ canonical: 6, enumerated: 6, broken: 0 });
    const replayed = replayCase(binary, first!.failing);
    expect(replayed.ending).toBe("broken");
    const facts = mailFacts(replayed)!;
    const [a, b] = facts.cards;
    expect(facts.store).not.toBeNull();
    expect(Math.min(a.taken.timeUs, b.taken.timeUs)).toBeLessThanOrEqual(facts.store!.timeUs);
    expect(Math.max(a.taken.timeUs, b.taken.timeUs)).toBeGreaterThanOrEqual(facts.store!.timeUs);
    expect(a.keptContent).not.toBe(b.keptContent);
    const story = storyOf(replayed);
    expect(story).toMatch(/^1\. .* turns off the dirty flag of page 0 and begins to write its buffer to$/m);
    expect(story).toMatch(/^2\. .* A thread stores new into the buffer while it is being written\./m);
    expect(story).toContain("3. The store turns the dirty flag of page 0 on again");
    expect(story).toMatch(/^4\. Card A ends the write .* card B/m);
    expect(story).toMatch(/^5\. .* Before page 0 is written again, the power of both cards fails: card/m);
    expect(story).toMatch(/^6\. After the boot the newest record is .* the bit of region 0 is off/m);
    expect(story).toMatch(/^7\. A read of sector 0 returns \w+ \(from card A\)/m);
    expect(story).toMatch(/^8\. A later read of the same sector returns \w+ \(from card B\)/m);
  });

  it("names it by an id that reproduces alone", () => {
    const id = encodeCase(found.first!.failing);
    expect(decodeCase(id)).toEqual(found.first!.failing);
    expect(replayCase(binary, decodeCase(id)).violation?.promises).toEqual(["P1", "P3"]);
  });

  it("needs no scenario made by hand and no generator", () => {
    const directory = path.join(ROOT, "host/campaign/short");
    for (const file of readdirSync(directory)) {
      const imports = readFileSync(path.join(directory, file), "utf8").match(/^import (?!type).*$/gm) ?? [];
      for (const line of imports) expect(line).not.toMatch(/mail-|generate|prng|draw\.js/);
    }
  });

  it("gives the same again", () => {
    expect(enumerateShort(options({})).levels).toEqual(found.levels);
  });

  it("is survived by sync-gated up to two operations", () => {
    const { levels, report, first } = enumerateShort(options({ policy: policyNamed("sync-gated") }));
    expect(first).toBeNull();
    expect(report.vacuous(true)).toEqual([]);
    expect(levels[1]).toMatchObject({ sequences: 121, canonical: 61, enumerated: 61, broken: 0 });
    expect(levels[1]!.distinctRuns).toBeGreaterThan(150);
    expect(report.pairs).toBe(report.possible);
  });

  it("finds the mail's first hole under sync-gated in two operations: a flag set late", () => {
    const holes = { lateFlag: true, forgotten: false };
    const { first } = enumerateShort(options({ policy: policyNamed("sync-gated"), holes }));
    expect(first?.violation.promises).toEqual(["P1", "P3"]);
    expect(first?.operations).toHaveLength(2);
  });
});

describe("the workload short", () => {
  it("is named by its length", () => {
    expect(shortFamily.make("").name).toBe("short:2");
    expect(shortFamily.make("3").name).toBe("short:3");
    for (const wrong of ["0", "4", "x", "2:1"]) {
      expect(() => shortFamily.make(wrong)).toThrow(
        `workload short: "${wrong}" is no length: give a number from 1 to 3`,
      );
    }
  });

  it("reports every broken promise, not only the first", async () => {
    const report = await shortFamily.make("1").run(policyNamed("immediate"), {
      binary,
      arrays,
      seed: 0,
      profiles: ["tlc-cached", "tlc-cached"],
    });
    expect(report.broken.P1).toBeGreaterThan(1);
  });
});
