/** OPTION_MARKED_MAX over several bitmap sectors: what a crash leaves to copy stays near the cap (P6). */
import { describe, expect, it } from "vitest";
import {
  COUNTER_REGIONS_MARKED,
  FORMAT_EMPTY,
  OPTION_MARKED_MAX,
  OPTION_QUIET_MS,
  REQUEST_WRITE,
  STATUS_OK,
} from "../../assembly/layout.js";
import type { DriverOptions } from "../../host/mirror/driver-options.js";
import { ScriptedHost } from "./scripted-host.js";

const REGIONS_PER_BITMAP_SECTOR = 1920;
const STRIDE = 8;
const CAP = 64;
const WRITES = 3000;
/** A record lets marks go after it was seen that there are too many, so each bitmap sector may be ahead by a few. */
const SLACK = 8;

describe("the cap on marks", () => {
  it.each([1, 4])("holds over %i bitmap sectors, wherever writes go", (bitmapSectors) => {
    const regions = bitmapSectors * REGIONS_PER_BITMAP_SECTOR;
    const options: DriverOptions = {
      cardSectors: 4 * STRIDE + 2 * regions,
      metadataStride: STRIDE,
      epochMs: 1,
      format: FORMAT_EMPTY,
      more: new Map([
        [OPTION_MARKED_MAX, CAP],
        [OPTION_QUIET_MS, 1_000_000],
      ]),
    };
    const host = new ScriptedHost("production", options.cardSectors);
    host.format(options, 1);
    host.assemble(options);
    let [random, most] = [1, 0];
    for (let write = 0; write < WRITES; write++) {
      random = (Math.imul(random, 1_103_515_245) + 12_345) >>> 0;
      const tag = 100 + write;
      const sector = 2 * ((random >>> 8) % regions);
      expect(host.exports.submit(REQUEST_WRITE, sector, 1, 9, tag)).toBe(STATUS_OK);
      host.settle();
      host.clear();
      expect(host.answers.get(tag)).toBe(STATUS_OK);
      if (write > WRITES / 2) most = Math.max(most, host.exports.counter(COUNTER_REGIONS_MARKED));
    }
    expect(most).toBeGreaterThan(CAP / 2);
    expect(most).toBeLessThanOrEqual(CAP + SLACK * bitmapSectors);
  });
});
