import { describe, expect, it } from "vitest";
import { CampaignReport } from "../../../host/campaign/campaign-report.js";
import { settleExitCode, type SettlePoint } from "../../../host/cli/settle/settle-points.js";
import { settleText } from "../../../host/cli/settle/settle-text.js";
import { run } from "../captured-terminal.js";

const SMALL = ["bench", "settle", "--loss", "4,0", "--lag", "15", "--scale", "0.3", "--workers", "1"];

describe("bench settle", () => {
  it("prints the curves as tables and as a plot, and where no time is safe", async () => {
    const { code, out } = await run(SMALL);
    expect(code).toBe(0);
    expect(out).toMatch(/^LOSS ms +HOLD ms +HOLD, CACHE ms +SETTLE ms +SYNC-GATED +CUTS +OUTCOMES$/m);
    expect(out).toMatch(/^ +0 +0 +none to 32 +0 +nothing broke +[\d ]+ {2}100 % of [\d ]+$/m);
    expect(out).toMatch(/^ +4 +[45] +none to 40 +[45] +nothing broke +[\d ]+ {2}100 % of [\d ]+$/m);
    expect(out).toMatch(/^LAG ms +HOLD\+FLUSH ms +CUTS +OUTCOMES$/m);
    expect(out).toMatch(/^0 \| \*/m);
    expect(out).toContain(
      "No hold time on cards with a cache is safe at 2 of 2 points, tried up to 40 ms: a cache keeps what it has",
    );
    expect(out).toMatch(/^Each time was tried on 4 worlds, cut after every event \(seed 1, [\d.]+ s\)\.$/m);
  });

  it("prints as JSON every time that was tried, the same on two threads as on one", async () => {
    const args = ["bench", "settle", "--loss", "2", "--lag", "none", "--scale", "0.1", "--json", "--workers"];
    const [one, two] = [await run([...args, "1"]), await run([...args, "2"])];
    expect(two).toMatchObject({ code: 0, out: one.out });
    const { points, syncGated } = JSON.parse(one.out) as {
      points: { way: string; smallestMs: number | null; trials: { ms: number; broken: boolean }[] }[];
      syncGated: { amountMs: number; brokenCuts: number; cuts: number }[];
    };
    expect(points.map(({ way }) => way)).toEqual(["hold", "hold-cached", "settle"]);
    for (const { smallestMs, trials } of points) {
      const safe = trials.filter(({ broken }) => !broken).map(({ ms }) => ms);
      expect(smallestMs).toBe(safe.length === 0 ? null : Math.min(...safe));
    }
    expect(syncGated).toEqual([expect.objectContaining({ amountMs: 2, brokenCuts: 0 })]);
    expect(syncGated[0]!.cuts).toBeGreaterThan(100);
  });

  it.each([
    [["--loss", "soon"], '--loss is "soon": give a number from 0 to 10000'],
    [["--lag", "0"], '--lag is "0": give a number from 1 to 10000'],
    [["--loss", "none", "--lag", "none"], "--loss and --lag are both none: give one of them some numbers"],
  ])("refuses %j in one sentence", async (args, message) => {
    const { code, err } = await run(["bench", "settle", ...args]);
    expect(code).toBe(2);
    expect(err).toContain(message);
  });
});

/** A report that judged enough. */
function judged(): CampaignReport {
  const counts = { cuts: 9, writes: 9, clears: 9, recoveredResyncs: 9, outcomesWithMarks: 9 };
  return Object.assign(new CampaignReport(), counts);
}

function point(smallestMs: number | null, report: CampaignReport): SettlePoint {
  return { way: "hold", amountMs: 5, found: { smallestMs, mostMs: 42, trials: [] }, report };
}

describe("the text of the settle curve", () => {
  const options = { lossesMs: [5], lagsMs: [], seed: 1, worlds: 12 };
  const textOf = (report: CampaignReport, worlds = 12): string =>
    settleText({ points: [point(6, report)], gated: [] }, { ...options, worlds }, false);

  it("marks what was judged too little, in the table and in the plot", () => {
    const text = textOf(new CampaignReport());
    expect(text).toMatch(/^ +5 +6 \?$/m);
    expect(text).toMatch(/^6 \| \?$/m);
    expect(text).toContain(", ? judged too little; axes");
    expect(text).not.toMatch(/^6 \| h/m);
  });

  it("draws what was judged, and says when the worlds were few", () => {
    const text = textOf(judged());
    expect(text).toMatch(/^6 \| h$/m);
    expect(text).not.toContain("?");
    expect(text).not.toContain("so few worlds");
    expect(textOf(judged(), 4)).not.toContain("so few worlds");
    expect(textOf(judged(), 3)).toMatch(/^On so few worlds .* may be far too short \(--scale\)\.\n/);
  });
});

describe("the exit code of the settle curve", () => {
  const broken = judged();
  broken.broken.P1 = 3;

  it.each([
    [0, "sync-gated held and every point was judged", { points: [point(6, judged())], gated: [judged()] }],
    [0, "no time is safe, which is a result", { points: [point(null, broken)], gated: [judged()] }],
    [1, "sync-gated broke", { points: [point(6, judged())], gated: [broken] }],
    [
      5,
      "a time was called safe and nothing was judged",
      { points: [point(6, new CampaignReport())], gated: [] },
    ],
    [5, "sync-gated was not judged", { points: [], gated: [new CampaignReport()] }],
    [5, "nothing was run", { points: [], gated: [] }],
  ])("is %d: %s", (code, _why, { points, gated }) => {
    expect(settleExitCode({ points, gated: gated.map((report) => ({ amountMs: 5, report })) })).toBe(code);
  });
});
