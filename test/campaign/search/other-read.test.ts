import { describe, expect, it } from "vitest";
import {
  firstOtherBytes,
  firstOtherRead,
  firstOtherThanLone,
  type ReadValues,
} from "../../../host/campaign/search/other-read.js";
import { UNREADABLE } from "../../../host/sdcard-emulator/sector-contents.js";

function reads(...values: number[]): ReadValues {
  return { sectors: Int32Array.from(values, (_, i) => 10 + i), values: Int32Array.from(values) };
}

describe("what two recoveries read", () => {
  it("is the same bytes, and the same errors", () => {
    expect(firstOtherRead(reads(1, UNREADABLE), reads(1, UNREADABLE))).toBe(-1);
    expect(firstOtherRead(reads(1, 3), reads(1, 2))).toBe(11);
    expect(firstOtherRead(reads(1, 2), reads(1, UNREADABLE))).toBe(11);
  });

  it("may be an error once while a member is rebuilt, and never other bytes", () => {
    expect(firstOtherBytes(reads(1, 2), reads(1, UNREADABLE))).toBe(-1);
    expect(firstOtherBytes(reads(UNREADABLE, 3), reads(1, 2))).toBe(11);
  });

  it("is what the lone card read, and what only the other card could read as both read it before", () => {
    expect(firstOtherThanLone(reads(1, 2), reads(1, UNREADABLE), reads(9, 2))).toBe(-1);
    expect(firstOtherThanLone(reads(1, 3), reads(1, UNREADABLE), reads(9, 2))).toBe(11);
    expect(firstOtherThanLone(reads(1, UNREADABLE), reads(1, UNREADABLE), reads(9, 2))).toBe(-1);
    expect(firstOtherThanLone(reads(UNREADABLE), reads(1), reads(1))).toBe(10);
    expect(firstOtherThanLone(reads(9), reads(1), reads(9))).toBe(10);
    expect(firstOtherThanLone(reads(3), reads(UNREADABLE), reads())).toBe(-1);
  });
});
