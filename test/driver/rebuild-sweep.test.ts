/** A rebuild that goes through all regions of a large array keeps no write waiting that needs a mark. */
import { expect, it } from "vitest";
import {
  FORMAT_EMPTY,
  MEMBER_ADD,
  MEMBER_REMOVE,
  REGION_CLEAN,
  REQUEST_WRITE,
  STATUS_OK,
} from "../../assembly/layout.js";
import type { DriverOptions } from "../../host/mirror/driver-options.js";
import { ScriptedHost } from "./scripted-host.js";

const STRIDE = 8;
const REGIONS = 4 * 1920;
const OPTIONS: DriverOptions = {
  cardSectors: 4 * STRIDE + 2 * REGIONS,
  metadataStride: STRIDE,
  epochMs: 10,
  format: FORMAT_EMPTY,
};
const WRITES = 20;

/** Of a region of its own each. */
const sectorOf = (write: number): number => 200 * write;

it("lets a write that needs a mark wait for one tick at most while a rebuild sweeps", () => {
  const host = new ScriptedHost("production", OPTIONS.cardSectors);
  host.format(OPTIONS, 1);
  host.assemble(OPTIONS);
  for (let write = 0; write < WRITES; write++) host.write(sectorOf(write), 1, 100 + write);
  host.clear();
  expect(host.exports.regionState(sectorOf(0) / 2)).toBe(REGION_CLEAN);
  expect(host.exports.memberCommand(MEMBER_REMOVE, 1, 50)).toBe(STATUS_OK);
  host.until(() => host.answers.has(50));
  expect(host.exports.memberCommand(MEMBER_ADD, 1, 51)).toBe(STATUS_OK);
  let [write, submitted, longest] = [0, 0, 0];
  for (let tick = 0; !host.answers.has(51); tick++) {
    expect(tick).toBeLessThan(1000);
    host.settle();
    if (write === 0 || host.answers.has(200 + write)) {
      if (write > 0) longest = Math.max(longest, tick - submitted);
      if (write === WRITES) break;
      write++;
      submitted = tick;
      expect(host.exports.submit(REQUEST_WRITE, sectorOf(write - 1), 1, 9, 200 + write)).toBe(STATUS_OK);
      host.settle();
    }
    host.tick(10);
  }
  // Most of them came while it was under way.
  expect(write).toBeGreaterThan(8);
  expect(longest).toBeLessThanOrEqual(1);
});
