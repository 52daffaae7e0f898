import { WRITE_BACK_US } from "../../campaign/matrix/matrix-cell.js";
import { policyTitle } from "../../campaign/world/policy-choice.js";
import { FINGERPRINTS, ROWS_BY_NAME, withFingerprint, type FingerprintName } from "../policy-rows.js";
import type { PolicyRow } from "../policy-rows.js";
import { oneOf, UsageError, wholeNumberIn } from "../usage-error.js";

/** The policies of the matrix, unless others are named: md's of old, timers, locks, never, the gate, fingerprints. */
export const MATRIX_POLICIES = [
  "immediate",
  "immediate+flush",
  "cooldown:5",
  "cooldown+flush:5",
  "cooldown+flush:100",
  "locked+flush",
  "never",
  "sync-gated",
  "immediate+flush/crc16",
  "sync-gated/crc16",
] as const;

/** An hour, as the driver has it. */
const HOLD_MS_MAX = 3_600_000;
const TIMED = ["cooldown", "cooldown+flush"];

/**
 * A policy by name: one that `torture` knows; for a timer the time it waits, ms, after a colon; after a slash the transfer
 * fingerprint.
 * @throws UsageError of one sentence that lists the names there are
 */
export function matrixPolicy(text: string): PolicyRow {
  const [timed = "", fingerprint = "off", ...more] = text.split("/");
  const [name = "", ms, ...others] = timed.split(":");
  if (more.length > 0 || others.length > 0) {
    throw new UsageError(`policy "${text}" has too many parts: write NAME, NAME:MS or NAME/FINGERPRINT`);
  }
  const base = withHold(ROWS_BY_NAME.get(oneOf("policy", name, [...ROWS_BY_NAME.keys()]))!, ms);
  const kind = oneOf("fingerprint", fingerprint, Object.keys(FINGERPRINTS) as FingerprintName[]);
  const why = "the cards accepted the same bytes, and have kept them";
  const held = base.holds || base.policy.flush;
  return withFingerprint(base, kind, held, held && !base.holds ? why : base.why);
}

function withHold(row: PolicyRow, text: string | undefined): PolicyRow {
  if (text === undefined) return row;
  if (!TIMED.includes(row.name)) {
    throw new UsageError(`policy ${row.name} waits for no time: leave out ":${text}", or name cooldown:MS`);
  }
  const cooldownMs = wholeNumberIn(`the time of ${row.name}`, text, 0, HOLD_MS_MAX);
  const policy = { ...row.policy, cooldownMs };
  return { ...row, name: `${row.name}:${cooldownMs}`, title: policyTitle(policy), policy };
}

/** Whether this workload must catch it: a timer that waits longer than write-back lags here is not. */
export function mustBeCaught({ holds, policy }: PolicyRow): boolean {
  if (holds) return false;
  return policy.name !== "cooldown" || policy.cooldownMs * 1000 < WRITE_BACK_US;
}
