/** The mirror over SPI cards keeps its promises wherever on the bus it is cut. */
import { describe, expect, it } from "vitest";
import { cutMirror } from "../../sdcard/mirror-cuts.js";

/** Not the classes that destroy neighbours: an erase block of theirs holds all metadata of so small an array. */
const CLASSES = ["slc", "mlc", "tlc-cached", "ordered-cache", "slow-settle"];
const CUTS = 100;

describe.each([1, 2] as const)("on %i buses", (buses) => {
  it.each(CLASSES)("cards of class %s keep their promises at each of a hundred cuts", (cardClass) => {
    const sum = { cuts: 0, axes: 0, marked: 0, flushes: 0 };
    const world = { buses, cardClass, seed: CLASSES.indexOf(cardClass) + 1 };
    const { bytes } = cutMirror(world, Infinity);
    for (let cut = 0; cut < CUTS; cut++) {
      // Not in step with blocks: every place within one is met.
      const report = cutMirror(world, Math.floor(((cut + 0.5) * bytes) / CUTS));
      sum.cuts += report.cut ? 1 : 0;
      sum.axes += report.axes;
      sum.marked += report.marked;
      sum.flushes += report.flushes;
    }
    console.log(`${cardClass}, buses: ${buses}, of ${bytes} bytes: ${JSON.stringify(sum)}`);
    expect(sum.cuts).toBe(CUTS);
    expect(sum.axes).toBeGreaterThan(CUTS / 4);
    expect(sum.marked).toBeGreaterThan(CUTS);
  });
});
