import { describe, expect, it } from "vitest";
import { enumerateShort, type ShortResult } from "../../../host/campaign/short/short-enumeration.js";
import { readDriver } from "../../../host/mirror/driver-binary.js";
import { policyNamed } from "../../campaign/policies.js";

const FORGOTTEN = { lateFlag: false, forgotten: true };

function enumerated(change: Partial<Parameters<typeof enumerateShort>[0]>): ShortResult {
  return enumerateShort({
    binary: readDriver("rig"),
    policy: policyNamed("sync-gated"),
    length: 3,
    profiles: ["mlc", "mlc"],
    bail: 1,
    ...change,
  });
}

describe("all workloads of three operations", () => {
  it("are survived by sync-gated", () => {
    const { levels, first, report } = enumerated({});
    expect(first).toBeNull();
    expect(report.vacuous(true)).toEqual([]);
    expect(levels[2]).toMatchObject({ sequences: 1331, canonical: 666, enumerated: 666, broken: 0 });
  });

  it("find the mail's second hole under sync-gated: a buffer modified in flight and forgotten", () => {
    const { levels, first } = enumerated({ holes: FORGOTTEN });
    expect(levels.slice(0, 2).map(({ broken }) => broken)).toEqual([0, 0]);
    expect(first?.violation.promises).toContain("P1");
    expect(first?.operations.map(({ kind }) => kind)).toContain("forget");
  });
});
