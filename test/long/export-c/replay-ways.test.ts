import { expect, it } from "vitest";
import { describeWithPrograms } from "../../debian-packages.js";
import { playedBlockRun, playedSpiRun } from "../../export-c/played-run.js";
import { replayed } from "../../export-c/replayed.js";

/** Ways to compile it that the quick test leaves out. */
const WAYS = [
  ["-Os"],
  ["-O2"],
  ["-O2", "-DSYNCGATE_BOUNDS_CHECKS=0"],
  ["-O3", "-DSYNCGATE_PORTABLE=1"],
  ["-O2", "-fsanitize=address,undefined", "-fno-sanitize-recover"],
];

describeWithPrograms({ gcc: "gcc" }, "the exported C, compiled in every way", () => {
  it("answers as the module of the mirror does", () => {
    expect(replayed("production", playedBlockRun().recorder, WAYS)).toEqual([]);
  });

  it("answers as the SPI module does", () => {
    expect(replayed("spi", playedSpiRun().recorder, WAYS)).toEqual([]);
  });
});
