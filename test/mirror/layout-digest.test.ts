import { describe, expect, it } from "vitest";
import * as layout from "../../assembly/layout.js";
import { layoutDigest } from "../../host/mirror/layout-digest.js";
import { digestOfLayout } from "../../scripts/layout-constants.mjs";
import { ROOT } from "../../scripts/repository.mjs";

describe("layoutDigest", () => {
  it("is FNV-1a over NAME=value; of each constant, whatever their order", () => {
    expect(layoutDigest({})).toBe(0x811c9dc5);
    expect(layoutDigest({ a: 1 })).toBe(fnv1a("a=1;"));
    expect(layoutDigest({ b: 2, a: 1, B: 4294967295 })).toBe(fnv1a("B=4294967295;a=1;b=2;"));
  });

  it("changes when a constant changes its value or its name", () => {
    const digest = layoutDigest(layout);
    expect(layoutDigest({ ...layout, SECTOR_BYTES: 513 })).not.toBe(digest);
    const { SECTOR_BYTES, ...rest } = layout;
    expect(layoutDigest({ ...rest, SECTOR_SIZE: SECTOR_BYTES })).not.toBe(digest);
  });

  it("is the same for the host and for the build, which reads the source before it is compiled", async () => {
    expect(await digestOfLayout(ROOT)).toBe(layoutDigest(layout));
  });

  it.each([-1, 0.5, 2 ** 32, Number.NaN, "1", undefined])("refuses %s, which is no u32", (value) => {
    expect(() => layoutDigest({ REGIONS_MAX: value })).toThrow("REGIONS_MAX is ");
  });
});

/** FNV-1a written a second way, in exact integers. */
function fnv1a(text: string): number {
  let hash = 0x811c9dc5n;
  for (const byte of Buffer.from(text)) hash = ((hash ^ BigInt(byte)) * 0x01000193n) & 0xffffffffn;
  return Number(hash);
}
