import type { PolicyChoice, PolicyName } from "../../host/campaign/world/policy-choice.js";

/** A policy as tables show it: with a hold time that lags behind write-back, and flushes where they are needed. */
export function policyNamed(name: PolicyName, flush = name === "locked"): PolicyChoice {
  return { name, flush, cooldownMs: 5 };
}
