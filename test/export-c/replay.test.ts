import { expect, it } from "vitest";
import { describeWithPrograms } from "../debian-packages.js";
import { playedBlockRun, playedSpiRun } from "./played-run.js";
import { replayed } from "./replayed.js";

/** Requests that a run has at least. */
const OPERATIONS = 1000;
/** Traps at an access that a core without unaligned access does not make, and at what C leaves undefined. */
const STRICT = ["-O1", "-DSYNCGATE_ALIGNMENT_CHECKS=1", "-fsanitize=undefined", "-fno-sanitize-recover"];

describeWithPrograms({ gcc: "gcc" }, "calls of a run in Node, replayed into the exported C", () => {
  it.each([
    { name: "production", play: playedBlockRun },
    { name: "spi", play: playedSpiRun },
  ] as const)(
    "$name: imports, results and the whole memory are equal after every call",
    ({ name, play }) => {
      const { recorder, resynced, requests } = play();
      expect(requests).toBeGreaterThanOrEqual(OPERATIONS);
      expect(resynced).toBeGreaterThan(0);
      expect(replayed(name, recorder, [STRICT])).toEqual([]);
    },
    120_000,
  );

  it("tells a replay that ends otherwise", () => {
    const { recorder } = playedBlockRun();
    recorder.expected()[4000]! ^= 1;
    expect(replayed("production", recorder, [["-O0"]])).toEqual([
      expect.stringMatching(/^-O0: exit code 0 , equal up to byte 4000 of \d+$/),
    ]);
  }, 60_000);
});
