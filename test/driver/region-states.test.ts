import { describe, expect, it } from "vitest";
import * as layout from "../../assembly/layout.js";
import { readDriver } from "../../host/mirror/driver-binary.js";
import { DriverModule } from "../../host/mirror/driver-module.js";

const STATES = ["UNWRITTEN", "CLEAN", "DIRTY", "MAYBE_DIRTY", "CLEAN_CANDIDATE", "NEEDS_SYNC", "SYNCING"];
const EVENTS = [
  "TOUCH",
  "WRITES_ENDED",
  "COLLECT",
  "SYNC_FAILED",
  "GATE_PASSED",
  "FOUND_MARKED",
  "RESYNC_STARTED",
  "RESYNC_ENDED_BUSY",
  "RESYNC_ENDED_IDLE",
  "ZEROED",
  "DISCARDED",
  "MEMBER_LOST",
  "REBUILD_MARKED",
  "REBUILD_ALL",
];

/** The whole table, written by hand: "-" is impossible, "." stays. */
const TABLE: Readonly<Record<string, string>> = {
  UNWRITTEN: ". . . . . - - - - DIRTY . . . .",
  CLEAN: "DIRTY - . . . NEEDS_SYNC - - - - UNWRITTEN . . NEEDS_SYNC",
  DIRTY: ". MAYBE_DIRTY . . . - - - - - UNWRITTEN . NEEDS_SYNC NEEDS_SYNC",
  MAYBE_DIRTY: "DIRTY - CLEAN_CANDIDATE . . - - - - - UNWRITTEN . NEEDS_SYNC NEEDS_SYNC",
  CLEAN_CANDIDATE: "DIRTY - . MAYBE_DIRTY CLEAN - - - - - UNWRITTEN MAYBE_DIRTY - -",
  NEEDS_SYNC: ". . . . . . SYNCING - - - UNWRITTEN MAYBE_DIRTY . .",
  SYNCING: ". . . . . - - DIRTY MAYBE_DIRTY - UNWRITTEN MAYBE_DIRTY - -",
};

function nameOf(state: number, next: number): string {
  if (next === layout.TRANSITION_IMPOSSIBLE) return "-";
  return next === state ? "." : STATES[next]!;
}

describe("the region table", () => {
  const { transition } = new DriverModule(readDriver("production")).exports;

  it("has the states and events that this test enumerates", () => {
    expect([STATES.length, EVENTS.length]).toEqual([layout.REGION_STATES, layout.REGION_EVENTS]);
    expect(layout.REGION_SYNCING).toBe(STATES.indexOf("SYNCING"));
    expect(layout.EVENT_RESYNC_ENDED_IDLE).toBe(EVENTS.indexOf("RESYNC_ENDED_IDLE"));
    expect(layout.EVENT_REBUILD_ALL).toBe(EVENTS.indexOf("REBUILD_ALL"));
  });

  it.each(STATES.map((name, state) => [name, state] as const))("every cell of %s", (name, state) => {
    const row = EVENTS.map((_, event) => nameOf(state, transition(state, event)));
    expect(row.join(" ")).toBe(TABLE[name]);
  });

  it("has one edge into CLEAN, from CLEAN_CANDIDATE through the gate", () => {
    const edges: string[] = [];
    STATES.forEach((from, state) => {
      EVENTS.forEach((event, number) => {
        const next = transition(state, number);
        if (next === layout.REGION_CLEAN && state !== layout.REGION_CLEAN) edges.push(`${from} ${event}`);
      });
    });
    expect(edges).toEqual(["CLEAN_CANDIDATE GATE_PASSED"]);
  });
});
