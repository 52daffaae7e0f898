import {
  CAUSE_COMMAND,
  CAUSE_COMMAND_FAILED,
  CAUSE_DEADLINE,
  CAUSE_FINGERPRINT,
  CAUSE_READ_ERRORS,
  CAUSE_REINITIALISED,
  CAUSE_SOURCE_UNREADABLE,
  MEMBER_FAULTY,
  MEMBER_IN_SYNC,
  MEMBER_MISSING,
  MEMBER_REBUILDING,
} from "../../assembly/layout.js";
import { requireNameOf } from "./name-of.js";

/** What the states of a member are called, with their numbers. */
const MEMBER_STATES_BY_NAME = {
  MISSING: MEMBER_MISSING,
  IN_SYNC: MEMBER_IN_SYNC,
  FAULTY: MEMBER_FAULTY,
  REBUILDING: MEMBER_REBUILDING,
} as const satisfies Record<string, number>;

/** What the causes of a loss are called, with their numbers. */
const CAUSES_BY_NAME = {
  COMMAND_FAILED: CAUSE_COMMAND_FAILED,
  DEADLINE: CAUSE_DEADLINE,
  READ_ERRORS: CAUSE_READ_ERRORS,
  REINITIALISED: CAUSE_REINITIALISED,
  COMMAND: CAUSE_COMMAND,
  FINGERPRINT: CAUSE_FINGERPRINT,
  SOURCE_UNREADABLE: CAUSE_SOURCE_UNREADABLE,
} as const satisfies Record<string, number>;

export type MemberStateName = keyof typeof MEMBER_STATES_BY_NAME;
export type LossCauseName = keyof typeof CAUSES_BY_NAME;

/** Why a member was lost, as the end of a sentence: "it was dropped because ...". */
const CAUSE_TEXTS: Readonly<Record<LossCauseName, string>> = {
  COMMAND_FAILED: "a write or a flush of its card failed",
  DEADLINE: "its card did not answer in time (deadlineMs)",
  READ_ERRORS: "its card had too many read errors (readErrorsMax)",
  REINITIALISED: "its card initialised itself anew and lost its cache",
  COMMAND: "of a command",
  FINGERPRINT: "its card accepted other bytes than it was given twice",
  SOURCE_UNREADABLE: "the card it is copied from cannot read a sector: write it again",
};

/** Name of a state of a member. @throws Error for a number that is none */
export function memberStateName(state: number): MemberStateName {
  return requireNameOf(MEMBER_STATES_BY_NAME, state, "no state of a member");
}

/** Name of the cause of a loss. @throws Error for a number that is none */
export function lossCauseName(cause: number): LossCauseName {
  return requireNameOf(CAUSES_BY_NAME, cause, "no cause of a loss");
}

/** Why a member was lost, as the end of a sentence. */
export function lossCauseText(cause: LossCauseName): string {
  return CAUSE_TEXTS[cause];
}
