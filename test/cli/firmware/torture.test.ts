/** `syncgate torture --dut FIRMWARE`: a seeded mistake is found, made small and replayed; without it the firmware survives. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ROOT } from "../../../scripts/repository.mjs";
import { describeWithPrograms } from "../../debian-packages.js";
import { picoProgram } from "../../rp2040/pico-program.js";
import { run } from "../captured-terminal.js";

const COMPILE_MS = 60_000;
const folder = mkdtempSync(path.join(tmpdir(), "firmware-torture-"));
afterAll(() => rmSync(folder, { recursive: true }));
const at = (name: string): string => path.join(folder, name);
const torture = (...args: readonly string[]) => run(["torture", "--profile", "mlc", "--dut", ...args]);

describe("firmware under test that cannot be used", () => {
  it.each([
    [["torture", "--card-a", "x.img"], "--card-a is for firmware: add --dut FILE"],
    [
      ["torture", "--dut", "nbd", "--run", "{socket}", "--check", "x", "--max-cycles", "5"],
      "--max-cycles is for firmware",
    ],
    [["torture", "--dut", "/no/such.uf2"], "/no/such.uf2 cannot be read"],
    [
      ["torture", "--dut", "/no/such.uf2", "--log", "x"],
      "--log is for other devices: leave it out beside firmware",
    ],
    [["torture", "--dut", "/no/such.uf2", "--policy", "never"], "--policy is for the driver"],
    [["torture", "--dut", "/no/such.uf2", "--promises", "P3"], "--promises is for the driver"],
    [["torture", "--dut", "/no/such.uf2", "--power", "dim"], 'there is no power topology "dim"'],
    [
      ["torture", "--dut", "/no/such.uf2", "--first", "b"],
      "--first says which card loses its power first or alone",
    ],
    [
      ["torture", "--dut", "/no/such.uf2", "--power", "one", "--cuts", "depth:2"],
      "--cuts depth cuts the boot behind a cut, and with --power one the chip goes on",
    ],
    [["torture", "--dut", "/no/such.uf2", "--save", "x"], "--save is not for firmware"],
    [["torture", "--dut", "/no/such.uf2", "--shard", "1/2"], "--shard needs a file for its results"],
    [["replay", "fw1:4i881yzf35kn:mlc:t1:p0.0.0:y1:o"], "a case fw1:... is of firmware: add --dut FILE"],
    [["replay", "fw1:x", "--dut", "x.uf2"], "case id, sections: expected 7"],
  ])("%j ends with one sentence", async (args, sentence) => {
    const { code, out, err } = await run(args as readonly string[]);
    expect(err).toContain(`error: ${sentence}`);
    expect(err.trimEnd().split("\n")).toHaveLength(1);
    expect([code, out]).toEqual([2, ""]);
  });
});

describeWithPrograms({ "arm-none-eabi-gcc": "gcc-arm-none-eabi" }, "firmware under test", () => {
  let right: string;
  let wrong: string;
  beforeAll(() => {
    const source = path.join(ROOT, "test/dut/firmware/store.c");
    right = picoProgram(folder, "right", [source]);
    wrong = picoProgram(folder, "wrong", [source], ["COMMIT_FIRST"]);
  }, COMPILE_MS);

  it("survives with the commit record behind its data", async () => {
    const { code, out } = await torture(right);
    expect(out).toMatch(
      /cuts {6}(\d+) of \1 moments\noutcomes {2}100 % of \d+\nstates {4}\d+ distinct, 0 not well/,
    );
    expect([code, out]).toEqual([0, expect.stringMatching(/It survived\.\n$/)]);
  });

  it("does not with it before: found at a cut drawn late, made the earliest one, replayed", async () => {
    const { code, out } = await torture(wrong, "--cuts", "random:3");
    expect(code).toBe(1);
    const [, cycle, before] = /The smallest case \(cycle (\d+) of \d+, found at (\d+);/.exec(out)!;
    expect(Number(cycle)).toBeLessThan(Number(before));
    // The first commit record is on the card, and record 1 is not.
    expect(out).toContain(
      [
        "What the cut leaves:",
        "   sector 33 of card A: what was written last",
        "After the next boot it says:",
        "   found 1",
        "   FAIL no record 1",
        'The verdict: the firmware says "FAIL no record 1"',
      ].join("\n"),
    );
    const id = /^case {4}(\S+)$/m.exec(out)![1]!;
    expect(id).toContain(`:y${Number(cycle).toString(36)}:`);
    const again = await run(["replay", id, "--dut", wrong]);
    expect([again.code, again.out]).toEqual([
      1,
      expect.stringMatching(/FAIL no record 1[^]*It fails again\.\n$/),
    ]);
    const other = await run(["replay", id, "--dut", right, "--json"]);
    expect([other.code, JSON.parse(other.out)]).toEqual([6, expect.objectContaining({ ending: "diverged" })]);
  });

  it("finds the same whatever the run, by JSON", async () => {
    const few = [wrong, "--json", "--no-cases", "--cuts", "linear:6"];
    const runs = [await torture(...few), await torture(...few)];
    expect(runs[0]!.out).toBe(runs[1]!.out);
    const report = JSON.parse(runs[0]!.out) as { failing: number; cases: { id: string; wrong: string }[] };
    expect(report.failing).toBeGreaterThan(3);
    expect(report.cases[0]!.wrong).toBe('the firmware says "FAIL no record 1"');
  });

  it("is also judged by a command, on both images and what was said", async () => {
    // Byte 0 of sector 65 is the number of record 1, which was promised when "kept 1" was said.
    const kept = `if grep -q "kept 1" {marks}; then test "$(od -An -tu1 -j33280 -N1 {image})" -eq 1 && test -s {image2}; fi`;
    expect((await torture(right, "--cuts", "linear:4", "--check", kept)).code).toBe(0);
    const never = await torture(
      right,
      "--cuts",
      "linear:4",
      "--check",
      'echo no; test ! -s {marks} -o -z "{image}"',
    );
    expect([never.code, never.err]).toEqual([
      2,
      expect.stringContaining('does not pass even without a cut (exit code 1, "no"): correct that first'),
    ]);
  });

  it("that a reset leaves in front of a card in the middle of a block is told to have failed", async () => {
    // One CMD0 is not enough for a card that takes what comes for data.
    const { code, out } = await torture(right, "--power", "reset", "--cuts", "linear:10");
    expect([code, out]).toEqual([
      1,
      expect.stringMatching(/The power fails at cycle \d+ \(reset\)[^]*FAIL CMD 0/),
    ]);
  });

  it("may lose one card: the one that it does not use is no loss, the other one is", async () => {
    const second = await torture(right, "--power", "one", "--first", "b", "--cuts", "linear:5");
    expect(second.code).toBe(0);
    const first = await torture(right, "--power", "one", "--cuts", "linear:5", "--max-cycles", "5000000");
    expect([first.code, first.out]).toEqual([1, expect.stringContaining("(card A alone)")]);
  });

  it("ends early when it is interrupted, and begins with the images that are given", async () => {
    const stopped = await run(["torture", "--dut", right], { interrupted: AbortSignal.abort() });
    expect([stopped.code, stopped.out]).toEqual([130, expect.stringContaining("Interrupted")]);
    writeFileSync(at("odd.img"), new Uint8Array(1024));
    const odd = await torture(right, "--card-a", at("odd.img"));
    expect([odd.code, odd.err]).toEqual([2, expect.stringContaining("a multiple of 512 KiB")]);
    const run1 = await run(["firmware", "run", right, "--out", at("kept")]);
    expect(run1.code).toBe(0);
    const { out } = await torture(right, "--card-a", at("kept/a.img"), "--cuts", "linear:2", "--no-cases");
    expect(out).toContain("said 2 lines");
  });
});
