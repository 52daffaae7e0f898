import { describe, expect, it } from "vitest";
import * as layout from "../../assembly/layout.js";
import type { DriverOptions } from "../../host/mirror/driver-options.js";
import { ScriptedHost } from "./scripted-host.js";

const { STATUS_OK } = layout;

/**
 * A region that is discarded is UNWRITTEN: a piece of its resync that goes on copies old bytes over the zeros of its next
 * first write, on one card.
 */
describe("a region that is discarded under its resync", () => {
  it.each([0, 50])("is not copied into between two pieces of its resync, at a minimum rate of %i", (rate) => {
    const options: DriverOptions = {
      cardSectors: 36,
      metadataStride: 1,
      epochMs: 10,
      more: new Map([[layout.OPTION_RESYNC_MIN_RATE, rate]]),
    };
    const host = new ScriptedHost("production", 36);
    host.format(options, 3);
    host.assemble(options);
    // region 0 written, marked, differing in sector 7
    for (let s = 0; s < 8; s++) host.write(s, 0x40 + s, 100 + s);
    host.flush(200);
    const cut = host.snapshot();
    host.insert(cut);
    expect(host.assemble(options)).toBe(STATUS_OK);
    expect(host.exports.regionState(0)).toBe(layout.REGION_NEEDS_SYNC);
    host.tick(1);
    expect(host.exports.regionState(0)).toBe(layout.REGION_SYNCING);
    // first piece is on the cards
    expect(host.pending.length).toBe(1);
    host.exports.submit(layout.REQUEST_DISCARD, 0, 8, 0, 1);
    host.answer(); // read of piece 1
    host.answer(); // its write: the piece ends, the discard goes
    expect(host.exports.regionState(0)).toBe(layout.REGION_UNWRITTEN);
    while (!host.answers.has(1)) host.answer((c) => !(c.name === "read" && c.sector >= 4));
    // piece 2 reads the old data
    expect(host.pending.filter((c) => c.name === "read").length).toBe(1);
    host.exports.submit(layout.REQUEST_WRITE, 0, 1, 5, 2);
    // read done: old data in the copy buffer; its write waits at the card
    host.answer((c) => c.name === "read");
    while (host.pending.some((c) => c.name !== "write" || c.sector !== 8))
      host.answer((c) => c.name !== "write" || c.sector !== 8);
    host.settle();
    expect(host.answers.get(2)).toBe(STATUS_OK);
    host.until(() => host.exports.counter(layout.COUNTER_REGIONS_UNPROVEN) === 0);
    host.settle();
    expect(host.exports.regionState(0)).toBe(layout.REGION_CLEAN);
    expect(host.read(5, 300)).toBe(0);
    expect(host.read(5, 301)).toBe(0);
    expect(host.cards[0].slice(4, 12)).toEqual(host.cards[1].slice(4, 12));
  });

  it("is not copied into by a piece that was opened while the discard waited", () => {
    const options = { cardSectors: 36, metadataStride: 1, epochMs: 10 };
    const host = new ScriptedHost("production", 36);
    host.format(options, 3);
    host.assemble(options);
    for (let s = 0; s < 16; s++) host.write(s, 0x40 + s, 100 + s);
    host.flush(200);
    host.insert(host.snapshot());
    expect(host.assemble(options)).toBe(STATUS_OK);
    // A write to region 1 is at the cards; a discard of regions 0 and 1 waits for it.
    host.exports.submit(layout.REQUEST_WRITE, 8, 1, 6, 3);
    host.exports.submit(layout.REQUEST_DISCARD, 0, 16, 0, 1);
    host.tick(1);
    expect(host.exports.regionState(0)).toBe(layout.REGION_SYNCING);
    while (!host.answers.has(1)) host.answer((c) => !(c.name === "read"));
    expect(host.exports.regionState(0)).toBe(layout.REGION_UNWRITTEN);
    expect.soft(host.pending.filter((c) => c.sector >= 4 && c.sector < 12)).toEqual([]);
    // The piece holds sectors 0 to 3, a write to sector 5 zeroes the region
    host.exports.submit(layout.REQUEST_WRITE, 5, 1, 5, 2);
    if (host.pending.some((c) => c.name === "read")) host.answer((c) => c.name === "read");
    while (host.pending.some((c) => c.name !== "write" || c.sector !== 4))
      host.answer((c) => c.name !== "write" || c.sector !== 4);
    host.settle();
    expect(host.answers.get(2)).toBe(STATUS_OK);
    host.until(() => host.exports.counter(layout.COUNTER_REGIONS_UNPROVEN) === 0);
    expect(host.exports.regionState(0)).toBe(layout.REGION_CLEAN);
    expect([host.read(1, 300), host.read(1, 301)]).toEqual([0, 0]);
  });
});
