/** One CRC for two cards: no buffer that changes meanwhile leaves the cards unequal and accepted. */
import { describe, expect, it } from "vitest";
import { race } from "./shared-crc.js";

describe.each([1, 2] as const)("racing writes on %i buses", (buses) => {
  it("are never accepted with different bytes", () => {
    const report = race(600, 85, false, buses, 1);
    expect(report).toMatchObject({ writes: 600, unequal: 0, inSync: 2, illegal: 0 });
    expect(report.collided).toBeLessThan(2);
    expect(report.rejected).toBeGreaterThan(20);
    expect(report.bounced).toBeGreaterThan(0);
  });

  it("end also when the buffer changes at every single send", () => {
    const report = race(200, 100, false, buses, 2);
    expect(report).toMatchObject({ writes: 200, unequal: 0, inSync: 2, illegal: 0 });
  });

  it("differ where the CRC16 collides, which is its limit", () => {
    const report = race(600, 60, true, buses, 3);
    expect(report.writes).toBe(600);
    expect(report.collisions).toBeGreaterThan(100);
    expect(report.unequal).toBe(0);
    expect(report.collided).toBeGreaterThan(0);
  });
});
