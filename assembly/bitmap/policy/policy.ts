import {
  POLICY_COOLDOWN,
  POLICY_IMMEDIATE,
  POLICY_NEVER,
  POLICY_SYNC_GATED,
  STATUS_OK,
  STATUS_RANGE,
} from "../../layout";
import { cooldownIsDue, cooldownSteps } from "./cooldown";
import { immediateIsDue, immediateSteps } from "./immediate";
import { NEVER_STEPS, neverIsDue } from "./never";
import { SYNC_GATED_STEPS, syncGatedIsDue } from "./sync-gated";

/**
 * Policies say when a clearing pass begins and what it must go through; the pass itself is the sync gate's.
 * Production holds sync-gated and never; the others are there to be compared, in the rig build.
 */
const CHOSEN: usize = memory.data(8, 8);

/** @returns STATUS_OK, or STATUS_RANGE for a policy that this build does not have */
export function choosePolicy(policy: u32): u32 {
  const known = RIG ? policy <= POLICY_COOLDOWN : policy == POLICY_SYNC_GATED || policy == POLICY_NEVER;
  if (!known) return STATUS_RANGE;
  store<u32>(CHOSEN, policy);
  return STATUS_OK;
}

/** The steps of a pass (STEP_...). */
export function passSteps(): u32 {
  const policy = load<u32>(CHOSEN);
  if (RIG) {
    if (policy == POLICY_IMMEDIATE) return immediateSteps();
    if (policy == POLICY_COOLDOWN) return cooldownSteps();
  }
  return policy == POLICY_NEVER ? NEVER_STEPS : SYNC_GATED_STEPS;
}

/** Whether a pass should begin by itself, `sinceLastPassMs` after the last one ended. */
export function passIsDue(sinceLastPassMs: u32): bool {
  const policy = load<u32>(CHOSEN);
  if (RIG) {
    if (policy == POLICY_IMMEDIATE) return immediateIsDue();
    if (policy == POLICY_COOLDOWN) return cooldownIsDue();
  }
  return policy == POLICY_NEVER ? neverIsDue() : syncGatedIsDue(sinceLastPassMs);
}
