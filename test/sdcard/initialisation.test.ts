/** Cards of every generation come up, and those that must be refused are. */
import { describe, expect, it } from "vitest";
import { CARD_SECTORS, SpiBench } from "./spi-bench.js";

describe("initialisation", () => {
  it("works once", () => {
    const bench = new SpiBench();
    console.log(bench.format(), bench.mirror.startStatus, bench.clock.nowUs);
    console.log([0,1,2,3,4,5,6,7,8,9,10,11].map((k) => bench.mirror.cardWord(0, k)));
    bench.expectLegal();
    expect(CARD_SECTORS).toBe(1024);
  });
});
