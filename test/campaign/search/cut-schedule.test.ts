import { describe, expect, it } from "vitest";
import { isDue, type CutSchedule } from "../../../host/campaign/search/cut-schedule.js";

const dueOf = (schedule: CutSchedule, moments: number, seed = 1): number[] =>
  Array.from({ length: moments }, (_, moment) => moment).filter((moment) => isDue(schedule, moment, seed));

describe("a schedule of cuts", () => {
  it("cuts at the moments that its name says", () => {
    expect(dueOf({ kind: "none" }, 100)).toEqual([]);
    expect(dueOf({ kind: "every" }, 4)).toEqual([0, 1, 2, 3]);
    expect(dueOf({ kind: "depth", n: 2 }, 3)).toEqual([0, 1, 2]);
    expect(dueOf({ kind: "log" }, 70)).toEqual([0, 1, 2, 4, 8, 16, 32, 64]);
    expect(dueOf({ kind: "at", moments: [7, 3, 200] }, 100)).toEqual([3, 7]);
    expect(dueOf({ kind: "linear", n: 25 }, 80)).toEqual([0, 25, 50, 75]);
  });

  it("draws one moment in so many, the same for the same seed", () => {
    const drawn = dueOf({ kind: "random", n: 10 }, 20_000);
    expect(drawn.length).toBeGreaterThan(1_800);
    expect(drawn.length).toBeLessThan(2_200);
    expect(dueOf({ kind: "random", n: 10 }, 20_000)).toEqual(drawn);
    expect(dueOf({ kind: "random", n: 10 }, 20_000, 2)).not.toEqual(drawn);
  });
});
