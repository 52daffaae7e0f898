import { describe, expect, it } from "vitest";
import { fatOnSingleCard } from "./fat-on-single-card.js";

/** What the FAT checker asserts must be true of FAT itself: without a mirror, on one card that does what it says. */
describe("FAT on one perfect card", () => {
  it.each(["slc", "mlc", "tlc-cached", "ordered-cache"])(
    "of class %s keeps what was synced",
    async (profile) => {
      const result = await fatOnSingleCard(profile, 1, false);
      expect(result.complaints).toEqual([]);
      expect(result.withFiles).toBeGreaterThan(100);
      expect(result.unreadable).toBeLessThan(result.mounts / 4);
    },
  );

  it("never meets an unreadable sector where sectors are atomic", async () => {
    expect((await fatOnSingleCard("slc", 3, false)).unreadable).toBe(0);
  });
});

describe("FAT on one card that lies", () => {
  it("about flushes loses synced files, and the checker says so", async () => {
    const { complaints } = await fatOnSingleCard("tlc-cached", 1, true);
    expect(complaints.length).toBeGreaterThan(50);
    const kinds = new Set(complaints.map((text) => text.replace(/F\d+\.BIN/, "F")));
    expect(kinds).toContain("F was synced, and is gone");
  });
});

describe("a FAT run", () => {
  it("writes the same bytes again for the same seed: no date, no chance", async () => {
    const [first, again, other] = await Promise.all([
      fatOnSingleCard("slc", 5, false),
      fatOnSingleCard("slc", 5, false),
      fatOnSingleCard("slc", 6, false),
    ]);
    expect(again).toEqual(first);
    expect(other.image).not.toEqual(first.image);
  });
});
