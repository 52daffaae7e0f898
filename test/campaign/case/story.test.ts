import { describe, expect, it } from "vitest";
import { BUG_EARLY_ACKNOWLEDGE } from "../../../assembly/layout.js";
import { encodeCase } from "../../../host/campaign/case/case-id.js";
import { caseOf, type FailingCase } from "../../../host/campaign/case/failing-case.js";
import { replayCase } from "../../../host/campaign/case/replay.js";
import { shrinkCase } from "../../../host/campaign/case/shrink.js";
import { headlineOf, storyOf, traceOf } from "../../../host/campaign/case/story.js";
import { RIG, firstViolation, foundCase, racingStores } from "./found-case.js";

/** The mail's bug: the first timing of the cards with which a store falls between their two transfers. */
function mailCase(): FailingCase {
  for (let timing = 0; timing < 200; timing++) {
    const scenario = racingStores(timing);
    const violation = firstViolation(scenario);
    if (violation !== null) return shrinkCase(RIG, caseOf(scenario, violation)).failing;
  }
  throw new Error("no timing of the cards lets a store meet a write");
}

describe("the story of the mail's bug", () => {
  const failing = mailCase();
  const story = storyOf(replayCase(RIG, failing));

  // The text holds times and event counts: after a deliberate change of the driver or the emulator, look at the new
  // story and take it over with `npx vitest run test/campaign/case/story.test.ts --update`.
  it("is told in eight steps", async () => {
    await expect(`${story}\n`).toMatchFileSnapshot("./stories/immediate.txt");
  });

  it("calls the two values old and new, and shows which card has which", () => {
    expect(story).toMatch(
      /^2\. \[[0-9.]+ ms\] A thread stores new into the buffer while it is being written\./m,
    );
    expect(story).toMatch(/left with old/);
    expect(story).toMatch(/left with new/);
    expect(story).toMatch(/^7\. A read of sector \d returns (old|new) \(from card [AB]\)/m);
    expect(story).toMatch(/^8\. A later read of the same sector returns (old|new) \(from card [AB]\)/m);
    expect(story).not.toMatch(/#\d|content \d/);
  });

  it("ends with the id and the command that replays it", () => {
    const id = encodeCase(failing);
    expect(story.split("\n").slice(-2)).toEqual([`case    ${id}`, `replay  npx syncgate replay ${id}`]);
  });

  it("keeps its lines short enough for a terminal", () => {
    const longest = Math.max(...story.split("\n").map((line) => line.length));
    expect(longest).toBeLessThanOrEqual(120);
  });

  it("has a headline for a table", () => {
    expect(headlineOf(replayCase(RIG, failing))).toMatch(
      /^immediate P1 P3: region \d, sector \d: A=(old B=new|new B=old)$/,
    );
  });
});

describe("the story of a write that a card's cache lost", () => {
  it("says that the card loses what it took", () => {
    const { failing } = foundCase(
      { name: "locked", flush: false, cooldownMs: 5 },
      ["tlc-cached", "tlc-cached"],
      0,
    );
    const story = storyOf(replayCase(RIG, shrinkCase(RIG, failing).failing));
    expect(story).toContain("locked on ");
    expect(story).toMatch(/Both cards take new: nobody changes the buffer meanwhile/);
    expect(story.replaceAll(/\n +/g, " ")).toMatch(/card [AB] loses what it took and is left with old/);
  });
});

describe("the story of another promise", () => {
  const bug = { name: "sync-gated", flush: false, cooldownMs: 5 } as const;
  const { failing } = foundCase(bug, ["tlc-cached", "mlc"], 0, BUG_EARLY_ACKNOWLEDGE, "P2");
  const replayed = replayCase(RIG, failing);

  it("lists what happened and names the promise", () => {
    const story = storyOf(replayed);
    expect(story).toContain("breaks P2: sector");
    expect(story).toContain("P2: what was acknowledged and flushed survives");
    expect(story).not.toMatch(/^1\. /m);
    expect(story).toMatch(/flush done/);
    expect(story).toMatch(/CUT/);
  });

  it("has a trace with every event that says something", () => {
    const trace = traceOf(replayed).split("\n");
    const actions = replayed.events.filter(({ kind }) => kind === "action").length;
    const stores = trace.filter((line) => /thread|direct write|application|forgotten/.test(line)).length;
    expect(stores).toBe(actions);
    expect(trace.length).toBeGreaterThan(20);
  });

  it("is not told of a promise that held", () => {
    const held = { ...replayed, ending: "held" as const, violation: null };
    expect(() => storyOf(held)).toThrow("there is no story to tell: the replay held");
    expect(() => headlineOf(held)).toThrow("the replay held");
  });
});
