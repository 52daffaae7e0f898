import { describe, expect, it } from "vitest";
import { BUG_MARK_EVERYTHING, BUG_SOURCE_CHANGES } from "../../../assembly/layout.js";
import { decodeCase, encodeCase } from "../../../host/campaign/case/case-id.js";
import { Campaign } from "../../../host/campaign/campaign.js";
import { caseOf, type FailingCase } from "../../../host/campaign/case/failing-case.js";
import { generateScenario } from "../../../host/campaign/world/scenario-generator.js";
import { storyOf } from "../../../host/campaign/case/story.js";
import { replayCase } from "../../../host/campaign/case/replay.js";
import { END_POWER, TINY, type Action } from "../../../host/campaign/world/scenario.js";
import { IMMEDIATE, RIG, foundCase } from "./found-case.js";

const SYNC_GATED = { name: "sync-gated", flush: false, cooldownMs: 5 } as const;

const found = foundCase(IMMEDIATE, ["tlc-cached", "tlc-cached"], 0);
const [a, b] = found.failing.choices!;

describe("a replay", () => {
  it("breaks the promise again that a campaign found broken, at the same place", () => {
    const replayed = replayCase(RIG, found.failing);
    expect(replayed.ending).toBe("broken");
    expect(replayed.violation).toEqual(found.violation);
    expect(replayed.divergence).toBe("");
  });

  it("does the same from the case's id alone", () => {
    const replayed = replayCase(RIG, decodeCase(encodeCase(found.failing)));
    expect(replayed.violation).toEqual(found.violation);
  });

  it("is the same every time, event for event", () => {
    expect(replayCase(RIG, found.failing).events).toEqual(replayCase(RIG, found.failing).events);
  });

  it("hears every action of the threads, up to the cut and not beyond", () => {
    const { events } = replayCase(RIG, found.failing);
    const last = found.failing.scenario.boots.length - 1;
    const heard = events.flatMap((event) =>
      event.kind === "action" && event.boot === last ? [event.action] : [],
    );
    const planned: readonly Action[] = found.failing.scenario.boots[last]!.actions;
    expect(heard).toEqual(planned.slice(0, heard.length));
    expect(events.every(({ timeUs }) => timeUs <= found.violation.timeUs)).toBe(true);
    const kinds = [...new Set(events.map(({ kind }) => kind))];
    expect(kinds).toEqual(
      expect.arrayContaining(["boot", "assembled", "action", "write", "sample", "card-done"]),
    );
  });

  it("shows both cards after the cut, different where the promise is broken", () => {
    const { outcome, geometry } = replayCase(RIG, found.failing);
    const sector = geometry.dataStart + found.violation.sector;
    expect(outcome!.images[0].get(sector)).not.toBe(outcome!.images[1].get(sector));
  });

  it.each<[string, FailingCase, RegExp]>([
    [
      "another axis",
      { ...found.failing, choices: [[...a, 0], b] },
      /chooses for \d+ axes of card A, which has \d+/,
    ],
    ["no such axis", { ...found.failing, choices: [a, [...b, 0, 0, 0]] }, /axes of card B/],
    ["an option too many", { ...found.failing, choices: [a.map(() => 99), b] }, /chooses option 99 of \d+/],
    [
      "a step that never comes",
      { ...found.failing, step: 1_000_000 },
      /the run ended before step 1000000 of boot \d+/,
    ],
  ])("diverges, and says why, with %s", (_what, failing, why) => {
    const replayed = replayCase(RIG, failing);
    expect(replayed.ending).toBe("diverged");
    expect(replayed.divergence).toMatch(why);
    expect(replayed.violation).toBeNull();
  });

  it("tells a promise that held from a case that was not reached", () => {
    const quiet: FailingCase = {
      scenario: {
        ...found.failing.scenario,
        boots: [{ actions: [], end: { topology: END_POWER, atUs: 20_000, pick: 0 } }],
      },
      step: 10,
      choices: null,
    };
    expect(replayCase(RIG, quiet)).toMatchObject({ ending: "held", violation: null, divergence: "" });
  });

  it("holds where both cards keep what is durable: the bit is still set there", () => {
    const kept: FailingCase = { ...found.failing, choices: [a.map(() => 0), b.map(() => 0)] };
    const replayed = replayCase(RIG, kept);
    expect(replayed.ending).toBe("held");
    expect([...replayed.outcome!.recovered.marked]).toContain(found.violation.sector >> TINY.regionShift);
  });

  it("cuts the recovery again where one cut breaks nothing", () => {
    const profiles = ["mlc", "mlc"] as const;
    const bug = BUG_SOURCE_CHANGES;
    const campaign = new Campaign(RIG, TINY);
    for (let seed = 0; seed < 40; seed++) {
      const scenario = generateScenario(seed, { policy: SYNC_GATED, profiles, bug });
      const violation = campaign.runDepthTwo(scenario, 1).report.violations[0];
      if (violation === undefined) continue;
      const replayed = replayCase(RIG, caseOf(scenario, violation));
      expect(replayed).toMatchObject({ ending: "broken", depth: 2, violation });
      expect(storyOf(replayed)).toContain("The recovery from this cut is cut again");
      return;
    }
    expect.fail("no world shows the bug at depth 2");
  });

  it("repeats a fault of the running system, which has no outcome", () => {
    const fault = foundCase(SYNC_GATED, ["slc", "slc"], 0, BUG_MARK_EVERYTHING);
    expect(fault.failing.choices).toBeNull();
    const replayed = replayCase(RIG, decodeCase(encodeCase(fault.failing)));
    expect(replayed).toMatchObject({ ending: "broken", violation: fault.violation, outcome: null });
  });
});
