import {
  MEMBERS,
  MEMBER_EVENT_FOUND,
  MEMBER_IN_SYNC,
  MEMBER_REBUILDING,
  MEMBER_STATES,
  RING_MEMBER,
} from "../layout";
import { ring } from "../event-ring";
import { nextMemberState } from "./member-states";

/** State of the member in each slot (MEMBER_...). */
const STATES: usize = memory.data(8, 8);

/** State of the member in a slot, or MEMBER_STATES for a slot that does not exist. */
export function memberState(member: u32): u32 {
  return member < MEMBERS ? load<u32>(STATES + <usize>(member << 2)) : MEMBER_STATES;
}

/** Moves a member along the table. */
export function memberEvent(member: u32, event: u32): void {
  const old = memberState(member);
  const next = nextMemberState(old, event);
  store<u32>(STATES + <usize>(member << 2), next);
  if (next != old) ring(RING_MEMBER, member, old | (next << 8) | (event << 16));
}

/** Whether the member takes writes and flushes. */
export function isActive(member: u32): bool {
  const state = memberState(member);
  return state == MEMBER_IN_SYNC || state == MEMBER_REBUILDING;
}

/** Whether the member holds everything. */
export function isInSync(member: u32): bool {
  return memberState(member) == MEMBER_IN_SYNC;
}

/** Number of members that take writes. */
export function activeMembers(): u32 {
  let active: u32 = 0;
  for (let member: u32 = 0; member < MEMBERS; member++) active += isActive(member) ? 1 : 0;
  return active;
}

/** Every slot MISSING. */
export function resetMembers(): void {
  memory.fill(STATES, 0, 8);
}

/** Every slot holds a member in sync. */
export function findAllInSync(): void {
  for (let member: u32 = 0; member < MEMBERS; member++) memberEvent(member, MEMBER_EVENT_FOUND);
}
