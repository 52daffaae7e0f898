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
    [["log:3"], '--schedule is "log:3": give none, every, log, linear:N, random:N or depth:N'],
    [["depth:3"], '--schedule depth is "3": give a number from 1 to 2'],
    [
      ["every", "--workload", "fat"],
      "workload fat is cut at a sample of its moments and takes no --schedule",
    ],
  ])("refuses %j", async (args, sentence) => {
    const { code, err } = await run([...SMALL, ...args]);
    expect(err).toContain(sentence);
    expect(code).toBe(EXIT_USAGE);
  });
});
