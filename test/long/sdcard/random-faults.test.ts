/** Three hundred worlds of random faults. */
import { expect, it } from "vitest";
import { playFaults } from "../../sdcard/random-faults.js";

it("answers everything whatever the cards do", () => {
  const sum = { answered: 0, failed: 0, lost: 0, added: 0, conflicts: 0, unequal: 0 };
  for (let seed = 1; seed <= 300; seed++) {
    const report = playFaults(seed);
    for (const key of Object.keys(sum) as (keyof typeof sum)[]) sum[key] += report[key];
  }
  console.log(JSON.stringify(sum));
  expect(sum.unequal).toBe(0);
  expect(sum.added).toBeGreaterThan(500);
});
