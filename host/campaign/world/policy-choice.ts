import {
  POLICY_COOLDOWN,
  POLICY_IMMEDIATE,
  POLICY_NEVER,
  POLICY_SYNC_GATED,
} from "../../../assembly/layout.js";

export type PolicyName = "immediate" | "cooldown" | "locked" | "never" | "sync-gated";

export const POLICY_NAMES: readonly PolicyName[] = ["immediate", "cooldown", "locked", "never", "sync-gated"];

/** A clearing policy with its parameters. `locked` is a contract of the page cache over `immediate`. */
export interface PolicyChoice {
  readonly name: PolicyName;
  /** Whether both cards are flushed before a clear (immediate, cooldown, locked; the others always do). */
  readonly flush: boolean;
  /** Hold time of cooldown, ms. */
  readonly cooldownMs: number;
}

/** Number of the policy in the driver. */
export function driverPolicy(policy: PolicyChoice): number {
  switch (policy.name) {
    case "sync-gated":
      return POLICY_SYNC_GATED;
    case "never":
      return POLICY_NEVER;
    case "cooldown":
      return POLICY_COOLDOWN;
    default:
      return POLICY_IMMEDIATE;
  }
}

/** Whether only the rig build of the driver has it. */
export function isRigPolicy({ name }: PolicyChoice): boolean {
  return name !== "sync-gated" && name !== "never";
}

/** Whether the array becomes clean by itself. */
export function becomesClean(policy: PolicyChoice): boolean {
  return policy.name !== "never";
}

/** What the policy is called in tables. */
export function policyTitle(policy: PolicyChoice): string {
  if (policy.name === "cooldown") return `cooldown ${policy.cooldownMs}ms${policy.flush ? " +flush" : ""}`;
  if (policy.name === "immediate" || policy.name === "locked") {
    return policy.flush ? `${policy.name} +flush` : policy.name;
  }
  return policy.name;
}
