/** The mirror on the board against the slower of its cards written alone, in the same run. */
import { expect, it } from "vitest";
import { benchBoard, CARD_PAIRS } from "../../../host/bench/board-bench.js";
import { readFirmware } from "../../../host/rp2040/index.js";
import { describeWithPrograms } from "../../debian-packages.js";
import { builtFirmware, COMPILER } from "../../firmware/built-firmware.js";

/** Percent of the slower card alone. */
const IN_ORDER_AT_LEAST = 95;
const RANDOM_AT_LEAST = 90;
/** kB/s of one card, in order. */
const ALONE_AT_LEAST = 2400;
/** At any depth: at depth 1 a request takes as long as the slower card takes for it. */
const DEPTH_1_AT_LEAST = 77;

describeWithPrograms(COMPILER, "throughput on the board", () => {
  it.each(CARD_PAIRS)("of the mirror is near that of a card alone: $name", (pair) => {
    const rows = benchBoard(readFirmware(builtFirmware("bench")), pair);
    console.log(JSON.stringify(rows));
    const share = (order: string, depth: number): number =>
      rows.find((row) => row.order === order && row.depth === depth)!.share;
    expect(share("sequential", 2)).toBeGreaterThanOrEqual(IN_ORDER_AT_LEAST);
    expect(share("random", 4)).toBeGreaterThanOrEqual(RANDOM_AT_LEAST);
    for (const { order, alone, share: each } of rows) {
      expect(each).toBeGreaterThan(DEPTH_1_AT_LEAST);
      if (order === "sequential") expect(Math.min(...alone)).toBeGreaterThanOrEqual(ALONE_AT_LEAST);
    }
  });
});
