/** Random faults: the driver never traps, answers everything, and does nothing illegal on a bus. */
import { expect, it } from "vitest";
import { playFaults, playManyFaults } from "./random-faults.js";

it("answers everything whatever the cards do", () => {
  const sum = playManyFaults(12);
  expect(sum.answered).toBeGreaterThan(500);
  expect(sum.unequal).toBe(0);
  expect(sum.compared).toBeGreaterThanOrEqual(2);
  expect(sum.refusals).toBeGreaterThan(5);
  expect(sum.lost).toBeGreaterThan(5);
  expect(sum.added).toBeGreaterThan(5);
});

// A card that lost its power answers CMD13 with the idle bit, and a late R1 ends the burst: its second byte was left.
it("clocks out the whole response of a card that has lost its power", () => {
  expect(playFaults(112).answered).toBeGreaterThan(0);
});
