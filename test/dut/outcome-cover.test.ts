import { describe, expect, it } from "vitest";
import { coveredOutcomes, outcomesOf } from "../../host/dut/outcome-cover.js";
import type { CrashAxis } from "../../host/sdcard-emulator/crash-space.js";

function axes(...options: readonly number[]): CrashAxis[] {
  return options.map((count, sector) => ({
    sector,
    options: Array.from({ length: count }, (_, i) => ({ sectors: [sector], contents: [i + 2] })),
  }));
}

function tried(space: CrashAxis[], most: number, seed = 1): string[] {
  const newest = space.map(({ options }) => options.length - 1);
  return Array.from(coveredOutcomes(space, newest, most, seed), (choice) => choice.join(""));
}

describe("the outcomes of a cut", () => {
  it("are all tried, once each, up to the bound", () => {
    const choices = tried(axes(2, 3, 2), 12);
    expect([outcomesOf(axes(2, 3, 2)), choices.length, new Set(choices).size]).toEqual([12, 12, 12]);
  });

  it("of a cut that leaves nothing open are one", () => {
    expect([outcomesOf([]), tried([], 5)]).toEqual([1, [""]]);
  });

  it("above the bound begin with nothing, everything, one lost, one kept, and are never tried twice", () => {
    const space = axes(...Array.from({ length: 20 }, () => 2));
    const choices = tried(space, 300);
    expect([outcomesOf(space), choices.length, new Set(choices).size]).toEqual([2 ** 20, 300, 300]);
    expect(choices.slice(0, 2)).toEqual(["0".repeat(20), "1".repeat(20)]);
    const singles = choices.slice(2, 42).map((choice) => choice.split("1").length - 1);
    expect(singles.filter((ones) => ones === 19)).toHaveLength(20);
    expect(singles.filter((ones) => ones === 1)).toHaveLength(20);
    expect(tried(space, 300)).toEqual(choices);
    expect(tried(space, 500, 2)).not.toEqual(tried(space, 500, 3));
  });
});
