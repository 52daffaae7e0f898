import { describe, expect, it } from "vitest";
import {
  OPTION_COOLDOWN_MS,
  OPTION_EPOCH_MS,
  OPTION_FLUSH_BEFORE_CLEAR,
  OPTION_SEEDED_BUG,
  POLICY_COOLDOWN,
  POLICY_IMMEDIATE,
  POLICY_NEVER,
  POLICY_SYNC_GATED,
  STATUS_OK,
  STATUS_RANGE,
} from "../../assembly/layout.js";
import { exportsOf, RELEASE, RIG } from "./shipped.js";

const BOOT_NONCE = 1;
const TAG = 1;
const SAFE = [POLICY_SYNC_GATED, POLICY_NEVER];
const UNSAFE = [POLICY_IMMEDIATE, POLICY_COOLDOWN];

describe("the production module", () => {
  it.each(SAFE)("assembles under safe policy %d", (policy) => {
    expect(assemble(RELEASE, policy)).toEqual({ status: STATUS_OK, touchedCards: true });
  });

  it.each([...UNSAFE, POLICY_COOLDOWN + 1, 0x80000000])("refuses policy %d and touches no card", (policy) => {
    expect(assemble(RELEASE, policy)).toEqual({ status: STATUS_RANGE, touchedCards: false });
  });

  it.each([OPTION_COOLDOWN_MS, OPTION_FLUSH_BEFORE_CLEAR, OPTION_SEEDED_BUG])(
    "refuses rig option %d",
    (key) => {
      expect(exportsOf(RELEASE)["configure"]!(key, 1)).toBe(STATUS_RANGE);
      expect(exportsOf(RIG)["configure"]!(key, 1)).toBe(STATUS_OK);
      expect(exportsOf(RELEASE)["configure"]!(OPTION_EPOCH_MS, 1)).toBe(STATUS_OK);
    },
  );
});

describe("the rig module", () => {
  it.each([...SAFE, ...UNSAFE])("assembles under policy %d", (policy) => {
    expect(assemble(RIG, policy)).toEqual({ status: STATUS_OK, touchedCards: true });
  });

  it("refuses a policy that does not exist", () => {
    expect(assemble(RIG, POLICY_COOLDOWN + 1)).toEqual({ status: STATUS_RANGE, touchedCards: false });
  });
});

function assemble(
  file: typeof RELEASE | typeof RIG,
  policy: number,
): { status: number; touchedCards: boolean } {
  const called: string[] = [];
  const status = exportsOf(file, (name) => called.push(name))["assemble"]!(policy, BOOT_NONCE, TAG);
  return { status, touchedCards: called.includes("card.submit") };
}
