import { describe, expect, it } from "vitest";
import { coverOutcomes } from "../../host/dut/outcome-cover.js";
import type { CrashAxis } from "../../host/sdcard-emulator/crash-space.js";

function axes(...options: readonly number[]): CrashAxis[] {
  return options.map((count, sector) => ({
    sector,
    options: Array.from({ length: count }, (_, i) => ({ sectors: [sector], contents: [i + 2] })),
  }));
}

async function visited(
  space: CrashAxis[],
  most: number,
  seed = 1,
): Promise<{ choices: string[]; possible: number; tried: number }> {
  const choices: string[] = [];
  const newest = space.map(({ options }) => options.length - 1);
  const count = await coverOutcomes(space, newest, most, seed, async (choice) => {
    choices.push(choice.join(""));
    return Promise.resolve(true);
  });
  return { choices, ...count };
}

describe("the outcomes of a cut", () => {
  it("are all tried, once each, up to the bound", async () => {
    const { choices, possible, tried } = await visited(axes(2, 3, 2), 12);
    expect([possible, tried, new Set(choices).size]).toEqual([12, 12, 12]);
  });

  it("of a cut that leaves nothing open are one", async () => {
    expect(await visited([], 5)).toEqual({ choices: [""], possible: 1, tried: 1 });
  });

  it("above the bound begin with nothing, everything, one lost, one kept, and are never tried twice", async () => {
    const space = axes(...Array.from({ length: 20 }, () => 2));
    const { choices, possible, tried } = await visited(space, 300);
    expect([possible, tried, new Set(choices).size]).toEqual([2 ** 20, 300, 300]);
    expect(choices.slice(0, 2)).toEqual(["0".repeat(20), "1".repeat(20)]);
    const singles = choices.slice(2, 42).map((choice) => choice.split("1").length - 1);
    expect(singles.filter((ones) => ones === 19)).toHaveLength(20);
    expect(singles.filter((ones) => ones === 1)).toHaveLength(20);
    expect(await visited(space, 300)).toEqual({ choices, possible, tried });
    expect((await visited(space, 500, 2)).choices).not.toEqual((await visited(space, 500, 3)).choices);
  });

  it("end when the visitor has seen enough", async () => {
    const count = await coverOutcomes(axes(4, 4), [3, 3], 99, 1, async () => Promise.resolve(false));
    expect(count).toEqual({ possible: 16, tried: 1 });
  });
});
