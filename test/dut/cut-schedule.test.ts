import { describe, expect, it } from "vitest";
import { cutsOf, type CutSchedule } from "../../host/dut/cut-schedule.js";

const cuts = (schedule: CutSchedule, moments: number, seed = 1): readonly number[] | null => {
  const chosen = cutsOf(schedule, moments, seed);
  return chosen === null ? null : [...chosen];
};

describe("the moments of a schedule", () => {
  it.each([
    ["every", 10, null],
    ["none", 10, []],
    ["log", 10, [0, 1, 2, 4, 8]],
    ["log", 1, [0]],
    [{ linear: 2 }, 10, [2, 7]],
    [{ linear: 10 }, 10, null],
    [{ at: [7, 0, 7] }, 8, [7, 0]],
  ] as const)("%j of %i moments", (schedule, moments, expected) => {
    expect(cuts(schedule, moments)).toEqual(expected);
  });

  it("drawn ones are distinct, in range, and the seed's", () => {
    const drawn = cuts({ random: 5 }, 9)!;
    expect(new Set(drawn).size).toBe(5);
    expect(Math.max(...drawn)).toBeLessThan(9);
    expect(cuts({ random: 5 }, 9)).toEqual(drawn);
    expect(cuts({ random: 5 }, 900, 2)).not.toEqual(cuts({ random: 5 }, 900, 3));
  });

  it.each([
    [{ linear: 0 }, "a schedule of 0 cuts is none"],
    [{ random: 1.5 }, "a schedule of 1.5 cuts is none"],
    [{ at: [8] }, "there is no moment 8 to cut at: this run has moments 0 to 7"],
    [{ at: [-1] }, "there is no moment -1"],
  ] as const)("%j is refused", (schedule, message) => {
    expect(() => cutsOf(schedule, 8, 1)).toThrow(message);
  });
});
