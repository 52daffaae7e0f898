import { describe, expect, it } from "vitest";
import { run } from "./captured-terminal.js";

describe("demo", () => {
  it("tells the corruption in eight steps, and that the cure holds", async () => {
    const { code, out } = await run(["demo"]);
    expect(out).toContain("The corruption");
    expect(out).toMatch(/^8\. A later read of the same sector returns /m);
    expect(out).toContain("Every promise held.");
    expect(out).not.toContain("regions cleared: 0");
    expect(code).toBe(0);
  });

  it("prints JSON", async () => {
    const { out } = await run(["demo", "--json"]);
    const { corruption, cure } = JSON.parse(out) as { corruption: { id: string }; cure: { clears: number } };
    expect(corruption.id).toMatch(/^sg1:immediate:/);
    expect(cure.clears).toBeGreaterThan(0);
  });
});

describe("bugs", () => {
  it("prints who was killed by which check, and who cannot show", async () => {
    const { code, out } = await run(["bugs", "--only", "mark-everything,mark-after-data"], { threads: true });
    expect(code).toBe(0);
    expect(out).toMatch(/^mark-after-data +P1 +mlc .* killed /m);
    expect(out).toMatch(/^mark-everything +P6 +mlc .* killed /m);
    expect(out).toContain("Killed 2 of 2 that must be.");
    expect(out).toMatch(/^survivor-unflushed +impossible +the survivor's superblock/m);
  });

  it("prints JSON, with the shrunk case if asked for", async () => {
    const { out } = await run(["bugs", "--only", "mark-everything", "--shrink", "--json"]);
    const shrunk = { operations: 0, cuts: 0 };
    expect(JSON.parse(out)).toMatchObject({
      version: 1,
      bugs: [{ name: "mark-everything", killed: true, shrunk }],
    });
  });

  it("prints the size of each shrunk case", async () => {
    const { code, out } = await run(["bugs", "--only", "mark-after-data", "--shrink", "--workers", "1"]);
    expect(code).toBe(0);
    expect(out).toMatch(/^mark-after-data +P1 .* 2 +1 +killed /m);
    expect(out).toContain("Shrunk to 5 operations and 2 cuts at most: 1 of 1.");
  });

  it("prints which check catches which bug alone", async () => {
    const { code, out } = await run(["bugs", "--only", "mark-after-data,mark-everything", "--alone"]);
    expect(code).toBe(0);
    expect(out).toMatch(/^mark-after-data +1 +- +1 +- +- +- +-$/m);
    expect(out).toMatch(/^mark-everything +- +- +- +- +- +1 +-$/m);
    expect(out).toMatch(/^caught +1 +0 +1 +0 +0 +1 +0$/m);
  });
});

interface RigJson {
  readonly rates: readonly Record<
    "cpuSeconds" | "pairs" | "possible" | "distinct" | "pairsPerSecond" | "distinctPerSecond",
    number
  >[];
  readonly stages: readonly { readonly name: string; readonly share: number }[];
  readonly pools: { readonly rounds: readonly (readonly number[])[]; readonly ratio: number } | null;
}

describe("bench rig", () => {
  it("prints rates of what it counted, and shares that add up", async () => {
    const { code, out } = await run(["bench", "rig", "--seconds", "0.2", "--rounds", "0", "--json"]);
    expect(code).toBe(0);
    const { rates, stages, pools } = JSON.parse(out) as RigJson;
    expect(rates).toHaveLength(2);
    for (const row of rates) {
      expect(row.pairsPerSecond).toBeCloseTo(row.pairs / row.cpuSeconds, 3);
      expect(row.distinctPerSecond).toBeCloseTo(row.distinct / row.cpuSeconds, 3);
      expect(row.distinct).toBeGreaterThan(0);
      expect(row.pairs).toBeGreaterThanOrEqual(row.distinct);
      expect(row.possible).toBeGreaterThanOrEqual(row.pairs);
    }
    const sum = stages.reduce((total, { share }) => total + share, 0);
    expect(sum).toBeGreaterThan(0.8);
    expect(sum).toBeLessThan(1.2);
    expect(pools).toBeNull();
  });

  it("prints outcomes with their bound, never bare", async () => {
    const { out } = await run(["bench", "rig", "--seconds", "0.05", "--rounds", "0"]);
    expect(out).toMatch(/^4 KiB in 4 regions .* \d+ % of [\d. e]+/m);
    expect(out).toMatch(/^64 MiB in 1024 regions .* of [\d. e]+ \(bounded\)/m);
  });
});
