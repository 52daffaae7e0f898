import { MEMBER_EVENTS, MEMBER_STATES, TRANSITION_IMPOSSIBLE } from "../layout";

/**
 * The member table: state x event -> state; 255 marks a cell that no run may reach. A member leaves MISSING or
 * FAULTY only by being found in sync at assembly, or as the target of a rebuild.
 */
// A row of the table is a line.
// prettier-ignore
const TABLE: usize = memory.data<u8>([
  // FOUND, ADOPTED, REBUILT, FAILED, REMOVED
  // MISSING
  1, 3, 255, 255, 255,
  // IN_SYNC
  255, 255, 255, 2, 0,
  // FAULTY
  255, 3, 255, 255, 255,
  // REBUILDING
  255, 255, 1, 2, 0,
]);

/** The state after `event`, or TRANSITION_IMPOSSIBLE. */
export function memberTransition(state: u32, event: u32): u32 {
  assert(state < MEMBER_STATES && event < MEMBER_EVENTS);
  return <u32>load<u8>(TABLE + <usize>(state * MEMBER_EVENTS + event));
}

/** The state after `event`; stops the driver in an impossible cell. */
export function nextMemberState(state: u32, event: u32): u32 {
  const next = memberTransition(state, event);
  assert(next != TRANSITION_IMPOSSIBLE);
  return next;
}
