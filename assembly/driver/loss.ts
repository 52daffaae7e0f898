import { COUNTER_MEMBERS_LOST, RING_LOSS } from "../layout";
import { count } from "../counters";
import { ring } from "../event-ring";
import { failStop } from "./fail-stop";

/**
 * A member is lost.
 * @param cause CAUSE_...
 */
export function loseMember(member: u32, cause: u32): void {
  count(COUNTER_MEMBERS_LOST, 1);
  ring(RING_LOSS, member, cause);
  failStop();
}
