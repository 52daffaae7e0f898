/** A thousand requests and more, through a power cut and a resync. */
import { expect, it } from "vitest";
import { describeWithPrograms } from "../../debian-packages.js";
import { COMPILER } from "../../firmware/built-firmware.js";
import { SMALL } from "../../firmware/logger-firmware.js";
import { compareWithNode } from "../../firmware/same-module.js";

describeWithPrograms(COMPILER, "the driver on the chip", () => {
  it("does in over a thousand requests what the same module does in Node", () => {
    const { calls, callbacks, resynced } = compareWithNode({ ...SMALL, blocks: 200, part: 200 }, 300_000_000);
    console.log(
      `calls ${JSON.stringify([...calls])}, callbacks ${JSON.stringify([...callbacks])}, resynced ${resynced}`,
    );
    expect(calls.get("submit")).toBeGreaterThan(1000);
    expect(resynced).toBeGreaterThan(0);
  });
});
