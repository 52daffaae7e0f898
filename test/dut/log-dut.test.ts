import { describe, expect, it } from "vitest";
import type { CrashState } from "../../host/dut/crash-state.js";
import { tortureDevice } from "../../host/dut/dut-campaign.js";
import { logUnderTest } from "../../host/dut/log-dut.js";
import type { LogEvent, WriteLog } from "../../host/dut/write-log.js";

const sector = (fill: number): Uint8Array => new Uint8Array(512).fill(fill);
const write = (at: number, fill: number, fua = false): LogEvent => ({
  kind: "write",
  card: 0,
  joined: false,
  sector: at,
  bytes: sector(fill),
  fua,
});
const FLUSH: LogEvent = { kind: "flush", card: 0, joined: false };
const log = (...events: readonly LogEvent[]): WriteLog => ({ sectors: [32], events });

/** Sector 1 may say 9 only when sector 2 does. */
function nineAfterNine({ images: [image] }: CrashState): string | null {
  const isNine = (at: number): boolean => image!.readable(at) && image!.read(at).every((byte) => byte === 9);
  return isNine(1) && !isNine(2) ? "9 without 9" : null;
}

/** What was said to be kept in sector 1 is there. */
function keptOne({ images, marks }: CrashState): string | null {
  return marks.length > 0 && images[0]!.readable(1) && images[0]!.read(1)[0] !== 1 ? "lost" : null;
}

describe("a write log under test", () => {
  it("is shrunk to the writes that matter, and tells them", async () => {
    const noise = [write(10, 1), write(11, 2), FLUSH, write(12, 3), FLUSH, write(13, 4), FLUSH, write(14, 5)];
    const events = [...noise, write(2, 9), write(15, 6), write(1, 9), write(16, 7), FLUSH, write(17, 8)];
    const report = await tortureDevice(logUnderTest({ log: log(...events), check: nineAfterNine }));
    expect(report.failing).toBeGreaterThan(0);
    expect(report.shrunk).toMatchObject({ writes: 2, wrong: "9 without 9", workload: null });
    expect(report.shrunk!.story).toBe(
      [
        "9. Writes sector 2.",
        "11. Writes sector 1.",
        "The power fails during event 11. What the cut leaves:",
        "   sector 1: what was written last",
        "   sector 2: nothing of what was written (zeros)",
        "The check: 9 without 9",
      ].join("\n"),
    );
  });

  it("does not leave out the flush that makes a history right", async () => {
    const events = [write(2, 9), FLUSH, write(1, 9), FLUSH, write(2, 8), write(2, 9)];
    const report = await tortureDevice(logUnderTest({ log: log(...events), check: nineAfterNine }));
    // Sector 2 is written in place, so it may tear: that is the case, and its flushes are all still there.
    expect(report.shrunk!.failing.kept).toEqual([0, 1, 2, 3, 4]);
    expect(report.shrunk!.wrong).toBe("9 without 9");
  });

  it.each(["slc", "mlc", "ordered-cache"])("holds on %s, which keeps the order", async (profile) => {
    const events = [write(2, 9), write(1, 9), FLUSH];
    const dut = logUnderTest({ log: log(...events), check: nineAfterNine });
    expect(await tortureDevice(dut, { profile })).toMatchObject({ failing: 0 });
  });

  it("FUA is a flush behind the write", async () => {
    const dut = logUnderTest({ log: log(write(2, 9, true), write(1, 9)), check: nineAfterNine });
    expect(await tortureDevice(dut)).toMatchObject({ failing: 0 });
  });

  it("what was said before the cut is told to the check, and no more", async () => {
    const events: LogEvent[] = [write(1, 1), FLUSH, { kind: "mark", text: "kept 1" }, write(2, 2)];
    const told = new Map<string, number>();
    const check = ({ images, marks }: CrashState): string | null => {
      told.set(marks.join(), (told.get(marks.join()) ?? 0) + 1);
      const kept = images[0]!.readable(1) && images[0]!.read(1)[0] === 1;
      return marks.includes("kept 1") && !kept ? "lost" : null;
    };
    expect(await tortureDevice(logUnderTest({ log: log(...events), check }))).toMatchObject({ failing: 0 });
    expect([...told.keys()].toSorted()).toEqual(["", "kept 1"]);
    const early = [events[0]!, events[2]!, events[1]!];
    const report = await tortureDevice(logUnderTest({ log: log(...early), check }));
    expect(report.shrunk!.wrong).toBe("lost");
  });

  it("loses on a card that settles late what a flush has answered", async () => {
    const events: LogEvent[] = [write(1, 1), FLUSH, { kind: "mark", text: "kept" }, write(2, 1), FLUSH];
    const dut = logUnderTest({ log: log(...events), check: keptOne });
    expect((await tortureDevice(dut, { profile: "slow-settle" })).failing).toBeGreaterThan(0);
    expect((await tortureDevice(dut, { profile: "tlc-cached" })).failing).toBe(0);
  });
});
