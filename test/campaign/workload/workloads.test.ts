import { describe, expect, it } from "vitest";
import { CampaignReport } from "../../../host/campaign/campaign-report.js";
import { workload, WORKLOADS } from "../../../host/campaign/workload/workloads.js";
import { readDriver } from "../../../host/mirror/driver-binary.js";
import { policyNamed } from "../policies.js";

const binary = readDriver("rig");

describe("the list of workloads", () => {
  it("finds each by its name, and names them all when there is none", () => {
    expect(WORKLOADS.map(({ name }) => name)).toEqual(["tiny", "mail", "trace-seq", "trace-rand", "fat"]);
    for (const known of WORKLOADS) expect(workload(known.name)).toBe(known);
    expect(() => workload("ext4")).toThrow(
      'there is no workload "ext4": choose one of tiny, mail, trace-seq, trace-rand, fat',
    );
  });
});

describe("the tiny workload", () => {
  const tiny = workload("tiny");

  it("runs whole scenarios until its budget is reached, the same ones for the same seed", async () => {
    const seen: number[] = [];
    const onProgress = (report: CampaignReport): void => void seen.push(report.cuts);
    const options = { binary, seed: 4, budget: 700, onProgress };
    const first = await tiny.run(policyNamed("sync-gated"), options);
    expect(first.violations).toEqual([]);
    expect(first.cuts).toBeGreaterThanOrEqual(700);
    expect(seen.at(-1)).toBe(first.cuts);
    expect(seen.slice(0, -1).filter((cuts) => cuts >= 700)).toEqual([]);
    expect(seen.length).toBeGreaterThan(1);
    expect(await tiny.run(policyNamed("sync-gated"), { binary, seed: 4, budget: 700 })).toEqual(first);
  });

  it("ends at the violation that was asked for", async () => {
    const report = await tiny.run(policyNamed("immediate"), { binary, seed: 1, bail: 1 });
    expect(report.violations).toHaveLength(1);
  });
});

describe("the resync percentile of a report", () => {
  it("is the volume that so many of the recoveries do not exceed, also of joined reports", () => {
    const [first, second] = [new CampaignReport(), new CampaignReport()];
    first.noteResync(8, 98);
    first.noteResync(0);
    second.noteResync(640);
    first.add(second);
    expect([1, 50, 99, 100].map((percent) => first.resyncPercentile(percent))).toEqual([0, 8, 8, 640]);
    expect(first.sectorsResynced).toBe(98 * 8 + 640);
    expect(first.sectorsResyncedMax).toBe(640);
    expect(new CampaignReport().resyncPercentile(99)).toBe(0);
  });
});
