import { describe, expect, it } from "vitest";
import { BUG_EARLY_ACKNOWLEDGE } from "../../../assembly/layout.js";
import type { CampaignReport } from "../../../host/campaign/campaign-report.js";
import { CleanArrays } from "../../../host/campaign/world/clean-arrays.js";
import { fatWorkload } from "../../../host/campaign/workload/fat-workload.js";
import type { WorkloadOptions } from "../../../host/campaign/workload/workload.js";
import { readDriver } from "../../../host/mirror/driver-binary.js";
import { policyNamed } from "../policies.js";

const binary = readDriver("rig");
const arrays = new CleanArrays(binary);
const options = (change: Partial<WorkloadOptions> = {}): WorkloadOptions => ({
  binary,
  arrays,
  seed: 1,
  budget: 40,
  ...change,
});

const shortRun = (seed: number): Promise<CampaignReport> =>
  fatWorkload.run(policyNamed("locked"), options({ seed, budget: 24 }));

describe("a FAT file system on the mirror", () => {
  it("keeps what was synced under sync-gated: mounted from the array, and from each card after resync", async () => {
    const report = await fatWorkload.run(policyNamed("sync-gated"), options());
    expect(report.violations).toEqual([]);
    expect(report.vacuous(true)).toEqual([]);
    expect(report.mounts).toBeGreaterThan(30);
    expect(report.mountedStates).toBe(report.recoveries);
    expect(report.resynced).toBe(report.recoveries);
    expect(report.mountCoverage()).toBe(
      `mounted ${report.recoveries} of ${report.recoveries} recovered states (${report.mounts} different volumes)`,
    );
    expect(report.filesDiffer).toBe(0);
    expect(report.unreadableMounts).toBeLessThan(report.mountedStates / 10);
  });

  it("shows other files on one card than on the other under immediate", async () => {
    const report = await fatWorkload.run(policyNamed("immediate"), options({ budget: 128 }));
    expect(report.broken.P1).toBeGreaterThan(0);
    expect(report.filesDiffer).toBeGreaterThan(0);
  });

  it("loses a synced file when the driver acknowledges flushes early", async () => {
    const report = await fatWorkload.run(
      policyNamed("sync-gated"),
      options({ bug: BUG_EARLY_ACKNOWLEDGE, budget: 128 }),
    );
    const texts = report.violations.map(({ text }) => text);
    expect(texts).toContainEqual(
      expect.stringMatching(/^mounted from (the assembled array|card [AB]): F\d+\.BIN was /),
    );
  });

  it("gives the same report again for the same seed, and another for another", async () => {
    const first = await shortRun(3);
    expect(await shortRun(3)).toEqual(first);
    expect(await shortRun(4)).not.toEqual(first);
    expect(first.stalls).toBeGreaterThan(0);
  });
});
