/** A few cuts of the board; the long suite has hundreds. */
import { expect, it } from "vitest";
import { describeWithPrograms } from "../debian-packages.js";
import { BoardCuts } from "./board-cuts.js";
import { COMPILER, COMPILER_MS } from "./built-firmware.js";

describeWithPrograms(COMPILER, "the board, cut at arbitrary cycles", () => {
  it(
    "keeps the promises",
    () => {
      const cuts = new BoardCuts("mlc", 1);
      cuts.run(4, 2);
      expect(Object.values(cuts.counts).reduce((sum, count) => sum + count, 0)).toBe(6);
    },
    COMPILER_MS,
  );
});
