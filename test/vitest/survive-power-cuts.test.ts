import { describe, expect, it } from "vitest";
// oxlint-disable-next-line no-unassigned-import -- importing it is how the matcher is added
import "../../host/vitest/index.js";
import { adapterUnderTest } from "../../host/dut/adapter-dut.js";
import { journal } from "../../examples/redo-journal/journal.mjs";
import { counterOnTwoCards } from "../dut/two-card-log.js";

/** The message of what an assertion throws. */
async function messageOf(assertion: Promise<unknown>): Promise<string> {
  return assertion.then(
    () => "",
    (error: Error) => error.message,
  );
}

describe("toSurvivePowerCuts", () => {
  it("holds for an adapter, or a device, that keeps its promises", async () => {
    const adapter = counterOnTwoCards({ careful: true });
    await expect(adapter).toSurvivePowerCuts();
    await expect(adapterUnderTest(adapter)).toSurvivePowerCuts({ profile: "mlc", cuts: { linear: 5 } });
  });

  it("fails for one that does not, and tells its smallest case", async () => {
    const message = await messageOf(
      expect(counterOnTwoCards({ careful: false })).toSurvivePowerCuts({ profile: "tlc-cached" }),
    );
    expect(message).toMatch(/^hasty counter on cards of class tlc-cached does not survive \d+ of \d+ states/);
    expect(message).toContain('The firmware says "count 1".');
    expect(message).toContain("The check: it promised 1 and counts 0");
    expect(message).toMatch(/case wl1:[a-z0-9:.]+$/);
  });

  it("can be turned round, and says then what survived", async () => {
    await expect(counterOnTwoCards({ careful: false })).not.toSurvivePowerCuts();
    const message = await messageOf(
      expect(counterOnTwoCards({ careful: true })).not.toSurvivePowerCuts({ outcomesPerCut: 2 }),
    );
    expect(message).toMatch(
      /careful counter .* survived: \d+ states after all \d+ cuts with \d+ of \d+ outcomes \(bounded\)/,
    );
  });

  it("cuts recoveries when asked to, and says of how many outcomes how many were tried", async () => {
    const options = { depth: 2, cuts: { linear: 4 } } as const;
    const message = await messageOf(expect(journal({ careful: true })).not.toSurvivePowerCuts(options));
    expect(message).toMatch(
      /survived: \d+ states after 4 of \d+ cuts \(bounded\) with all \d+ outcomes, and \d+ of cut recoveries with all \d+ outcomes$/,
    );
    await expect(journal({ careful: false })).not.toSurvivePowerCuts({ depth: 2 });
  });

  it("fails either way when nothing is proven, or nothing can be tortured", async () => {
    const idle = counterOnTwoCards({ careful: true, workload: 0 });
    await expect(messageOf(expect(idle).toSurvivePowerCuts())).resolves.toContain("nothing was written");
    await expect(messageOf(expect(idle).not.toSurvivePowerCuts())).resolves.toContain("proves nothing");
    await expect(messageOf(expect(42).toSurvivePowerCuts())).resolves.toContain("is for a device under test");
  });
});
