import { describe, expect, it } from "vitest";
import { COUNTERS } from "../../assembly/layout.js";
import { readCounters } from "../../host/mirror/counter-names.js";

describe("counters", () => {
  it("all have a name, each its own", () => {
    const keys = Object.values(readCounters((key) => key));
    expect(keys.toSorted((a, b) => a - b)).toEqual(Array.from({ length: COUNTERS }, (_, key) => key));
  });
});
