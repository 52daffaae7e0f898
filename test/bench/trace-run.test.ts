import { beforeAll, describe, expect, it } from "vitest";
import { COUNTER_RECORD_WRITES } from "../../assembly/layout.js";
import { BITMAP_SETTINGS_USUAL, tuningOf, TunedDriver } from "../../host/bench/bitmap-settings.js";
import { runTrace, type TraceMeasurement, type TraceRunParts } from "../../host/bench/trace-run.js";
import { arrayGeometry } from "../../host/campaign/world/array-geometry.js";
import { cleanArray } from "../../host/campaign/world/clean-array.js";
import { parseTrace, TRACE_INTERVAL_US } from "../../host/clients/trace.js";
import { readDriver } from "../../host/mirror/driver-binary.js";
import { profile } from "../../host/sdcard-emulator/characteristics.js";
import { SectorContents } from "../../host/sdcard-emulator/sector-contents.js";

/** 32 regions of 8 blocks. */
const GEOMETRY = arrayGeometry(16 + 32 * 64, 6, 4);
const contents = new SectorContents();
const driver = new TunedDriver(
  readDriver("production"),
  tuningOf({ ...BITMAP_SETTINGS_USUAL, markAhead: 0, markedMax: 0, quietMs: 0 }),
);
let parts: Omit<TraceRunParts, "epochMs">;

beforeAll(() => {
  const images = cleanArray(driver, contents, GEOMETRY);
  parts = { driver, contents, geometry: GEOMETRY, images, characteristics: profile("mlc") };
});

/** @param epochMs by default longer than any of these traces, so that nothing is cleared before their end */
const replay = (blocks: readonly number[], epochMs = 5000): TraceMeasurement =>
  runTrace({ ...parts, epochMs }, parseTrace(blocks.join("\n"), "a test"));

describe("a replayed trace", () => {
  it("that stays in one region takes one mark, on both cards, and one clear", () => {
    const { metadata, metadataAfterwards, marked, markWaits } = replay([0, 1, 2, 3, 4, 5, 6, 7]);
    expect(metadata).toEqual({ sectors: 2, records: 1, clearRecords: 0 });
    expect(metadataAfterwards).toEqual({ sectors: 2, records: 1, clearRecords: 1 });
    // Nothing is marked before the first write, and the region before each of the others.
    expect(marked).toEqual({ average: 7 / 8, most: 1, atCut: 1 });
    expect(markWaits).toBe(1);
  });

  it("that goes to another region with every write waits for a mark with every write", () => {
    const { metadata, marked, markWaits, writes } = replay([0, 8, 16, 24, 32]);
    expect(metadata).toEqual({ sectors: 10, records: 5, clearRecords: 0 });
    expect(marked).toEqual({ average: (0 + 1 + 2 + 3 + 4) / 5, most: 4, atCut: 4 });
    expect(markWaits).toBe(5);
    expect(writes).toBe(5);
  });

  it("counts what the driver says that it wrote", () => {
    const { metadata, metadataAfterwards, markedAtEnd } = replay(
      Array.from({ length: 60 }, (_, i) => (i * 37) % 256),
      100,
    );
    const counted = driver.exports.counter(COUNTER_RECORD_WRITES);
    const seen = metadata.sectors + metadataAfterwards.sectors;
    // Assembly has written a record of its own to both cards before.
    expect(seen).toBe(counted - 2);
    expect(metadata.clearRecords).toBeGreaterThan(0);
    expect(metadata.records).toBe(metadata.sectors / 2);
    expect(markedAtEnd).toBe(0);
  });

  it("is the same when it is replayed again: the array it began on is left as it was", () => {
    const blocks = Array.from({ length: 40 }, (_, i) => (i * 53) % 256);
    expect(replay(blocks)).toEqual(replay(blocks));
  });

  it("has latencies in order, of marked writes shorter than those that wait", () => {
    const { latencyUs } = replay([...Array.from({ length: 99 }, (_, i) => i % 8), 64]);
    expect(latencyUs.p50).toBeGreaterThan(1000);
    expect(latencyUs.p50).toBeLessThanOrEqual(latencyUs.p99);
    expect(latencyUs.p99).toBeLessThanOrEqual(latencyUs.max);
    expect(latencyUs.max).toBeLessThan(2 * TRACE_INTERVAL_US);
  });

  it("must fit the array", () => {
    expect(() => replay([0, 256])).toThrow(
      "a test, line 2: block 256 is outside the 256 blocks of the array",
    );
  });
});
