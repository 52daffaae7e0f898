import { describe, expect, it, vi } from "vitest";
import { Campaign } from "../../../host/campaign/campaign.js";
import { CutExplorer } from "../../../host/campaign/search/cut-explorer.js";
import { KnownRuns, RunReads } from "../../../host/campaign/search/known-runs.js";
import { Recovery, type RecoveryOptions } from "../../../host/campaign/search/recovery.js";
import { ScratchPair } from "../../../host/campaign/search/scratch-pair.js";
import { StateKeys } from "../../../host/campaign/search/state-keys.js";
import { arrayGeometry } from "../../../host/campaign/world/array-geometry.js";
import { CleanArrays } from "../../../host/campaign/world/clean-arrays.js";
import { generateScenario } from "../../../host/campaign/world/scenario-generator.js";
import { TINY } from "../../../host/campaign/world/scenario.js";
import { readDriver } from "../../../host/mirror/driver-binary.js";
import { DriverModule } from "../../../host/mirror/driver-module.js";
import { CardImage } from "../../../host/sdcard-emulator/card-image.js";
import { Prng } from "../../../host/sdcard-emulator/prng.js";

const UNREADABLE = 0;
const GEOMETRY = arrayGeometry(TINY.cardSectors, TINY.regionShift, TINY.metadataStride);
const POLICY = { name: "sync-gated", flush: true, cooldownMs: 5 } as const;

function pairWith(contents: readonly number[]): ScratchPair {
  const pair = new ScratchPair(GEOMETRY, [
    new CardImage(GEOMETRY.cardSectors),
    new CardImage(GEOMETRY.cardSectors),
  ]);
  contents.forEach((content, sector) => pair.set(0, sector, content));
  return pair;
}

/** A run that reads sectors 0 and 1 of card 0, the second one without seeing its bytes. */
function readsOf(first: number, second: number): RunReads {
  const reads = new RunReads();
  reads.reads(0, 0, first, true);
  reads.reads(0, 1, second, false);
  return reads;
}

describe("runs that are known", () => {
  it("are found by what decides, and by no more", () => {
    const runs = new KnownRuns<string>();
    runs.keep(readsOf(7, 8), "a");
    runs.keep(readsOf(6, 8), "b");
    runs.keep(readsOf(7, UNREADABLE), "c");
    expect(runs.find(pairWith([7, 99]))).toBe("a");
    expect(runs.find(pairWith([6, 99, 5]))).toBe("b");
    expect(runs.find(pairWith([7, UNREADABLE]))).toBe("c");
    expect(runs.find(pairWith([5, 8]))).toBeUndefined();
    expect(runs.find(pairWith([6, UNREADABLE]))).toBeUndefined();
    runs.forget();
    expect(runs.find(pairWith([7, 99]))).toBeUndefined();
  });

  it("are not decided by what they wrote themselves", () => {
    const reads = new RunReads();
    reads.writes(0, 0);
    reads.reads(0, 0, 7, true);
    expect(reads.places).toEqual([]);
  });

  it("may look at other places by what they found", () => {
    const runs = new KnownRuns<string>();
    const elsewhere = new RunReads();
    elsewhere.reads(0, 0, UNREADABLE, true);
    elsewhere.reads(1, 0, 3, true);
    runs.keep(readsOf(7, 8), "a");
    runs.keep(elsewhere, "b");
    const pair = pairWith([UNREADABLE]);
    pair.set(1, 0, 3);
    expect(runs.find(pair)).toBe("b");
  });

  it("are refused when more decides than what they read", () => {
    const runs = new KnownRuns<string>();
    runs.keep(readsOf(7, 8), "a");
    const other = new RunReads();
    other.reads(0, 0, 7, true);
    other.reads(0, 2, 8, true);
    expect(() => runs.keep(other, "b")).toThrow("went on in different ways");
  });
});

describe("a recovery that has run before", () => {
  it.each([
    ["mlc", "tlc-cached", 3],
    ["ordered-cache", "slc", 4],
    ["collateral", "mlc", 5],
  ])("comes to the same on %s and %s as one that never ran", (a, b, seed) => {
    const binary = readDriver("rig");
    const fresh = new DriverModule(binary);
    const { recover } = Recovery.prototype;
    let compared = 0;
    const spy = vi.spyOn(Recovery.prototype, "recover").mockImplementation(function (
      this: Recovery,
      pair,
      ...rest
    ) {
      const copy = new ScratchPair(GEOMETRY, pair.forkImages());
      const result = recover.call(this, pair, ...rest);
      if (compared++ % 7 !== 0) return result;
      const { options } = this as unknown as { options: RecoveryOptions };
      expect(recover.call(new Recovery({ ...options, driver: fresh }), copy, ...rest)).toEqual(result);
      expect([copy.hashLow(), copy.hashHigh()]).toEqual([pair.hashLow(), pair.hashHigh()]);
      return result;
    });
    try {
      new Campaign(binary, TINY, new CleanArrays(binary)).run(
        generateScenario(seed, { policy: POLICY, profiles: [a, b] }),
      );
    } finally {
      spy.mockRestore();
    }
    expect(compared).toBeGreaterThan(100);
  });
});

describe("the counts of a campaign", () => {
  it("are those of whoever counts the outcomes one by one", () => {
    const binary = readDriver("rig");
    const { visit } = CutExplorer.prototype;
    const seen = new Set<string>();
    let pairs = 0;
    const spy = vi.spyOn(CutExplorer.prototype, "visit").mockImplementation(function (this: CutExplorer) {
      const { pair } = this as unknown as { pair: ScratchPair };
      const sectors = Array.from({ length: GEOMETRY.cardSectors }, (_, sector) => sector);
      seen.add([0, 1].map((member) => sectors.map((sector) => pair.get(member, sector)).join()).join("|"));
      pairs++;
      return visit.call(this);
    });
    try {
      const campaign = new Campaign(binary, TINY, new CleanArrays(binary));
      const report = campaign.run(generateScenario(7, { policy: POLICY, profiles: ["mlc", "tlc-cached"] }));
      expect(pairs).toBeGreaterThan(100);
      expect(report.pairs).toBe(pairs);
      expect(report.distinct).toBe(seen.size);
    } finally {
      spy.mockRestore();
    }
  });
});

describe("keys of states", () => {
  it("are told apart as a set of their 53 bits would, however many there are", () => {
    const prng = new Prng(1);
    const keys = new StateKeys();
    const expected = new Map<string, number>();
    for (let i = 0; i < 3000; i++) {
      const low = (prng.next() % 500) | 0;
      const high = (prng.next() % 5) << 19;
      const name = `${low},${high & 0x1fffff}`;
      expect(keys.find(low, high)).toBe(expected.get(name) ?? -1);
      if (!expected.has(name)) expected.set(name, expected.size);
      expect(keys.add(low, high)).toBe(expected.get(name));
    }
    expect(keys.size).toBe(expected.size);
  });
});
