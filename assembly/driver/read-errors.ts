import { CAUSE_READ_ERRORS, COUNTER_READ_ERRORS_0, OPTION_READ_ERRORS_MAX } from "../layout";
import { count, counterValue } from "../counters";
import { option } from "../options";
import { loseMember } from "./loss";

/** Read errors of a card since the array was assembled. */
export function readErrors(member: u32): u32 {
  return counterValue(COUNTER_READ_ERRORS_0 + member);
}

/** A card could not read; one that can't too often is dropped. */
export function noteReadError(member: u32): void {
  count(COUNTER_READ_ERRORS_0 + member, 1);
  const most = option(OPTION_READ_ERRORS_MAX);
  if (most != 0 && readErrors(member) >= most) loseMember(member, CAUSE_READ_ERRORS);
}
