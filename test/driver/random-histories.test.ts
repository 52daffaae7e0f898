import { describe, expect, it } from "vitest";
import * as layout from "../../assembly/layout.js";
import { SERIAL, SINGLE } from "./histories/array-shape.js";
import { expectNoFailure, firstFailure, seedRanges } from "./histories/seed-range.js";

/** The first seeds of the ranges that test/long/driver plays as a whole. */
describe.each([
  { shape: SERIAL, ranges: seedRanges(60, 20) },
  { shape: SINGLE, ranges: seedRanges(20, 20) },
])("random histories of $shape.name arrays", ({ shape, ranges }) => {
  it.each(ranges)("break no promise: seeds $first to $last", (range) => {
    expectNoFailure(shape, range);
  });
});

describe("random histories", () => {
  it.each([
    [layout.BUG_CLEAR_WHILE_ALONE, "clears while a card is missing", /trapped: assertion failed/],
    [layout.BUG_COPY_RACES_WRITE, "copies beside a write", /is CLEAN and differs/],
    [layout.BUG_FUA_UNFLUSHED, "answers a forced write before the flush", /reads as/],
    [layout.BUG_DEADLINE_IGNORED, "waits for a silent card for ever", /hangs: /],
    [layout.BUG_HALF_REBUILT_BELIEVED, "believes a half rebuilt card", /a boot with both cards ends with/],
  ])("tell of a driver with seeded bug %i, which %s", (bug, _, failure) => {
    expect(firstFailure(SERIAL, 60, bug)).toMatch(failure);
  });

  it("tell the seed that fails, the events before it, and the other seeds that do", () => {
    const driver = { build: "rig", seededBug: layout.BUG_COPY_RACES_WRITE } as const;
    expect(() => expectNoFailure(SERIAL, { first: 41, last: 60 }, driver)).toThrow(
      /^seed 46 of serial arrays: .*\nits last events:\n( {2}.*\n){40}the seeds that fail: 46(, \d+)*$/,
    );
  });

  it("end the same on every run", () => {
    const bug = layout.BUG_COPY_RACES_WRITE;
    expect(firstFailure(SERIAL, 60, bug)).toBe(firstFailure(SERIAL, 60, bug));
  });
});
