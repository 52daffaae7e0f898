import {
  REGION_CLEAN,
  REGION_CLEAN_CANDIDATE,
  REGION_EVENTS,
  REGION_STATES,
  TRANSITION_IMPOSSIBLE,
} from "../layout";

/**
 * The region table: state x event -> state, and nothing about a region's state is decided anywhere else.
 * 255 marks a cell that no run may reach; the driver stops if one does. The only way into CLEAN (1) is
 * GATE_PASSED from CLEAN_CANDIDATE. NEEDS_SYNC and SYNCING are sticky: a write never leads out of them.
 */
// A row of the table is a line.
// prettier-ignore
const TABLE: usize = memory.data<u8>([
  // TOUCH, ENDED, COLLECT, SYNC_FAILED, GATE_PASSED, FOUND_MARKED, RESYNC_STARTED, ENDED_BUSY, ENDED_IDLE, ZEROED,
  // DISCARDED, MEMBER_LOST, REBUILD_MARKED, REBUILD_ALL
  // UNWRITTEN: stays so under a first write until it is zeroed
  0, 0, 0, 0, 0, 255, 255, 255, 255, 2, 0, 0, 0, 0,
  // CLEAN
  2, 255, 1, 1, 1, 5, 255, 255, 255, 255, 0, 1, 1, 5,
  // DIRTY: a discard may have a later write waiting behind it
  2, 3, 2, 2, 2, 255, 255, 255, 255, 255, 0, 2, 5, 5,
  // MAYBE_DIRTY
  2, 255, 4, 3, 3, 255, 255, 255, 255, 255, 0, 3, 5, 5,
  // CLEAN_CANDIDATE
  2, 255, 4, 3, 1, 255, 255, 255, 255, 255, 0, 3, 255, 255,
  // NEEDS_SYNC
  5, 5, 5, 5, 5, 5, 6, 255, 255, 255, 0, 3, 5, 5,
  // SYNCING
  6, 6, 6, 6, 6, 255, 255, 2, 3, 255, 0, 3, 255, 255,
]);

/** The state after `event`, or TRANSITION_IMPOSSIBLE. */
export function transition(state: u32, event: u32): u32 {
  assert(state < REGION_STATES && event < REGION_EVENTS);
  return <u32>load<u8>(TABLE + <usize>(state * REGION_EVENTS + event));
}

/** The state after `event`; stops the driver in an impossible cell. */
export function nextState(state: u32, event: u32): u32 {
  const next = transition(state, event);
  assert(next != TRANSITION_IMPOSSIBLE);
  assert(next != REGION_CLEAN || state == REGION_CLEAN_CANDIDATE || state == REGION_CLEAN);
  return next;
}
