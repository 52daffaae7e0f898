import { describe, expect, it } from "vitest";
import * as layout from "../../assembly/layout.js";
import { eventInWords } from "../../host/mirror/mirror-event.js";
import { statusName } from "../../host/mirror/status-names.js";
import { block, smallMirror } from "./small-mirror.js";

const at = { number: 4, timeMs: 9 };

describe("events in words", () => {
  it.each([
    [
      layout.RING_REGION,
      3,
      layout.REGION_CLEAN | (layout.REGION_DIRTY << 8),
      "region 3 went from CLEAN to DIRTY",
    ],
    [
      layout.RING_MEMBER,
      1,
      layout.MEMBER_IN_SYNC | (layout.MEMBER_FAULTY << 8) | (layout.MEMBER_EVENT_FAILED << 16),
      "the member in slot 1 went from IN_SYNC to FAULTY",
    ],
    [
      layout.RING_LOSS,
      1,
      layout.CAUSE_DEADLINE,
      "the member in slot 1 was dropped because its card did not answer",
    ],
    [layout.RING_EPOCH, 8, 0, "sync 8 was asked of the layer above"],
    [layout.RING_EPOCH, 8, 1, "sync 8 of the layer above succeeded"],
    [layout.RING_EPOCH, 8, 2, "sync 8 of the layer above failed"],
    [layout.RING_FINGERPRINT, 6, 2, "the cards accepted different bytes of 2 sectors from 6 on"],
    [
      layout.RING_REPAIR,
      6,
      1,
      "sector 6 was repaired with the copy of slot 1: the other card cannot read it",
    ],
    [
      layout.RING_MISMATCH,
      6,
      layout.SCRUB_REASON_FEWER_ERRORS << 8,
      "sector 6 differs; the copy of slot 0 would win: its card had fewer read errors",
    ],
    [layout.RING_LOST, 6, 0, "sector 6 can be read from neither card"],
  ])("kind %i", (kind, subject, detail, text) => {
    expect(eventInWords({ ...at, kind, subject, detail })).toMatchObject(at);
    expect(eventInWords({ ...at, kind, subject, detail }).text).toContain(text);
  });

  it("are known for every kind, and for no other", () => {
    for (let kind = 0; kind < layout.RING_KINDS; kind++)
      expect(eventInWords({ ...at, kind, subject: 0, detail: 0 }).text).not.toBe("");
    expect(() => eventInWords({ ...at, kind: layout.RING_KINDS, subject: 0, detail: 0 })).toThrow(
      "unknown kind",
    );
  });

  it("are kept although the ring forgets them, in order, and begin anew with each assembly", async () => {
    const mirror = await smallMirror();
    // The assembly after a format notes more in one call than the ring holds.
    await mirror.stop();
    await mirror.reassemble();
    for (let i = 0; i < 60; i++) await mirror.write(8 * (i % 50), block(i));
    const numbers = mirror.events().map((event) => event.number);
    expect(numbers.length).toBeGreaterThan(layout.RING_ENTRIES);
    expect(numbers).toEqual(numbers.map((_, i) => numbers[0]! + i));
    await mirror.sync();
    expect(mirror.events().at(-1)!.timeMs).toBeGreaterThan(0);
    expect(mirror.events().some((event) => event.kind === "epoch" && event.sync === "succeeded")).toBe(true);
    await mirror.stop();
    await mirror.reassemble();
    expect(mirror.events().length).toBeLessThan(numbers.length);
    expect(mirror.events()[0]!.number).toBe(0);
  });
});

describe("statuses", () => {
  it("all have their name of SPEC.md, each its own", () => {
    const named = Object.entries(layout).filter(([name]) => name.startsWith("STATUS_"));
    expect(named.length).toBeGreaterThan(17);
    for (const [name, status] of named) expect(`STATUS_${statusName(status)}`).toBe(name);
    expect(statusName(99)).toBe("UNKNOWN");
  });
});
