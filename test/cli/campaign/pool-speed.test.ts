import { expect, it } from "vitest";
import { rigUnit } from "../../../host/bench/rig-bench.js";
import { measurePools } from "../../../host/cli/campaign/pool-speed.js";

it("compares two workers with one on the same units, by turns, and their results", async () => {
  const units = [0, 1, 2].map((at) => rigUnit("tiny", 20, at));
  let now = 0;
  // Each look at the clock is one later: every run takes as long, whoever does it.
  const speed = await measurePools(units, 2, () => now++);
  expect(speed).toEqual({
    units: 3,
    rounds: [
      [1, 1],
      [1, 1],
    ],
    ratio: 1,
  });
});
