import { describe, expect, it } from "vitest";
import { adapterUnderTest, type CardAdapter } from "../../host/dut/adapter-dut.js";
import { cardClass } from "../../host/dut/card-class.js";
import { DutError, DutHang } from "../../host/dut/device-under-test.js";
import { decodeDutCase } from "../../host/dut/dut-case.js";
import { tortureDevice } from "../../host/dut/dut-campaign.js";
import { replayDutCase } from "../../host/dut/dut-replay.js";
import { vacuity } from "../../host/dut/dut-report.js";
import { counterOnTwoCards } from "./two-card-log.js";

describe("an adapter on two cards", () => {
  it("survives when it keeps its promise", async () => {
    const report = await tortureDevice(adapterUnderTest(counterOnTwoCards({ careful: true })));
    expect(report).toMatchObject({ writes: 8, flushes: 8, marks: 4, failing: 0, shrunk: null });
    expect(report.outcomesTried).toBe(report.outcomesPossible);
    expect(report.distinct).toBeGreaterThan(20);
    expect(vacuity(report)).toBeNull();
  });

  it("is caught when it promises too early, with both cards' writes under way together", async () => {
    const dut = adapterUnderTest(counterOnTwoCards({ careful: false }));
    const report = await tortureDevice(dut);
    expect(report.failing).toBeGreaterThan(0);
    expect(report.log.events.some((event) => event.kind === "write" && event.joined)).toBe(true);
    const shrunk = report.shrunk!;
    expect(shrunk).toMatchObject({ workload: 1, wrong: "it promised 1 and counts 0" });
    expect(shrunk.writes).toBeLessThanOrEqual(2);
    expect(shrunk.story).toContain('The firmware says "count 1".');
    expect(shrunk.story).toMatch(/of card [AB]: nothing of what was written/);
    const again = await replayDutCase(dut, shrunk.log, decodeDutCase(shrunk.id), cardClass("tlc-cached"));
    expect(again).toMatchObject({ ending: "fails", wrong: shrunk.wrong, story: shrunk.story });
  });

  it("gives the same report each time, but for the objects", async () => {
    const options = { cuts: { random: 5 }, seed: 3, profile: "ordered-cache" } as const;
    const reports = [];
    for (let i = 0; i < 2; i++)
      reports.push(await tortureDevice(adapterUnderTest(counterOnTwoCards({ careful: false })), options));
    expect(reports[0]).toEqual(reports[1]);
    expect(reports[0]!.cuts).toBe(5);
  });

  it("is bounded when asked to be, and says so", async () => {
    const dut = adapterUnderTest(counterOnTwoCards({ careful: true }));
    const report = await tortureDevice(dut, { outcomesPerCut: 3 });
    expect(report.boundedCuts).toBeGreaterThan(0);
    expect(report.outcomesTried).toBeLessThan(report.outcomesPossible);
  });

  it("diverges on another log or another crash space", async () => {
    const dut = adapterUnderTest(counterOnTwoCards({ careful: false }));
    const { shrunk, log } = await tortureDevice(dut);
    const failing = decodeDutCase(shrunk!.id);
    expect((await replayDutCase(dut, log, failing, cardClass("tlc-cached"))).ending).toBe("diverged");
    const wrong = { ...failing, choice: [...failing.choice, 0] };
    expect((await replayDutCase(dut, shrunk!.log, wrong, cardClass("tlc-cached"))).ending).toBe("diverged");
    const late = { ...failing, phase: 99 };
    expect((await replayDutCase(dut, shrunk!.log, late, cardClass("tlc-cached"))).ending).toBe("diverged");
  });
});

describe("an adapter that does not work", () => {
  const idle: CardAdapter<null> = {
    cards: 1,
    sectors: 8,
    boot: async () => Promise.resolve(null),
    run: async () => Promise.resolve(),
    check: async () => Promise.resolve(null),
  };

  it("and writes nothing proves nothing", async () => {
    expect(vacuity(await tortureDevice(adapterUnderTest(idle)))).toBe("nothing was written");
  });

  it("and waits for nothing is a hang", async () => {
    const waiting = { ...idle, run: async (): Promise<void> => new Promise(() => undefined) };
    await expect(tortureDevice(adapterUnderTest(waiting))).rejects.toThrow(DutHang);
  });

  it("and never stops reading is a hang", async () => {
    const endless: CardAdapter<{ read(): Promise<unknown> }> = {
      cards: 1,
      sectors: 8,
      check: idle.check as () => Promise<null>,
      boot: async ([card]) => Promise.resolve({ read: async () => card!.read(0, 1) }),
      run: async (firmware) => {
        for (;;) await firmware.read();
      },
    };
    await expect(tortureDevice(adapterUnderTest(endless))).rejects.toThrow(DutHang);
  }, 60_000);

  it("and fails without any cut is no finding", async () => {
    const unwell = { ...idle, check: async (): Promise<string> => Promise.resolve("never well") };
    await expect(tortureDevice(adapterUnderTest(unwell))).rejects.toThrow(DutError);
    await expect(tortureDevice(adapterUnderTest(unwell))).rejects.toThrow("without any cut");
  });

  it("a card whose flush never ends is refused", async () => {
    await expect(tortureDevice(adapterUnderTest(idle), { profile: "endless-flush" })).rejects.toThrow(
      "choose another class",
    );
  });
});
