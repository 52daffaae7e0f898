/** Random faults: the driver never traps, answers everything, and does nothing illegal on a bus. */
import { expect, it } from "vitest";
import { playManyFaults } from "./random-faults.js";

it("answers everything whatever the cards do", () => {
  const sum = playManyFaults(8);
  expect(sum.answered).toBeGreaterThan(500);
  expect(sum.unequal).toBe(0);
  expect(sum.compared).toBeGreaterThanOrEqual(2);
  expect(sum.refusals).toBeGreaterThan(5);
  expect(sum.lost).toBeGreaterThan(5);
  expect(sum.added).toBeGreaterThan(5);
});
