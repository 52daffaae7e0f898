import { expect, it } from "vitest";
import { describeWithPrograms } from "../debian-packages.js";
import { COMPILER, COMPILER_MS } from "./built-firmware.js";
import { SMALL } from "./logger-firmware.js";
import { compareWithNode } from "./same-module.js";

describeWithPrograms(COMPILER, "the driver on the chip", () => {
  it(
    "does call by call what the same module does in Node, through a power cut and a resync",
    () => {
      const report = compareWithNode({ ...SMALL, blocks: 5, epochMs: 2000 }, 14_000_000);
      expect(report.calls.get("submit")).toBeGreaterThan(30);
      const blocks = ["bus.sendBlock", "bus.queueBlock"].map((name) => report.callbacks.get(name)!);
      expect(Math.min(...blocks)).toBeGreaterThan(50);
      expect(blocks[0]! + blocks[1]!).toBeGreaterThan(200);
      expect(report.resynced).toBeGreaterThan(0);
      const { last } = report;
      // And the comparison notices what differs: a result, a callback that is missing, one that is not.
      last.called("counter", [0]);
      expect(() => last.returned("counter", [0], 0xdead)).toThrow("57005");
      last.called("counter", [0]);
      last.imported("upper.done", [1, 2]);
      expect(() => last.returned("counter", [0], 0)).toThrow("next: null");
      last.called("tick", [0]);
      expect(() => last.returned("tick", [0x7fffffff], 0)).toThrow();
    },
    COMPILER_MS,
  );
});
