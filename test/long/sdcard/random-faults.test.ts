/** A hundred and fifty worlds of random faults. */
import { expect, it } from "vitest";
import { playManyFaults } from "../../sdcard/random-faults.js";

it("answers everything whatever the cards do", () => {
  const sum = playManyFaults(150);
  console.log(JSON.stringify(sum));
  expect(sum.unequal).toBe(0);
  expect(sum.compared).toBeGreaterThan(50);
  expect(sum.comparedSectors).toBeGreaterThan(5000);
  expect(sum.refusals).toBeGreaterThan(250);
  expect(sum.added).toBeGreaterThan(250);
});
