import {
  CAUSE_READ_ERRORS,
  COUNTER_READ_ERRORS_0,
  COUNTER_SECTORS_LOST,
  OPTION_READ_ERRORS_MAX,
  RING_LOST,
} from "../layout";
import { count, counterValue } from "../counters";
import { ring } from "../event-ring";
import { option } from "../options";
import { loseMember } from "./loss";
import { isInSync } from "./members";

/** Read errors of a card since the array was assembled, or since it was taken in. */
export function readErrors(member: u32): u32 {
  return counterValue(COUNTER_READ_ERRORS_0 + member);
}

/** A card could not read; one that can't too often is dropped, but never the last one that holds everything. */
export function noteReadError(member: u32): void {
  count(COUNTER_READ_ERRORS_0 + member, 1);
  // One less than none is more than any.
  const most = option(OPTION_READ_ERRORS_MAX) - 1;
  if (readErrors(member) > most && isInSync(1 - member)) loseMember(member, CAUSE_READ_ERRORS);
}

/** A card is taken in: what another one could not read is not its fault. */
export function forgetReadErrors(member: u32): void {
  count(COUNTER_READ_ERRORS_0 + member, 0 - readErrors(member));
}

/** No card that may serve this data sector can read it. */
export function sectorIsLost(sector: u32): void {
  count(COUNTER_SECTORS_LOST, 1);
  ring(RING_LOST, sector, 0);
}
