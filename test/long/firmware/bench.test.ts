/** The mirror on the board against the slower of its cards written alone, in the same run. */
import { expect, it } from "vitest";
import { benchBoard, CARD_PAIRS } from "../../../host/bench/board-bench.js";
import { readFirmware } from "../../../host/rp2040/index.js";
import { describeWithPrograms } from "../../debian-packages.js";
import { builtFirmware, COMPILER } from "../../firmware/built-firmware.js";

/** Percent. 95 were aimed at in order, and are missed (docs/rp2040.md): what is reached must stay. */
const IN_ORDER_AT_LEAST = 93;
const RANDOM_AT_LEAST = 90;

describeWithPrograms(COMPILER, "throughput on the board", () => {
  it.each(CARD_PAIRS.filter(({ name }) => name.startsWith("tlc-cached")))(
    "of the mirror is near that of a card alone: $name",
    (pair) => {
      const rows = benchBoard(readFirmware(builtFirmware("bench")), pair);
      console.log(JSON.stringify(rows));
      const share = (order: string, depth: number): number =>
        rows.find((row) => row.order === order && row.depth === depth)!.share;
      expect(share("sequential", 2)).toBeGreaterThanOrEqual(IN_ORDER_AT_LEAST);
      expect(share("random", 4)).toBeGreaterThanOrEqual(RANDOM_AT_LEAST);
    },
  );
});
