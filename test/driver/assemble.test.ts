import { describe, expect, it } from "vitest";
import * as layout from "../../assembly/layout.js";
import { crc32c } from "../../host/campaign/oracle/bitmap-record.js";
import { configureDriver } from "../../host/mirror/driver-options.js";
import { OPTIONS, ScriptedHost } from "./scripted-host.js";

function seal(sector: Uint8Array): void {
  new DataView(sector.buffer).setUint32(
    layout.SUPERBLOCK_CRC_AT,
    crc32c(sector, layout.SUPERBLOCK_CRC_AT),
    true,
  );
}

/** Changes a word of both superblock copies of a member, with a right checksum. */
function patch(host: ScriptedHost, member: 0 | 1, at: number, value: number): void {
  for (const copy of [0, 1]) {
    const sector = host.cards[member][copy]!;
    new DataView(sector.buffer).setUint32(at, value, true);
    seal(sector);
  }
}

describe("assembly refuses", () => {
  const cases: readonly (readonly [string, number, (host: ScriptedHost) => void])[] = [
    [
      "a blank card",
      layout.STATUS_ONE_CARD,
      (host) => [0, 1].forEach((copy) => host.cards[1][copy]!.fill(0)),
    ],
    [
      "an array of other cards",
      layout.STATUS_FOREIGN,
      (host) => patch(host, 1, layout.SUPERBLOCK_ARRAY_ID_AT, 99),
    ],
    [
      "the same member twice",
      layout.STATUS_SAME_MEMBER,
      (host) => patch(host, 1, layout.SUPERBLOCK_MEMBER_AT, 0),
    ],
    ["another history", layout.STATUS_LINEAGE, (host) => patch(host, 1, layout.SUPERBLOCK_LINEAGE_AT, 99)],
    [
      "a format of the future",
      layout.STATUS_VERSION,
      (host) => patch(host, 0, layout.SUPERBLOCK_VERSION_AT, layout.FORMAT_VERSION + 1),
    ],
    [
      "a scheme of the future",
      layout.STATUS_VERSION,
      (host) => patch(host, 0, layout.SUPERBLOCK_SCHEME_AT, layout.BITMAP_SINGLE + 1),
    ],
    [
      "an impossible geometry",
      layout.STATUS_GEOMETRY,
      (host) => patch(host, 0, layout.SUPERBLOCK_REGION_SHIFT_AT, 40),
    ],
    ["two geometries", layout.STATUS_GEOMETRY, (host) => patch(host, 1, layout.SUPERBLOCK_REGIONS_AT, 3)],
    [
      "a card that is too small",
      layout.STATUS_TOO_SMALL,
      (host) => {
        patch(host, 0, layout.SUPERBLOCK_REGIONS_AT, 5);
        patch(host, 1, layout.SUPERBLOCK_REGIONS_AT, 5);
      },
    ],
  ];

  it.each(cases)("%s, and writes nothing", (_name, status, spoil) => {
    const host = ScriptedHost.clean();
    spoil(host);
    const before = host.cards.map((card) => card.map((sector) => sector.slice()));
    expect(host.assemble()).toBe(status);
    expect(host.cards).toEqual(before);
    expect(host.trace.some((line) => line.includes("write"))).toBe(false);
    expect(host.exports.submit(layout.REQUEST_READ, 0, 1, 0, 1)).toBe(layout.STATUS_STATE);
  });
});

describe("assembly", () => {
  it("takes either copy of a superblock", () => {
    for (const copy of [0, 1]) {
      const host = ScriptedHost.clean();
      host.cards[0][copy]!.fill(0xff);
      host.unreadable.add(1000 + copy);
      expect(host.assemble()).toBe(layout.STATUS_OK);
    }
  });

  it("flushes both cards before it reads anything, and writes record N+1 before it ends", () => {
    const host = ScriptedHost.clean();
    host.assemble();
    expect(host.trace.slice(0, 2)).toEqual(["A flush", "B flush"]);
    const records = host.trace.slice(10);
    expect(records.map((line) => line.replace(/ [23]\+1/, ""))).toEqual([
      "A write",
      "A flush",
      "B write",
      "B flush",
    ]);
  });

  it("believes the newest record that either card has", () => {
    const host = ScriptedHost.clean();
    host.exports.submit(layout.REQUEST_WRITE, 0, 1, 5, 1);
    // The mark reaches the first card only.
    host.answer();
    host.answer();
    expect(host.assemble()).toBe(layout.STATUS_OK);
    expect(host.states()[0]).toBe(layout.REGION_NEEDS_SYNC);
  });

  it("counts every region as marked when the newest record cannot be proven to be it", () => {
    const host = ScriptedHost.clean();
    const sequences = [2, 3].map((slot) => new DataView(host.cards[0][slot]!.buffer).getUint32(12, true));
    const older = sequences[0]! < sequences[1]! ? 2 : 3;
    host.cards[0][older]!.fill(0xee);
    expect(host.assemble(), "one card still proves it").toBe(layout.STATUS_OK);
    expect(host.states()).toEqual([1, 1, 1, 1]);
    const again = ScriptedHost.clean();
    again.cards[0][older]!.fill(0xee);
    again.cards[1][older]!.fill(0xee);
    expect(again.assemble()).toBe(layout.STATUS_OK);
    expect(again.states()).toEqual(Array.from({ length: 4 }, () => layout.REGION_NEEDS_SYNC));
  });

  it("writes first to the card whose slot is invalid anyway", () => {
    const host = ScriptedHost.clean();
    const sequences = [2, 3].map((slot) => new DataView(host.cards[0][slot]!.buffer).getUint32(12, true));
    const older = sequences[0]! < sequences[1]! ? 2 : 3;
    host.cards[1][older]!.fill(0xee);
    host.assemble();
    const firstRecord = host.trace.find((line) => line.includes("write"));
    expect(firstRecord).toBe(`B write ${older}+1`);
  });
});

describe("format", () => {
  it("refuses a geometry that fits nowhere", () => {
    const host = new ScriptedHost();
    expect(host.exports.configure(layout.OPTION_CARD_SECTORS, 5)).toBe(layout.STATUS_OK);
    expect(host.exports.configure(layout.OPTION_METADATA_STRIDE, 1)).toBe(layout.STATUS_OK);
    expect(host.exports.format(1, 1, 1)).toBe(layout.STATUS_TOO_SMALL);
    expect(host.exports.format(16, 1, 1)).toBe(layout.STATUS_GEOMETRY);
    expect(host.exports.configure(layout.OPTION_METADATA_STRIDE, 0)).toBe(layout.STATUS_RANGE);
  });

  it("that is cut leaves no record which the old array under the same id would believe", () => {
    const host = ScriptedHost.clean();
    host.exports.submit(layout.REQUEST_WRITE, 0, 1, 5, 1);
    host.settle();
    host.driver.reset();
    configureDriver(host.exports, OPTIONS);
    host.exports.format(1, 2, 3);
    // Record 1 reaches both cards; then the power fails.
    host.answer();
    host.answer();
    expect(host.assemble()).toBe(layout.STATUS_OK);
    expect(host.states()).toEqual(Array.from({ length: 4 }, () => layout.REGION_NEEDS_SYNC));
  });

  it("writes the superblocks last, behind a flush", () => {
    const host = new ScriptedHost();
    host.format(OPTIONS);
    const records = ["A write 3+1", "B write 3+1", "A write 2+1", "B write 2+1", "A flush", "B flush"];
    const superblocks = ["A write 0+1", "B write 0+1", "A write 1+1", "B write 1+1", "A flush", "B flush"];
    expect(host.trace).toEqual([...records, ...superblocks]);
  });
});
