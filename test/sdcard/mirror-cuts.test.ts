/** A few cuts of the mirror over SPI cards; the long suite has hundreds. */
import { expect, it } from "vitest";
import { cutMirror } from "./mirror-cuts.js";

it.each([1, 2] as const)("the mirror on %i buses keeps its promises where it is cut", (buses) => {
  for (const [cut, cardClass] of ["mlc", "tlc-cached", "slow-settle"].entries()) {
    const report = cutMirror({ buses, cardClass, seed: 1 }, 40_011 + 30_007 * cut);
    expect(report.cut).toBe(true);
    expect(report.marked).toBeGreaterThan(0);
  }
});

// After it a read of the mirror ended right before an unreadable sector: the flush that came next lost both members.
it("the mirror keeps its promises where a card met a bad sector reading ahead", () => {
  expect(cutMirror({ buses: 1, cardClass: "slow-settle", seed: 5 }, 340_764).cut).toBe(true);
});
