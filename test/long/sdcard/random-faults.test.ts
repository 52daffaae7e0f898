/** Three hundred worlds of random faults. */
import { expect, it } from "vitest";
import { playManyFaults } from "../../sdcard/random-faults.js";

it("answers everything whatever the cards do", () => {
  const sum = playManyFaults(300);
  console.log(JSON.stringify(sum));
  expect(sum.unequal).toBe(0);
  expect(sum.compared).toBeGreaterThan(100);
  expect(sum.comparedSectors).toBeGreaterThan(10_000);
  expect(sum.refusals).toBeGreaterThan(500);
  expect(sum.added).toBeGreaterThan(500);
});
