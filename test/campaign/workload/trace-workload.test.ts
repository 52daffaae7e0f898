import { describe, expect, it } from "vitest";
import { parseTrace, type TraceName } from "../../../host/clients/trace.js";
import type { CampaignReport } from "../../../host/campaign/campaign-report.js";
import { CleanArrays } from "../../../host/campaign/world/clean-arrays.js";
import { runTrace, traceWorkload } from "../../../host/campaign/workload/trace-workload.js";
import type { WorkloadOptions } from "../../../host/campaign/workload/workload.js";
import { readDriver } from "../../../host/mirror/driver-binary.js";
import { policyNamed } from "../policies.js";

const binary = readDriver("rig");
const arrays = new CleanArrays(binary);
const WRITES = 200;

const options = (change: Partial<WorkloadOptions> = {}): WorkloadOptions => ({
  binary,
  arrays,
  seed: 1,
  budget: 40,
  ...change,
});

const shortRun = (seed: number): Promise<CampaignReport> =>
  traceWorkload("rand", 60).run(policyNamed("immediate"), options({ seed, budget: 24 }));

describe.each<TraceName>(["seq", "rand"])("the first writes of trace %s", (name) => {
  const workload = traceWorkload(name, WRITES);

  it("hold under sync-gated, and say something", async () => {
    const report = await workload.run(policyNamed("sync-gated"), options());
    expect(report.violations).toEqual([]);
    expect(report.vacuous(true)).toEqual([]);
    expect(report.cuts).toBe(40);
    expect(report.writes).toBeGreaterThanOrEqual(WRITES);
    expect(report.resynced).toBeGreaterThan(15);
    expect(report.resyncPercentile(99)).toBeGreaterThan(report.resyncPercentile(1));
  });

  it("break P1 under immediate", async () => {
    const report = await workload.run(policyNamed("immediate"), options({ bail: 1, budget: 160 }));
    expect(report.violations[0]?.promises).toEqual(expect.arrayContaining(["P1"]));
    expect(report.broken.P6).toBe(0);
  });
});

describe("a trace run", () => {
  it("gives the same report again for the same seed, and another for another", async () => {
    const first = await shortRun(3);
    expect(await shortRun(3)).toEqual(first);
    expect(await shortRun(4)).not.toEqual(first);
  });

  it.each([
    ["first hole: a dirty flag set late", { lateFlag: true, forgotten: false }],
    ["second hole: a buffer modified in flight and forgotten", { lateFlag: false, forgotten: true }],
  ])("breaks under sync-gated through the mail's %s", async (_, holes) => {
    const report = await traceWorkload("rand", WRITES).run(
      policyNamed("sync-gated"),
      options({ holes, bail: 1, budget: 128, seed: 1 }),
    );
    expect(report.violations[0]?.promises).toEqual(expect.arrayContaining(["P1"]));
  });

  it("resynchronises within its allowance: all is marked under never, a recovery in many copies it", async () => {
    const report = await traceWorkload("rand", WRITES).run(policyNamed("never"), options({ budget: 32 }));
    expect(report.violations).toEqual([]);
    expect(report.sectorsResyncedMax).toBeGreaterThan(10_000);
    expect(report.resynced).toBeGreaterThan(0);
    expect(report.resynced).toBeLessThan(report.recoveries / 4);
  });

  it("is refused for a trace that does not fit the cards", () => {
    const trace = parseTrace("0\n16384\n", "mine.blocks");
    expect(() => runTrace(trace, policyNamed("never"), options())).toThrow(
      "mine.blocks, line 2: block 16384 is outside the 16384 blocks of the array",
    );
  });
});
