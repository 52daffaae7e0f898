import * as layout from "../../assembly/layout.js";
import { COUNTER_BYTES_PER_CALL_MAX, COUNTER_SUBMITS_PER_CALL_MAX } from "../../assembly/layout.js";
import type { DriverExports } from "../mirror/driver-module.js";

/** Largest work of a single call of the driver. */
export interface CallWork {
  /** Commands handed to the cards. */
  readonly submits: number;
  /** Bytes of sectors and planes gone through in linear memory. */
  readonly bytes: number;
}

export const NO_WORK: CallWork = { submits: 0, bytes: 0 };

/** The largest work of a call since the last format or assembly. */
export function callWork({ counter }: DriverExports): CallWork {
  return {
    submits: counter(COUNTER_SUBMITS_PER_CALL_MAX) >>> 0,
    bytes: counter(COUNTER_BYTES_PER_CALL_MAX) >>> 0,
  };
}

/** The larger of both, each figure for itself. */
export function largerWork(a: CallWork, b: CallWork): CallWork {
  return { submits: Math.max(a.submits, b.submits), bytes: Math.max(a.bytes, b.bytes) };
}

// By name, because layout.ts may not have them yet.
const NUMBERS: Readonly<Record<string, number>> = layout;

/** What one call may do at most, by SPEC.md; null where there is no such limit yet. */
export const LIMITS: { readonly submits: number | null; readonly bytes: number | null } = {
  submits: NUMBERS["SUBMITS_PER_CALL_MAX"] ?? null,
  bytes: NUMBERS["BYTES_PER_CALL_MAX"] ?? null,
};
