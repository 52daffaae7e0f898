import {
  SCRUB_REASON_FEWER_ERRORS,
  SCRUB_REASON_LOST,
  SCRUB_REASON_SOURCE,
  SCRUB_REASON_UNREADABLE,
} from "../../assembly/layout.js";
import { requireNameOf } from "./name-of.js";

/** By what evidence a copy won, with the numbers of the driver. */
const REASONS_BY_NAME = {
  UNREADABLE: SCRUB_REASON_UNREADABLE,
  FEWER_ERRORS: SCRUB_REASON_FEWER_ERRORS,
  SOURCE: SCRUB_REASON_SOURCE,
  LOST: SCRUB_REASON_LOST,
} as const satisfies Record<string, number>;

export type RepairReasonName = keyof typeof REASONS_BY_NAME;

const TEXTS: Readonly<Record<RepairReasonName, string>> = {
  UNREADABLE: "the other card cannot read it",
  FEWER_ERRORS: "its card had fewer read errors",
  SOURCE: "it is on the source: nothing else tells which one is right",
  LOST: "neither card can read it",
};

/** Name of a reason. @throws Error for a number that is none */
export function repairReasonName(reason: number): RepairReasonName {
  return requireNameOf(REASONS_BY_NAME, reason, "no reason of a repair");
}

/** Why a copy won, as the end of a sentence. */
export function repairReasonText(reason: RepairReasonName): string {
  return TEXTS[reason];
}
