import { describe, expect, it } from "vitest";
import { MEMBERS, REGIONS_PER_BITMAP_SECTOR } from "../../../assembly/layout.js";
import type { BitmapRecord, BitmapRecords } from "../../../host/campaign/oracle/bitmap-record.js";
import { MarkOracle, slotSector } from "../../../host/campaign/oracle/mark-oracle.js";
import { arrayGeometry } from "../../../host/campaign/world/array-geometry.js";

const GEOMETRY = arrayGeometry(12, 1, 1);
/** Content ids of the images are indices of this list; 0 is no record. */
const RECORDS: readonly (BitmapRecord | null)[] = [null, record(4, []), record(5, [2]), record(6, [1])];

function record(sequence: number, marked: readonly number[]): BitmapRecord {
  const marks = new Uint8Array(REGIONS_PER_BITMAP_SECTOR);
  for (const region of marked) marks[region] = 1;
  return { index: 0, sequence, marks };
}

/** An oracle, and a reader of images whose cards hold the records named, by slot, on both cards. */
function imagesOf(slots: readonly [number, number]): {
  oracle: MarkOracle;
  read: (member: number, sector: number) => number;
} {
  const known = { of: (content: number) => RECORDS[content] ?? null } as unknown as BitmapRecords;
  const read = (member: number, sector: number): number => {
    expect(member).toBeLessThan(MEMBERS);
    return slots.find((_, slot) => sector === slotSector(GEOMETRY, 0, slot)) ?? 0;
  };
  return { oracle: new MarkOracle(GEOMETRY, known), read };
}

describe("regions that a recovery may resynchronise", () => {
  it("are those that the newest record marks", () => {
    const { oracle, read } = imagesOf([1, 2]);
    expect([0, 1, 2, 3].filter((region) => oracle.mayResync(read, region))).toEqual([2]);
  });

  it("are no others when the slot that follows is invalid on both cards", () => {
    const { oracle, read } = imagesOf([0, 2]);
    expect([0, 1, 2, 3].filter((region) => oracle.mayResync(read, region))).toEqual([2]);
  });

  it("are none without a record", () => {
    const { oracle, read } = imagesOf([0, 0]);
    expect([0, 1, 2, 3].filter((region) => oracle.mayResync(read, region))).toEqual([]);
  });
});

describe("copies of the driver", () => {
  it("must lie in regions that the newest record begun marks", () => {
    const { oracle, read } = imagesOf([1, 2]);
    oracle.bootedFrom(read);
    expect(oracle.copyWritten(4, 2)).toBe(-1);
    expect(oracle.copyWritten(3, 2)).toBe(1);
    expect(oracle.copyWritten(5, 2)).toBe(3);
    oracle.writeSubmitted(2, 1);
    expect(oracle.recordWritten(RECORDS[3]!)).toBe(-1);
    expect(oracle.copyWritten(2, 2)).toBe(-1);
    expect(oracle.copyWritten(4, 1)).toBe(2);
  });
});
