import { describe, expect, it } from "vitest";
import { run } from "../captured-terminal.js";

/** What these tests read of a cell. */
interface CellJson {
  readonly policy: string;
  readonly profile: string;
  readonly result: string;
  readonly tooLittle: readonly string[];
  readonly cuts: number;
  readonly brokenCuts: number;
  readonly brokenCutsPerMillion: number;
  readonly outcomes: { readonly judged: number; readonly possible: number; readonly boundedCuts: number };
  readonly metadataPerThousand: number;
  readonly latencyUs: { readonly p50: number; readonly p99: number; readonly max: number };
  readonly resyncSectors: { readonly p50: number; readonly max: number };
}

const SMALL = ["bench", "matrix", "--workload", "hotspot:blocks=16:ops=60:modified=100", "--scale", "0.3"];

describe("bench matrix", () => {
  const asked = [...SMALL, "--policy", "immediate,sync-gated/crc16", "--profile", "mlc,tlc-cached"];

  it("catches what is unsafe, holds what is safe, and gives every figure with what it was measured on", async () => {
    const { code, out, progress } = await run([...asked, "--workers", "1", "--json"]);
    expect(code).toBe(0);
    const { cells } = JSON.parse(out) as { cells: CellJson[] };
    expect(cells.map(({ policy, profile, result }) => [policy, profile, result])).toEqual([
      ["immediate", "mlc", "UNSAFE"],
      ["immediate", "tlc-cached", "UNSAFE"],
      ["sync-gated/crc16", "mlc", "safe"],
      ["sync-gated/crc16", "tlc-cached", "safe"],
    ]);
    for (const cell of cells) {
      const { cuts, brokenCuts, brokenCutsPerMillion, outcomes, latencyUs, resyncSectors, tooLittle } = cell;
      expect(cuts).toBe(75);
      expect(brokenCutsPerMillion).toBe(Math.round((brokenCuts * 1e6) / cuts));
      expect(brokenCuts > 0).toBe(cell.policy === "immediate");
      expect(outcomes.judged).toBeGreaterThan(0);
      expect(outcomes.judged < outcomes.possible).toBe(outcomes.boundedCuts > 0);
      expect(cell.metadataPerThousand).toBeGreaterThan(0);
      expect(latencyUs.p50).toBeLessThan(latencyUs.p99);
      expect(latencyUs.p99).toBeLessThanOrEqual(latencyUs.max);
      expect(resyncSectors.max).toBeGreaterThanOrEqual(resyncSectors.p50);
      expect(resyncSectors.max).toBeGreaterThan(0);
      expect(tooLittle).toEqual([]);
    }
    expect(progress.some((line) => line.startsWith("4/4 units: "))).toBe(true);
  });

  it("is the same on two threads as on one", async () => {
    const [one, two] = [
      await run([...asked, "--workers", "1", "--json"]),
      await run([...asked, "--workers", "2", "--json"]),
    ];
    expect(two).toMatchObject({ code: one.code, out: one.out });
  });

  it("prints a table for each class, and the rates side by side", async () => {
    const { out } = await run([...asked, "--workers", "1"]);
    expect(out).toMatch(/^Two cards of the class tlc-cached\nPOLICY +BROKEN\/M +CUTS +OUTCOMES +META\/1k/m);
    expect(out).toMatch(/^immediate +[\d ]+ 75  .* % of .* UNSAFE$/m);
    expect(out).toMatch(/^sync-gated, crc16 +0 +75  .* % of .* safe$/m);
    expect(out).toMatch(/^BROKEN\/M +A +B$/m);
    expect(out).toMatch(/^sync-gated, crc16 +0 +0$/m);
    expect(out).toContain("A mlc, B tlc-cached\n4 cells of 4 (seed 1, scale 0.3, ");
  });

  it("says what judged too little, and ends with exit code 5", async () => {
    const little = [
      "bench",
      "matrix",
      "--workload",
      "seq:ops=1:blocks=2:modified=0:sync=0",
      "--scale",
      "0.01",
    ];
    const { code, out } = await run([
      ...little,
      "--policy",
      "sync-gated",
      "--profile",
      "slc",
      "--workers",
      "1",
    ]);
    expect(code).toBe(5);
    expect(out).toMatch(/^sync-gated on slc judged too little: /m);
  });

  it("prints what it has when it is interrupted", async () => {
    const { code, out } = await run([...asked, "--workers", "1"], { interrupted: AbortSignal.abort() });
    expect(code).toBe(130);
    expect(out).toContain("0 cells of 4");
  });

  it.each([
    [["--policy", "eventually"], 'there is no policy "eventually": choose one of immediate, '],
    [["--policy", "never:5"], 'policy never waits for no time: leave out ":5"'],
    [["--policy", "cooldown:soon"], 'the time of cooldown is "soon": give a number from 0 to 3600000'],
    [["--policy", "sync-gated/md5"], 'there is no fingerprint "md5": choose one of off, crc16, crc32c'],
    [["--policy", "cooldown:1:2"], 'policy "cooldown:1:2" has too many parts'],
    [["--profile", "floppy"], 'there is no card profile "floppy" for the matrix: choose one of slc, '],
    [["--profile", "endless-flush"], "on cards of the class endless-flush a flush keeps nothing"],
    [["--profile", "lying-flush"], "on cards of the class lying-flush a flush keeps nothing"],
    [["--workload", "tiny"], "workload tiny has no requests that could be run without cuts: choose seq, "],
    [["--scale", "0"], '--scale is "0": give a number from 0.01 to 10000'],
  ])("refuses %j in one sentence", async (args, message) => {
    const { code, out, err } = await run(["bench", "matrix", ...args]);
    expect(code).toBe(2);
    expect(out).toBe("");
    expect(err).toContain(message);
  });
});
