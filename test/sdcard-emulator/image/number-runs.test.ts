import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { lengthOfRuns, readRuns, runsOf } from "../../../host/sdcard-emulator/image/number-runs.js";

const runsOfArray = (numbers: readonly number[]): number[] => runsOf(numbers.length, (i) => numbers[i]!);

describe("numbers in short", () => {
  it("take three numbers for what counts up and three for what stays the same", () => {
    expect(runsOfArray([4, 5, 6, 7, 0, 0, 0, -1])).toEqual([4, 1, 4, 0, 0, 3, -1, 0, 1]);
    expect(runsOfArray([])).toEqual([]);
  });

  it("are the same numbers again, whatever they are", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -2, max: 3 }), { maxLength: 60 }), (numbers) => {
        const runs = runsOfArray(numbers);
        const back: number[] = [];
        readRuns("x", runs, numbers.length, -2, 3, (i, value) => (back[i] = value));
        expect(back).toEqual(numbers);
        expect(lengthOfRuns(runs)).toBe(numbers.length);
      }),
    );
  });

  it.each([
    ["of another length", [0, 0, 3], "x has 3 numbers, and 4 belong there"],
    ["below the least", [-2, 1, 4], "x holds numbers outside -1 to 9"],
    ["above the most at their end", [7, 1, 4], "x holds numbers outside -1 to 9"],
    ["in a run without any", [0, 0, 4, 0, 0, 0], "x holds numbers outside -1 to 9"],
    ["in a run that goes by twos", [0, 2, 4], "x holds numbers outside -1 to 9"],
  ])("are refused %s, before any of them is set", (_, runs, message) => {
    const set: number[] = [];
    expect(() => readRuns("x", runs, 4, -1, 9, (i) => set.push(i))).toThrow(message);
    expect(set).toEqual([]);
  });
});
