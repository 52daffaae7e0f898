import { describe, expect, it } from "vitest";
import {
  settleSearch,
  type SettleAnswer,
  type SettleQuestion,
} from "../../../host/campaign/settle/settle-search.js";
import { CleanArrays } from "../../../host/campaign/world/clean-arrays.js";
import { readDriver } from "../../../host/mirror/driver-binary.js";

const binary = readDriver("rig");
const arrays = new CleanArrays(binary);

function search(way: SettleQuestion["way"], amountMs: number, worlds = 4): SettleAnswer {
  return settleSearch({ way, amountUs: amountMs * 1000, seed: 1, worlds }, binary, arrays);
}

const LOSSES_MS = [0, 3, 8];

describe("the settle curve", () => {
  it.each(["hold", "settle"] as const)(
    "%s: never below the loss, never falling, and just above it",
    (way) => {
      const found = LOSSES_MS.map((lossMs) => search(way, lossMs));
      const smallest = found.map((answer) => answer.found!.smallestMs!);
      for (const [at, lossMs] of LOSSES_MS.entries()) {
        expect(smallest[at]).toBeGreaterThanOrEqual(lossMs);
        expect(smallest[at]).toBeLessThanOrEqual(lossMs + 2);
      }
      expect(smallest).toEqual(smallest.toSorted((a, b) => a - b));
      expect(found.map(({ report }) => report.vacuous(true))).toEqual(LOSSES_MS.map(() => []));
    },
  );

  it("has no point on cards with a cache that are not flushed", () => {
    const { found, report } = search("hold-cached", 3);
    expect(found!.smallestMs).toBeNull();
    expect(found!.mostMs).toBeGreaterThan(30);
    expect(report.broken.P1).toBeGreaterThan(0);
  });

  it("follows the lag of write-back where buffers change in flight", () => {
    const [short, long] = [search("lag", 15, 8), search("lag", 40, 8)].map(({ found }) => found!.smallestMs!);
    expect(short).toBeGreaterThan(5);
    expect(long).toBeGreaterThan(short! + 10);
  });

  it("is not needed by sync-gated: nothing breaks in the same worlds", () => {
    const { report, found } = search("gated", 8, 9);
    expect(found).toBeNull();
    expect(report.brokenTotal).toBe(0);
    expect(report.vacuous(true)).toEqual([]);
  });
});
