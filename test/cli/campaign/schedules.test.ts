import { describe, expect, it } from "vitest";
import { EXIT_BROKEN, EXIT_HELD, EXIT_USAGE } from "../../../host/cli/exit-codes.js";
import { run } from "../captured-terminal.js";

const SMALL = ["torture", "--policy", "sync-gated", "--scale", "0.02", "--schedule"];

interface Scheduled {
  schedule: string | null;
  policies: { total: { moments: number; cuts: number; secondCuts: number; secondPairs: number } }[];
}

async function totalOf(schedule: string) {
  const { code, out } = await run([...SMALL, schedule, "--json"]);
  expect(code).toBe(EXIT_HELD);
  const { schedule: told, policies } = JSON.parse(out) as Scheduled;
  expect(told).toBe(schedule);
  return policies[0]!.total;
}

/** Cuts of all classes or rows. */
function cutsIn({ out }: { out: string }): number {
  const { classes, rows } = JSON.parse(out) as Record<string, { cuts: number }[]>;
  return (classes ?? rows)!.reduce((sum, row) => sum + row.cuts, 0);
}

describe("torture under a schedule", () => {
  it("passes the same moments under each, and cuts at those that it names", async () => {
    const every = await totalOf("every");
    expect(every.cuts).toBe(every.moments);
    expect(every.secondCuts).toBe(0);
    const depth = await totalOf("depth:2");
    expect(depth).toMatchObject({ moments: every.moments, cuts: every.cuts });
    expect(depth.secondPairs).toBeGreaterThan(depth.secondCuts);
    expect(depth.secondCuts).toBeGreaterThan(every.cuts);
    for (const schedule of ["log", "linear:7", "random:10"]) {
      const { moments, cuts } = await totalOf(schedule);
      expect(moments).toBe(every.moments);
      expect(cuts).toBeGreaterThan(0);
      expect(cuts).toBeLessThan(moments / 3);
    }
    expect(await totalOf("none")).toMatchObject({ moments: every.moments, cuts: 0 });
  });

  // Where few cuts come to no region that is clean, or to no resync, the run proves nothing, exit code 5.
  it.each([
    ["fat", [0, 5, 0, 0]],
    ["trace-seq", [5, 5, 5, 5]],
    ["seq:ops=40", [5, 5, 5, 5]],
    ["short:1", [0, 5, 5, 0]],
  ] as const)(
    "takes workload %s too, which is cut at a sample without one",
    async (name, codes) => {
      const args = ["torture", "--policy", "sync-gated", "--workload", name, "--scale", "0.02", "--json"];
      const totals = [];
      for (const [at, schedule] of ["none", "at:4.5", "linear:400", "random:400"].entries()) {
        const { code, out, err } = await run([...args, "--schedule", schedule]);
        expect([schedule, err, code]).toEqual([schedule, "", codes[at]]);
        totals.push((JSON.parse(out) as Scheduled).policies[0]!.total);
      }
      const [none, these, linear, random] = totals;
      expect(none).toMatchObject({ cuts: 0 });
      expect(new Set(totals.map(({ moments }) => moments)).size).toBe(1);
      expect(these!.cuts).toBeGreaterThanOrEqual(2);
      expect(these!.cuts % 2).toBe(0);
      expect(linear!.cuts).toBeGreaterThan(0);
      expect(linear!.cuts).toBeLessThan(none!.moments / 4);
      expect(random!.cuts).not.toBe(none!.moments);
    },
    120_000,
  );

  it("cuts the recoveries of a synthetic workload", async () => {
    const args = [
      "torture",
      "--policy",
      "sync-gated",
      "--workload",
      "seq:ops=1:blocks=2",
      "--scale",
      "0.3",
      "--json",
    ];
    const { out } = await run([...args, "--schedule", "depth:2"]);
    const { total } = (JSON.parse(out) as Scheduled).policies[0]!;
    expect(total.secondCuts).toBeGreaterThan(0);
  }, 120_000);

  it.each([
    ["--members", "mlc"],
    ["--dishonest", "rollback"],
  ])("takes %s, but for depth", async (campaign, profile) => {
    const args = ["torture", campaign, "--profile", profile, "--scale", "0.05", "--no-cases"];
    const whole = await run([...args, "--json"]);
    const few = await run([...args, "--json", "--schedule", "linear:50"]);
    expect(cutsIn(few)).toBeGreaterThan(0);
    expect(cutsIn(few)).toBeLessThan(cutsIn(whole) / 20);
    const deep = await run([...args, "--schedule", "depth:2"]);
    expect([deep.code, deep.err]).toEqual([
      EXIT_USAGE,
      expect.stringContaining(`--schedule depth is for clearing policies: leave out ${campaign}`),
    ]);
  });

  it("says of how many moments", async () => {
    const { out } = await run([...SMALL, "linear:7"]);
    expect(out).toMatch(/^Schedule linear:7: cut at 1\d % of \d+ moments \(bounded\)\.$/m);
    expect((await run([...SMALL, "every"])).out).toMatch(/^Schedule every: cut at 100 % of \d+ moments\.$/m);
  });

  it("still catches what it comes to", async () => {
    const args = [
      "torture",
      "--policy",
      "immediate",
      "--scale",
      "0.1",
      "--schedule",
      "linear:3",
      "--no-cases",
    ];
    expect((await run(args)).code).toBe(EXIT_BROKEN);
  });

  it.each([
    [["log:3"], '--schedule is "log:3": give none, every, log, linear:N, random:N, at:N.N.N or depth:N'],
    [["depth:3"], '--schedule depth is "3": give a number from 1 to 2'],
    [["at:1.x"], '--schedule at is "x": give a number'],
    [
      ["depth:2", "--workload", "fat"],
      "workload fat takes no --schedule depth, for its recoveries are too long",
    ],
  ])("refuses %j", async (args, sentence) => {
    const { code, err } = await run([...SMALL, ...args]);
    expect(err).toContain(sentence);
    expect(code).toBe(EXIT_USAGE);
  });
});
