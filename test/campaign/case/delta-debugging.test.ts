import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { smallestFailing } from "../../../host/campaign/case/delta-debugging.js";

describe("delta debugging", () => {
  it("keeps exactly the items that the failure needs, in their order", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 60 }),
        fc.array(fc.nat(59), { maxLength: 5 }),
        (length, picks) => {
          const items = Array.from({ length }, (_, i) => i);
          const needed = new Set(picks.filter((item) => item < length));
          const part = smallestFailing(items, (some) => [...needed].every((item) => some.includes(item)));
          expect(part).toEqual(items.filter((item) => needed.has(item)));
        },
      ),
    );
  });

  it("finds a part from which nothing can be dropped, where several would do", () => {
    const part = smallestFailing(
      Array.from({ length: 40 }, (_, i) => i),
      hasTwoMultiplesOfThree,
    );
    expect(hasTwoMultiplesOfThree(part)).toBe(true);
    expect(part).toHaveLength(2);
  });

  it("asks about few parts of a long list", () => {
    let asked = 0;
    const items = Array.from({ length: 1024 }, (_, i) => i);
    smallestFailing(items, (part) => (asked++, part.includes(17) && part.includes(900)));
    expect(asked).toBeLessThan(120);
  });

  it("leaves the list alone when everything is needed or the answers have run out", () => {
    expect(smallestFailing([1, 2, 3], () => false)).toEqual([1, 2, 3]);
  });
});

function hasTwoMultiplesOfThree(part: readonly number[]): boolean {
  return part.filter((item) => item % 3 === 0).length >= 2;
}
