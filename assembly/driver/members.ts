import { MEMBERS, MEMBER_IN_SYNC, MEMBER_REBUILDING, MEMBER_STATES, RING_MEMBER } from "../layout";
import { ring } from "../event-ring";
import { MEMBER_WORDS } from "./hot-words";
import { lookForPass } from "./under-way";
import { nextMemberState } from "./member-states";

/** State of the member in each slot (MEMBER_...), and bit m of the last word set: the card in slot m is in use. */
const STATES = MEMBER_WORDS;

/** State of the member in a slot, or MEMBER_STATES for a slot that does not exist. */
export function memberState(member: u32): u32 {
  return member < MEMBERS ? load<u32>(STATES + <usize>(member << 2)) : MEMBER_STATES;
}

/** Moves a member along the table; its card is in use as long as it takes writes. */
export function memberEvent(member: u32, event: u32): void {
  const old = memberState(member);
  const next = nextMemberState(old, event);
  store<u32>(STATES + <usize>(member << 2), next);
  useCard(member, next == MEMBER_IN_SYNC || next == MEMBER_REBUILDING);
  if (next != old) ring(RING_MEMBER, member, old | (next << 8) | (event << 16));
}

/** Whether the card in a slot takes writes and flushes. While members are looked for, both cards may. */
export function isActive(member: u32): bool {
  return ((membersInUse() >> member) & 1) != 0;
}

/** Takes a card into use, or out of it, while its member's state does not say so yet. */
export function useCard(member: u32, used: bool): void {
  const bit: u32 = 1 << member;
  const old = membersInUse();
  store<u32>(STATES, used ? old | bit : old & ~bit, 8);
  // With both members there regions can be proven again.
  lookForPass();
}

/** Whether the member holds everything. */
export function isInSync(member: u32): bool {
  return memberState(member) == MEMBER_IN_SYNC;
}

/** The cards that take writes: bit m for member m. */
export function membersInUse(): u32 {
  return load<u32>(STATES, 8);
}

/** Number of cards that take writes. */
export function activeMembers(): u32 {
  const used = membersInUse();
  return (used & 1) + (used >> 1);
}

/** Every slot MISSING, and both cards in use until it is known what they are. */
export function resetMembers(): void {
  memory.fill(STATES, 0, 12);
  for (let member: u32 = 0; member < MEMBERS; member++) useCard(member, true);
}
