/** Ten thousand racing writes and more, on both kinds of wiring. */
import { describe, expect, it } from "vitest";
import { race } from "../../sdcard/shared-crc.js";

describe.each([1, 2] as const)("racing writes on %i buses", (buses) => {
  it.each([10, 40, 80])("are never accepted with different bytes, at %i % of all sends", (percent) => {
    const report = race(6000, percent, false, buses, percent);
    console.log(`${buses} buses, ${percent} %: ${JSON.stringify(report)}`);
    expect(report).toMatchObject({ writes: 6000, unequal: 0, inSync: 2, illegal: 0 });
    // By chance: one change in 2^15 or so has the same CRC16, as the data of this test are.
    expect(report.collided).toBeLessThan(5);
    expect(report.rejected).toBeGreaterThan(100);
  });
});
