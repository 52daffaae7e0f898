import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, it } from "vitest";
import { machineCode } from "../rp2040/machine-code.js";
import { run } from "./captured-terminal.js";

it("syncgate bench board says what is missing", async () => {
  const none = await run(["bench", "board", "none.elf"]);
  expect(none.code).toBe(2);
  expect(none.err).toContain("npm run build:firmware makes it");
  // It sleeps, and nothing wakes it.
  const asleep = machineCode(0xbf30, 0xe7fe);
  for (const [bytes, sentence] of [
    [asleep.flash, "it measures nothing: give bench.elf"],
    [new TextEncoder().encode("no firmware, ".repeat(40)), "which is no Thumb address"],
  ] as const) {
    const file = path.join(mkdtempSync(path.join(tmpdir(), "bench-board-")), "other.bin");
    writeFileSync(file, bytes);
    const { code, err } = await run(["bench", "board", file]);
    rmSync(path.dirname(file), { recursive: true });
    expect([code, err]).toEqual([2, expect.stringContaining(`${file}: `)]);
    expect(err).toContain(sentence);
  }
  const cards = await run(["bench", "board", "--cards", "slow"]);
  expect(cards.code).toBe(2);
  expect(cards.err).toContain('--cards slow fits none of "quick, steady"');
});
