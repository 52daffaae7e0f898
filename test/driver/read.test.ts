import { describe, expect, it } from "vitest";
import * as layout from "../../assembly/layout.js";
import { OPTIONS, ScriptedHost, type SentCommand } from "./scripted-host.js";

const READ = layout.REQUEST_READ;
const { STATUS_OK, STATUS_READ_ERROR } = layout;

function isDataWrite(command: SentCommand): boolean {
  return !command.own && command.name === "write";
}

/** Both cards hold different bytes in data sector 0, and its region is marked. */
function different(): ScriptedHost {
  const host = ScriptedHost.clean();
  host.exports.submit(layout.REQUEST_WRITE, 0, 1, 5, 1);
  host.settle();
  host.cards[0][4]!.fill(0xaa);
  host.cards[1][4]!.fill(0xbb);
  // No clearing pass may begin while the test looks.
  expect(host.assemble({ ...OPTIONS, epochMs: 1_000_000 })).toBe(STATUS_OK);
  expect(host.states()[0]).toBe(layout.REGION_NEEDS_SYNC);
  host.forgetTrace();
  return host;
}

describe("a read", () => {
  it("in a region that needs sync is written back and flushed on both cards before it is answered", () => {
    const host = different();
    host.exports.submit(READ, 0, 1, 6, 2);
    host.settle();
    expect(host.trace).toEqual(["A read 4+1", "B write 4+1", "A flush", "B flush", "A read 4+1"]);
    expect(host.buffers.get(6)![0]).toBe(0xaa);
    expect(host.cards[1][4]![0]).toBe(0xaa);
    expect(host.exports.counter(layout.COUNTER_READS_WRITTEN_BACK)).toBe(1);
  });

  it("takes the other card's sector where the source cannot read, and repairs the source", () => {
    const host = different();
    host.unreadable.add(4);
    host.exports.submit(READ, 0, 1, 6, 2);
    host.settle();
    expect(host.answers.get(2)).toBe(STATUS_OK);
    expect(host.buffers.get(6)![0]).toBe(0xbb);
    expect(host.cards[0][4]![0]).toBe(0xbb);
  });

  it("goes sector by sector when a stretch has an unreadable one", () => {
    const host = different();
    host.cards[0][5]!.fill(0xcc);
    host.unreadable.add(4);
    host.exports.submit(READ, 0, 2, 6, 2);
    host.settle();
    expect(host.answers.get(2)).toBe(STATUS_OK);
    expect([host.buffers.get(6)![0], host.buffers.get(6)![512]]).toEqual([0xbb, 0xcc]);
    expect(host.cards[1][5]![0]).toBe(0xcc);
  });

  it("of a sector that neither card can read fails, is counted, and does not stop the driver", () => {
    const host = different();
    host.unreadable.add(4).add(1004);
    host.exports.submit(READ, 0, 1, 6, 2);
    host.settle();
    expect(host.answers.get(2)).toBe(STATUS_READ_ERROR);
    expect(host.exports.counter(layout.COUNTER_SECTORS_LOST)).toBe(1);
    host.tick(1);
    host.settle();
    expect(host.states()[0], "its region still leaves SYNCING").toBe(layout.REGION_MAYBE_DIRTY);
  });

  it("of a clean region alternates between two idle cards and goes to the idler one", () => {
    const host = ScriptedHost.clean();
    host.exports.submit(READ, 0, 1, 6, 2);
    host.exports.submit(READ, 2, 1, 7, 3);
    expect(new Set(host.trace.map((line) => line[0]))).toEqual(new Set(["A", "B"]));
  });

  it("of a clean region is served by the other card when one cannot read it", () => {
    const host = ScriptedHost.clean();
    host.unreadable.add(4);
    host.exports.submit(READ, 0, 1, 6, 2);
    host.exports.submit(READ, 0, 1, 7, 3);
    host.settle();
    expect([host.answers.get(2), host.answers.get(3)]).toEqual([STATUS_OK, STATUS_OK]);
  });

  it("of a region that is not proven equal goes to the source member, every time", () => {
    const host = ScriptedHost.clean();
    host.exports.submit(layout.REQUEST_WRITE, 0, 1, 5, 1);
    host.settle();
    expect(host.states()[0]).toBe(layout.REGION_MAYBE_DIRTY);
    host.forgetTrace();
    for (const tag of [2, 3, 4]) {
      host.exports.submit(READ, 0, 1, tag, tag);
      host.settle();
    }
    expect(host.trace).toEqual(["A read 4+1", "A read 4+1", "A read 4+1"]);
  });

  it("waits for an earlier write of the same sector", () => {
    const host = ScriptedHost.clean();
    host.exports.submit(layout.REQUEST_WRITE, 0, 1, 5, 1);
    host.exports.submit(READ, 0, 1, 6, 2);
    expect(host.trace.some((line) => line.includes("read"))).toBe(false);
    host.settle();
    expect(host.trace.at(-1)).toMatch(/read 4\+1/);
  });
});

describe("resync", () => {
  it("lets a caller's read have the copy buffer before its next piece", () => {
    const options = { ...OPTIONS, cardSectors: 4 + 2 * 64, epochMs: 1_000_000 };
    const host = new ScriptedHost("production", options.cardSectors);
    host.format(options, 6);
    expect(host.assemble(options)).toBe(STATUS_OK);
    host.tick(1);
    // Resync copies the first of eight pieces of region 0 when a read of region 1 comes.
    host.exports.submit(READ, 64, 1, 6, 2);
    let commands = 0;
    for (; !host.answers.has(2) && commands < 1000; commands++) host.answer();
    expect(host.answers.get(2)).toBe(STATUS_OK);
    expect(commands, "one piece under way, then the read's own").toBeLessThan(12);
  });

  it("copies marked regions from the source, flushes both cards, and leaves the region unproven", () => {
    const host = different();
    host.tick(1);
    host.settle();
    expect(host.trace).toEqual(["A read 4+2", "B write 4+2", "A flush", "B flush"]);
    expect(host.states()[0]).toBe(layout.REGION_MAYBE_DIRTY);
    expect(host.exports.counter(layout.COUNTER_SECTORS_RESYNCED)).toBe(2);
  });

  it("ends in DIRTY when a write to the region is under way", () => {
    const host = different();
    host.tick(1);
    host.answer();
    host.exports.submit(layout.REQUEST_WRITE, 0, 1, 5, 2);
    expect(host.states()[0], "sticky").toBe(layout.REGION_SYNCING);
    while (host.pending.some((command) => !isDataWrite(command))) host.answer((c) => !isDataWrite(c));
    expect(host.states()[0]).toBe(layout.REGION_DIRTY);
  });
});
