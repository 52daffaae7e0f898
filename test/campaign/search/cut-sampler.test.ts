import { describe, expect, it } from "vitest";
import { CutSampler } from "../../../host/campaign/search/cut-sampler.js";

const STEPS = 20_000;

/** Steps at which a run of STEPS steps is cut; a card is busy at those for which `busy` says so. */
function cuts(budget: number, seed: number, busy: (step: number) => boolean): number[] {
  const sampler = new CutSampler(budget, seed);
  const found: number[] = [];
  for (let step = 0; step <= STEPS; step++) if (sampler.due(step / STEPS, busy(step))) found.push(step);
  return found;
}

const busy = (step: number): boolean => step % 7 === 0;
/** The last step of one of ten stretches of the run. */
const endsStretch = (step: number): boolean => step % (STEPS / 10) === 0;

describe("the cut sampler", () => {
  it("makes as many cuts as it was given, one in each stretch of the run", () => {
    for (const seed of [1, 2, 3]) {
      const found = cuts(40, seed, () => true);
      expect(found).toHaveLength(40);
      const jitter = 96; // a cut may wait into the next stretch by its delay
      found.forEach((step, i) => {
        expect(step).toBeGreaterThanOrEqual((STEPS / 40) * i);
        expect(step).toBeLessThanOrEqual((STEPS / 40) * (i + 1) + jitter);
      });
    }
  });

  it("cuts where a card is at work if there is such a step", () => {
    expect(cuts(10, 5, busy).filter((step) => !busy(step) && !endsStretch(step))).toEqual([]);
    expect(cuts(10, 5, busy).filter(busy).length).toBeGreaterThan(6);
  });

  it("makes its cuts also in a run in which no card ever works", () => {
    expect(cuts(16, 9, () => false)).toHaveLength(16);
  });

  it("depends on its seed alone", () => {
    expect(cuts(20, 7, () => true)).toEqual(cuts(20, 7, () => true));
    expect(cuts(20, 7, () => true)).not.toEqual(cuts(20, 8, () => true));
  });

  it("refuses a budget without cuts", () => {
    expect(() => new CutSampler(0, 1)).toThrow(
      "a budget of 0 cuts is impossible: give a whole number from 1",
    );
  });
});
