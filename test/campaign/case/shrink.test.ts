import { describe, expect, it } from "vitest";
import { BUG_EARLY_ACKNOWLEDGE, BUG_MARK_EVERYTHING } from "../../../assembly/layout.js";
import { encodeCase } from "../../../host/campaign/case/case-id.js";
import { replayCase } from "../../../host/campaign/case/replay.js";
import { shrinkCase, shrunkText } from "../../../host/campaign/case/shrink.js";
import { IMMEDIATE, RIG, foundCase } from "./found-case.js";

const SYNC_GATED = { name: "sync-gated", flush: false, cooldownMs: 5 } as const;

const actions = (boots: readonly { actions: readonly unknown[] }[]): number =>
  boots.reduce((sum, boot) => sum + boot.actions.length, 0);

describe("shrinking", () => {
  const found = foundCase(IMMEDIATE, ["mlc", "mlc"], 26);
  const shrunk = shrinkCase(RIG, found.failing);

  it("leaves at most four actions of the mail's bug, in one boot", () => {
    expect(actions(shrunk.failing.scenario.boots)).toBeLessThanOrEqual(4);
    expect(shrunk.failing.scenario.boots).toHaveLength(1);
    expect(shrunk.actionsAfter).toBe(actions(shrunk.failing.scenario.boots));
    expect(shrunk.actionsBefore).toBe(actions(found.failing.scenario.boots));
    expect(shrunkText(shrunk)).toBe(`shrunk ${shrunk.actionsBefore} -> ${shrunk.actionsAfter} steps`);
  });

  it("keeps the broken promise", () => {
    const replayed = replayCase(RIG, shrunk.failing);
    expect(replayed.ending).toBe("broken");
    expect(replayed.violation!.promises).toEqual(found.violation.promises);
    expect(shrunk.promises).toEqual(found.violation.promises);
  });

  it("makes a short id", () => {
    expect(encodeCase(shrunk.failing).length).toBeLessThan(80);
  });

  it("chooses no option of a card that is not needed", () => {
    const { choices } = shrunk.failing;
    for (const member of [0, 1] as const) {
      for (const [axis, option] of choices![member].entries()) {
        if (option === 0) continue;
        const fewer = [...choices!] as [readonly number[], readonly number[]];
        fewer[member] = fewer[member].with(axis, 0);
        const { violation } = replayCase(RIG, { ...shrunk.failing, choices: fewer });
        expect(violation?.promises).not.toEqual(shrunk.promises);
      }
    }
  });

  it("comes to the same end every time", () => {
    const runsMax = 60;
    const once = shrinkCase(RIG, found.failing, { runsMax });
    expect(shrinkCase(RIG, found.failing, { runsMax })).toEqual(once);
    expect(once.runs).toBeGreaterThan(20);
  });

  it("stops when its runs are used up, with a case that still fails", () => {
    const little = shrinkCase(RIG, found.failing, { runsMax: 5 });
    expect(little.runs).toBeLessThanOrEqual(5);
    expect(little.actionsAfter).toBeGreaterThanOrEqual(shrunk.actionsAfter);
    expect(replayCase(RIG, little.failing).violation!.promises).toEqual(found.violation.promises);
  });

  it("shrinks lost data and a fault of the running system as well", () => {
    const lost = foundCase(SYNC_GATED, ["tlc-cached", "mlc"], 0, BUG_EARLY_ACKNOWLEDGE, "P2");
    const smaller = shrinkCase(RIG, lost.failing);
    expect(smaller.promises).toEqual(["P2"]);
    expect(smaller.actionsAfter).toBeLessThanOrEqual(4);
    expect(smaller.failing.scenario.bug).toBe(BUG_EARLY_ACKNOWLEDGE);
    const fault = foundCase(SYNC_GATED, ["slc", "slc"], 0, BUG_MARK_EVERYTHING);
    const least = shrinkCase(RIG, fault.failing);
    expect(least).toMatchObject({ promises: ["P6"], actionsAfter: 0 });
    expect(least.failing.choices).toBeNull();
  });

  it("refuses a case that does not fail", () => {
    const { scenario, choices } = shrunk.failing;
    expect(() => shrinkCase(RIG, { scenario, step: 0, choices: [[], []] })).toThrow(
      "the case cannot be shrunk because it does not fail: every promise held",
    );
    expect(() => shrinkCase(RIG, { scenario, step: 1_000_000, choices })).toThrow(
      "the run ended before step",
    );
  });
});
