import { describe, expect, it } from "vitest";
import {
  cellWorkload,
  paceOf,
  runMatrixCell,
  type MatrixResult,
} from "../../../host/campaign/matrix/matrix-cell.js";
import type { CardClass } from "../../../host/campaign/world/card-class.js";
import { CleanArrays } from "../../../host/campaign/world/clean-arrays.js";
import type { PolicyChoice } from "../../../host/campaign/world/policy-choice.js";
import { readDriver } from "../../../host/mirror/driver-binary.js";
import { profile } from "../../../host/sdcard-emulator/characteristics.js";
import { loadCardProfile } from "../../../host/sdcard-emulator/profile/load-profile.js";
import { characteristicsOf } from "../../../host/sdcard-emulator/profile/profiled-card.js";

const binary = readDriver("rig");
const arrays = new CleanArrays(binary);
const WORKLOAD = "hotspot:blocks=32:ops=60:modified=100";

function cell(name: PolicyChoice["name"], card: CardClass, flush = true): MatrixResult {
  const policy = { name, flush, cooldownMs: 5 };
  return runMatrixCell(
    { policy, workload: WORKLOAD, classes: [card, card], seed: 3, budget: 100 },
    binary,
    arrays,
  );
}

/** A card that loses what it has kept for so much more. */
function losing(settleUs: number): CardClass {
  return { characteristics: { ...profile("mlc"), settleUs } };
}

const MLC: CardClass = { characteristics: profile("mlc") };

describe("a cell of the matrix", () => {
  const immediate = cell("immediate", MLC, false);
  const gated = cell("sync-gated", MLC);
  const never = cell("never", MLC);

  it("counts the cuts that broke a promise, and the outcomes, within what was judged", () => {
    const { cuts, brokenCuts, pairs, brokenPairs, broken } = immediate.report;
    expect(brokenCuts).toBeGreaterThan(0);
    expect(brokenCuts).toBeLessThan(cuts);
    expect(brokenPairs).toBeLessThan(pairs);
    // Every outcome that breaks P1 is told, and breaks nothing else that is not told with it.
    expect(brokenPairs).toBe(broken.P1);
    expect(gated.report).toMatchObject({ brokenCuts: 0, brokenPairs: 0 });
    expect(never.report).toMatchObject({ brokenCuts: 0, brokenPairs: 0 });
  });

  it("times every write of the run without cuts, and counts the metadata of both cards", () => {
    for (const { uncut } of [immediate, gated, never]) {
      expect(uncut.writes).toBe(uncut.latenciesUs.length);
      expect(uncut.writes).toBeGreaterThan(20);
      // Not faster than its two sectors, of two pieces each, on the wire, less what they may vary.
      expect(Math.min(...uncut.latenciesUs)).toBeGreaterThan(2 * 2 * 102 * 0.87);
      // The driver counts its records from the assembly on, which may write one to each card.
      expect(uncut.recordWrites - uncut.metadataWrites).toBeGreaterThanOrEqual(0);
      expect(uncut.recordWrites - uncut.metadataWrites).toBeLessThanOrEqual(2);
    }
  });

  it("shows the price: who clears at once writes metadata most, who never clears copies most", () => {
    expect(immediate.uncut.metadataWrites).toBeGreaterThan(gated.uncut.metadataWrites);
    expect(gated.uncut.metadataWrites).toBeGreaterThan(never.uncut.metadataWrites);
    expect(never.uncut.clears).toBe(0);
    expect(never.report.sectorsResyncedMax).toBeGreaterThan(gated.report.sectorsResyncedMax);
    expect(gated.report.sectorsResyncedMax).toBeGreaterThan(immediate.report.sectorsResyncedMax);
  });

  it("is the same when it is run again", () => {
    const again = cell("sync-gated", MLC);
    expect(again.uncut).toEqual(gated.uncut);
    expect(again.report.data()).toEqual(gated.report.data());
  });

  it("takes no slow resync for an endless one: flushes stand behind those of clearing passes", () => {
    const slow: CardClass = { characteristics: profile("slow-settle") };
    const workload = "random:blocks=64:ops=120:modified=0:sync=0";
    const policy = { name: "sync-gated", flush: true, cooldownMs: 5 } as const;
    const wide = runMatrixCell(
      { policy, workload, classes: [slow, slow], seed: 1, budget: 60 },
      binary,
      arrays,
    );
    expect(wide.report.broken.P5).toBe(0);
    // As many regions of 4 sectors as the old bound could not wait for.
    expect(wide.report.sectorsResyncedMax).toBeGreaterThanOrEqual(16 * 4);
  });

  it("has the flash of a profile behind its cards", () => {
    const flash = loadCardProfile("industrial-slc");
    const characteristics = characteristicsOf(flash);
    const bare = cell("sync-gated", { characteristics });
    const real = cell("sync-gated", { characteristics, flash });
    expect(real.report.brokenCuts).toBe(0);
    expect(real.uncut.latenciesUs).not.toEqual(bare.uncut.latenciesUs);
  });
});

describe("the workload of a cell", () => {
  it("must be one whose requests are known", () => {
    expect(cellWorkload("append:fills=2").name).toBe("append:fills=2");
    expect(() => cellWorkload("tiny")).toThrow(/^workload tiny has no requests .*: choose seq, /);
  });

  it("goes slower on cards that settle for longer than its requests are apart", () => {
    expect(paceOf([MLC, losing(5000)])).toBe(1);
    expect(paceOf([MLC, losing(1_600_000)])).toBeGreaterThan(100);
  });
});
