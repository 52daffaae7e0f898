import { describe, expect, it } from "vitest";
import { CleanArrays } from "../../../host/campaign/world/clean-arrays.js";
import type { PolicyName } from "../../../host/campaign/world/policy-choice.js";
import { traceWorkload } from "../../../host/campaign/workload/trace-workload.js";
import { WORKLOADS } from "../../../host/campaign/workload/workloads.js";
import { readDriver } from "../../../host/mirror/driver-binary.js";
import { policyNamed } from "../../campaign/policies.js";

const binary = readDriver("rig");
const arrays = new CleanArrays(binary);

describe.each(WORKLOADS)("workload $name", (workload) => {
  it.each<PolicyName>(["sync-gated", "never", "locked"])("holds under %s for many seeds", async (name) => {
    for (let seed = 10; seed < 18; seed++) {
      const report = await workload.run(policyNamed(name), { binary, arrays, seed });
      expect(report.violations, `seed ${seed}`).toEqual([]);
      expect(report.vacuous(name !== "never"), `seed ${seed}`).toEqual([]);
    }
  });

  it.each<PolicyName>(["immediate", "cooldown"])("breaks P1 under %s", async (name) => {
    let broken = 0;
    for (let seed = 10; seed < 14; seed++) {
      broken += (await workload.run(policyNamed(name), { binary, arrays, seed })).broken.P1;
    }
    expect(broken).toBeGreaterThan(0);
  });
});

describe.each(["seq", "rand"] as const)("all of trace %s", (name) => {
  it("holds under sync-gated", async () => {
    const options = { binary, arrays, seed: 1, budget: 2000 };
    const report = await traceWorkload(name, 4096).run(policyNamed("sync-gated"), options);
    expect(report.violations).toEqual([]);
  });
});
