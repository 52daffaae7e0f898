import { describe, expect, it } from "vitest";
import * as layout from "../../assembly/layout.js";
import { OPTIONS, ScriptedHost } from "./scripted-host.js";

const WRITE = layout.REQUEST_WRITE;
const PER_SECTOR = layout.REGIONS_PER_BITMAP_SECTOR;

/** Regions of one sector, ten of them in a second bitmap sector; strides of two sectors. */
const LARGE = { ...OPTIONS, cardSectors: 8 + PER_SECTOR + 10, metadataStride: 2 };

const large = (): ScriptedHost => ScriptedHost.clean("production", LARGE, 0);

describe("an array with two bitmap sectors", () => {
  it("marks a request that spans both in both, before its data leaves", () => {
    const host = large();
    expect(host.exports.geometry(layout.GEOMETRY_BITMAP_SECTORS)).toBe(2);
    host.exports.submit(WRITE, PER_SECTOR - 1, 2, 5, 1);
    host.settle();
    expect(host.answers.get(1)).toBe(layout.STATUS_OK);
    const data = host.trace.indexOf(`A write ${8 + PER_SECTOR - 1}+2`);
    const records = host.trace.slice(0, data).filter((line) => / write [4-7]\+1$/.test(line));
    expect(records).toHaveLength(4);
    expect(host.assemble(LARGE)).toBe(layout.STATUS_OK);
    const marked = [PER_SECTOR - 2, PER_SECTOR - 1, PER_SECTOR, PER_SECTOR + 1].map((region) =>
      host.exports.regionState(region),
    );
    const { REGION_CLEAN, REGION_NEEDS_SYNC } = layout;
    expect(marked).toEqual([REGION_CLEAN, REGION_NEEDS_SYNC, REGION_NEEDS_SYNC, REGION_CLEAN]);
  });

  it("becomes clean again in both", () => {
    const host = large();
    host.exports.submit(WRITE, PER_SECTOR - 1, 2, 5, 1);
    host.settle();
    host.clear();
    expect(host.exports.counter(layout.COUNTER_REGIONS_UNPROVEN)).toBe(0);
    expect(host.assemble(LARGE)).toBe(layout.STATUS_OK);
    expect(host.exports.counter(layout.COUNTER_REGIONS_TO_SYNC)).toBe(0);
  });

  it("serves the second one while the first is written without end", () => {
    const host = large();
    let sector = 0;
    host.exports.submit(WRITE, sector++, 1, 5, 1000);
    host.exports.submit(WRITE, PER_SECTOR + 5, 1, 6, 1);
    while (!host.answers.has(1) && sector < 200) {
      // A new first write to the first bitmap sector with every answer: it always has a mark to write.
      host.exports.submit(WRITE, sector, 1, 5, 1000 + sector);
      sector++;
      host.answer();
    }
    expect(host.answers.get(1)).toBe(layout.STATUS_OK);
    expect(sector).toBeLessThan(40);
  });
});
