import { describe, expect, it } from "vitest";
import { run } from "../../cli/captured-terminal.js";

/** What these tests read of a cell. */
interface CellJson {
  readonly policy: string;
  readonly profile: string;
  readonly expected: string;
  readonly result: string;
  readonly tooLittle: readonly string[];
  readonly brokenCuts: number;
  readonly metadataPerThousand: number;
  readonly resyncSectors: { readonly p50: number; readonly max: number };
}

interface PointJson {
  readonly way: string;
  readonly amountMs: number;
  readonly smallestMs: number | null;
  readonly tooLittle: readonly string[];
}

describe("the whole matrix", () => {
  it("catches every unsafe policy, holds every safe one on every class, and judged enough of each", async () => {
    const { code, out } = await run(["bench", "matrix", "--seed", "2", "--scale", "2", "--json"]);
    expect(code).toBe(0);
    const { cells } = JSON.parse(out) as { cells: CellJson[] };
    expect(cells.flatMap(({ tooLittle }) => tooLittle)).toEqual([]);
    const policies = [...new Set(cells.map(({ policy }) => policy))];
    const profiles = [...new Set(cells.map(({ profile }) => profile))];
    expect(policies.length).toBeGreaterThanOrEqual(5);
    expect(profiles.length).toBeGreaterThanOrEqual(6);
    expect(cells).toHaveLength(policies.length * profiles.length);
    for (const { expected, result } of cells) if (expected === "safe") expect(result).toBe("safe");
    for (const policy of ["immediate", "immediate+flush", "cooldown:5", "cooldown+flush:5"]) {
      const caught = cells.filter((cell) => cell.policy === policy && cell.brokenCuts > 0);
      expect(caught.length).toBeGreaterThan(profiles.length / 2);
    }
    for (const profile of profiles) {
      const of = (policy: string): CellJson =>
        cells.find((cell) => cell.policy === policy && cell.profile === profile)!;
      expect(of("immediate").metadataPerThousand).toBeGreaterThan(of("sync-gated").metadataPerThousand);
      expect(of("sync-gated").metadataPerThousand).toBeGreaterThan(of("never").metadataPerThousand);
      expect(of("never").resyncSectors.p50).toBeGreaterThan(of("sync-gated").resyncSectors.p50);
    }
  });

  it("holds sync-gated where the program of data may destroy a mark, too", async () => {
    const { code, out } = await run([
      "bench",
      "matrix",
      "--policy",
      "sync-gated,sync-gated/crc16,immediate",
      "--profile",
      "open-block,rollback",
      "--json",
    ]);
    expect(code).toBe(0);
    const { cells } = JSON.parse(out) as { cells: CellJson[] };
    const of = (policy: string, profile: string): number =>
      cells.find((cell) => cell.policy === policy && cell.profile === profile)!.brokenCuts;
    expect(of("sync-gated", "open-block")).toBe(0);
    expect(of("immediate", "open-block")).toBeGreaterThan(0);
    // A card that brings old versions back: no policy can help, and no cell fails for it.
    expect(of("sync-gated", "rollback")).toBeGreaterThan(0);
  });
});

describe("the whole settle curve", () => {
  it("rises with the loss, and is never below it; sync-gated breaks nothing", async () => {
    const { code, out } = await run(["bench", "settle", "--seed", "2", "--json"]);
    expect(code).toBe(0);
    const { points, syncGated } = JSON.parse(out) as {
      points: PointJson[];
      syncGated: { amountMs: number; brokenCuts: number }[];
    };
    expect(points.flatMap(({ tooLittle }) => tooLittle)).toEqual([]);
    expect(syncGated.length).toBeGreaterThanOrEqual(10);
    expect(syncGated.every(({ brokenCuts }) => brokenCuts === 0)).toBe(true);
    const curve = (way: string): PointJson[] => points.filter((point) => point.way === way);
    for (const way of ["hold", "settle"]) {
      const found = curve(way);
      expect(found.length).toBeGreaterThanOrEqual(10);
      for (const { amountMs, smallestMs } of found) {
        expect(smallestMs).toBeGreaterThanOrEqual(amountMs);
        expect(smallestMs).toBeLessThanOrEqual(amountMs + 2);
      }
      const smallest = found.map(({ smallestMs }) => smallestMs!);
      expect(smallest).toEqual(smallest.toSorted((a, b) => a - b));
    }
    expect(curve("hold-cached").every(({ smallestMs }) => smallestMs === null)).toBe(true);
    const lags = curve("lag").map(({ smallestMs }) => smallestMs!);
    expect(lags.at(-1)).toBeGreaterThan(100);
    expect(lags).toEqual(lags.toSorted((a, b) => a - b));
  });
});
