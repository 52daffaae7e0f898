/** Cuts during recovery: found only there, shrunk, told, replayed, and the same however the search is divided. */
import { describe, expect, it } from "vitest";
import { adapterUnderTest } from "../../host/dut/adapter-dut.js";
import { cardClass } from "../../host/dut/card-class.js";
import { DutError } from "../../host/dut/device-under-test.js";
import { concludeSearch, searchOf, tortureDevice } from "../../host/dut/dut-campaign.js";
import { decodeDutCase } from "../../host/dut/dut-case.js";
import { replayDutCase } from "../../host/dut/dut-replay.js";
import { vacuity } from "../../host/dut/dut-report.js";
import type { CardPort } from "../../host/dut/card-port.js";
import { logUnderTest } from "../../host/dut/log-dut.js";
import { journal } from "../../examples/redo-journal/journal.mjs";

/** Golden: the case is the same in every release. */
const CASE = "wl2:5m29lzr403od:tlccached:t1:k2.1:c3.1:o1:r4o1dns88u54r:c3.0:o1";

const hasty = adapterUnderTest(journal({ careful: false }));
const careful = adapterUnderTest(journal({ careful: true }));

describe("a recovery that gives up its journal too early", () => {
  it("survives every single cut", async () => {
    const report = await tortureDevice(hasty);
    expect(report).toMatchObject({ failing: 0, recovery: null });
    expect(vacuity(report)).toBeNull();
  });

  it("is caught by a second cut: the case is shrunk, told and replayed", async () => {
    const report = await tortureDevice(hasty, { depth: 2 });
    const { recovery, shrunk } = report;
    expect(report.failing).toBeGreaterThan(0);
    expect(recovery).toMatchObject({ depth: 2, failing: report.failing });
    expect(recovery!.outcomesTried).toBe(recovery!.outcomesPossible);
    expect(shrunk).toMatchObject({ workload: 1, id: CASE });
    expect(shrunk!.failing.recoveries).toHaveLength(1);
    expect(shrunk!.story).toBe(
      [
        "3. Writes sector 0.",
        "The power fails during event 3. What the cut leaves:",
        "   sector 0: what was written last",
        "The power is back, and it recovers:",
        "1. Writes sector 0.",
        "2. A flush.",
        "3. Writes sector 4.",
        "The power fails again, during event 3. What the cut leaves:",
        "   sector 4: unreadable",
        "The check: it promised 0 and holds nothing, 0",
      ].join("\n"),
    );
    const again = await replayDutCase(hasty, shrunk!.log, decodeDutCase(shrunk!.id), cardClass("tlc-cached"));
    expect(again).toEqual({ ending: "fails", wrong: shrunk!.wrong, story: shrunk!.story });
  });

  it("and a case of it holds for a firmware that recovers in the right order, or diverges", async () => {
    const { shrunk } = await tortureDevice(hasty, { depth: 2 });
    const failing = decodeDutCase(shrunk!.id);
    const other = await replayDutCase(careful, shrunk!.log, failing, cardClass("tlc-cached"));
    expect(other).toEqual({
      ending: "diverged",
      why: expect.stringContaining("the recovery writes the log"),
    });
  });
});

describe("a recovery in the right order", () => {
  it.each([2, 3])("survives %i cuts of one case", async (depth) => {
    const report = await tortureDevice(careful, { depth });
    expect(report).toMatchObject({ failing: 0, shrunk: null, interrupted: false });
    expect(report.recovery!.cuts).toBeGreaterThan(report.cuts);
    expect(vacuity(report)).toBeNull();
  });

  it("comes to the same whoever does which part, in whatever order", async () => {
    const whole = await tortureDevice(hasty, { depth: 3 });
    const search = await searchOf(hasty, { depth: 3 });
    const { ranges } = search;
    expect(ranges.length).toBeGreaterThan(2);
    const parts = new Map<number, string>();
    for (const index of ranges.map((_, i) => i).toReversed()) {
      // Each part by a search of its own, as on a machine of its own.
      const alone = await searchOf(hasty, { depth: 3 }, search.log);
      parts.set(index, JSON.stringify(await alone.run(ranges[index]!)));
    }
    const results = ranges.map((_, index) => JSON.parse(parts.get(index)!));
    expect(await concludeSearch(hasty, search, results, true)).toEqual(whole);
  });

  it("is asked for only where there is one, and to a depth that there is", async () => {
    const log = { sectors: [8], events: [] };
    const recorded = logUnderTest({ log, check: () => null });
    await expect(tortureDevice(recorded, { depth: 2 })).rejects.toThrow("has no recovery that could be cut");
    await expect(tortureDevice(careful, { depth: 9 })).rejects.toThrow("give a depth from 1 to 8");
    await expect(tortureDevice(careful, { depth: 0 })).rejects.toThrow(DutError);
  });

  it("proves nothing where no recovery writes", async () => {
    const idle = adapterUnderTest({
      ...journal({ careful: true }),
      boot: async ([card]: readonly CardPort[]) => Promise.resolve(card!),
      check: async () => Promise.resolve(null),
    });
    const report = await tortureDevice(idle, { depth: 2 });
    expect(report.failing).toBe(0);
    expect(vacuity(report)).toContain("no recovery wrote anything");
  });
});

describe("a recovery that fails", () => {
  it("on what a cut left is a failing state, also when the check accepts it", async () => {
    const dut = {
      ...careful,
      recover: async (...given: Parameters<NonNullable<typeof careful.recover>>) => {
        const [{ images }] = given;
        // The payload is torn or lost: only a cut leaves that.
        const isWell = images[0]!.readable(4);
        return isWell ? careful.recover!(...given) : { wrong: "sector 4 makes it stop" };
      },
    };
    const report = await tortureDevice(dut, { depth: 2 });
    expect(report.failing).toBeGreaterThan(0);
    expect(report.cases[0]).toMatchObject({ wrong: "sector 4 makes it stop" });
    const { failing, log, id } = report.shrunk!;
    expect(id).toMatch(/^wl1:/);
    expect(failing.recoveries).toEqual([]);
    const again = await replayDutCase(dut, log, failing, cardClass("tlc-cached"));
    expect(again).toMatchObject({ ending: "fails", wrong: "sector 4 makes it stop" });
  });

  it("without any cut is no finding", async () => {
    const dut = { ...careful, recover: async () => Promise.resolve({ wrong: "never" }) };
    await expect(tortureDevice(dut, { depth: 2 })).rejects.toThrow(
      "the recovery fails even without any cut (never)",
    );
  });
});
