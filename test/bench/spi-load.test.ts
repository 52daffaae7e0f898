import { describe, expect, it } from "vitest";
import { SpiLoad } from "../../host/bench/spi-load.js";

const WARM_UP = 300;
const WINDOWS = 15;

/** Bytes of heap that a run of some tens of thousands of exchanges takes: the middle of several, as collections lie in some. */
function growthPerByte(load: SpiLoad): number {
  const growths: number[] = [];
  for (let i = 0; i < WINDOWS; i++) {
    const bytes = load.bytes;
    const before = process.memoryUsage().heapUsed;
    load.write(16, true);
    load.read(16, true);
    load.write(4, false);
    load.read(4, false);
    growths.push((process.memoryUsage().heapUsed - before) / (load.bytes - bytes));
  }
  return growths.toSorted((a, b) => a - b)[WINDOWS >> 1]!;
}

describe("an exchange of a byte", () => {
  it("allocates nothing", () => {
    const load = new SpiLoad();
    for (let i = 0; i < WARM_UP; i++) {
      load.write(16, true);
      load.read(16, true);
      load.write(4, false);
      load.read(4, false);
    }
    // An object or a boxed number a byte would be 12 at least; a few objects a command are not the byte's.
    expect(growthPerByte(load)).toBeLessThan(0.5);
  });
});
