/** Cards of every class cut at every single byte of a write, a stream and an erase. */
import { describe, expect, it } from "vitest";
import { cutThroughout, SCENES } from "../../sdcard-emulator/spi/cut-scenes.js";

describe.each(["slc", "mlc", "tlc-cached", "ordered-cache", "slow-settle", "collateral"])(
  "a card of class %s",
  (name) => {
    it.each(SCENES)("cut at every byte of $name holds what was chosen, and comes up again", (scene) => {
      const cuts = cutThroughout(scene, name, 1);
      console.log(`${name}, ${scene.name}: cut at ${cuts} bytes`);
      expect(cuts).toBeGreaterThan(30);
    });
  },
);
