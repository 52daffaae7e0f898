/** Random faults: the driver never traps, answers everything, and does nothing illegal on a bus. */
import { expect, it } from "vitest";
import { playFaults } from "./random-faults.js";

it("answers everything whatever the cards do", () => {
  const sum = { answered: 0, failed: 0, lost: 0, added: 0, conflicts: 0, unequal: 0 };
  for (let seed = 1; seed <= 6; seed++) {
    const report = playFaults(seed);
    for (const key of Object.keys(sum) as (keyof typeof sum)[]) sum[key] += report[key];
  }
  expect(sum.answered).toBeGreaterThan(500);
  expect(sum.unequal).toBe(0);
  expect(sum.lost).toBeGreaterThan(5);
  expect(sum.added).toBeGreaterThan(5);
});
