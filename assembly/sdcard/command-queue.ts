import { CARD_WRITE, MEMBERS, SUBMITS_PER_CALL_MAX, TRANSFERS } from "../layout";
import { Card, card } from "./card-state";

/** A command of the mirror to one card, until it is answered. Entries are numbered from 1; 0 is none. */
@unmanaged
export class Entry {
  /** Of the mirror; 0 when the entry is free. */
  token: u32;
  slot: u32;
  /** The next one in the card's queue. */
  next: u32;
  /** CARD_... without CARD_OWN_BUFFER. */
  operation: u32;
  sector: u32;
  count: u32;
  /** 1 for a buffer in linear memory. */
  own: u32;
  buffer: u32;
  bufferSector: u32;
  /** Blocks done. */
  done: u32;
  /** Number of the row that it shares with the other card's write, from 1; 0 for none: see shared-crc.ts. */
  row: u32;
  /** 1 while all blocks are accepted and the other card's are not. */
  held: u32;
  /** 1 when the verdict on the block under way says nothing any more. */
  void: u32;
  /** Fingerprint of the blocks accepted, of an entry without a row. */
  fingerprint: u32;
}

/**
 * What the mirror has under way, and as much as one call of it adds before those of a member that was dropped in the
 * same call are taken out.
 */
export const ENTRIES: u32 = TRANSFERS + SUBMITS_PER_CALL_MAX;
const BYTES: u32 = 56;
const TABLE: usize = memory.data(4032, 16);
if (ENTRIES * BYTES != 4032 || BYTES != <u32>offsetof<Entry>()) ERROR("sizes drifted from layout.ts");

export function entry(number: u32): Entry {
  return changetype<Entry>(TABLE + <usize>((number - 1) * BYTES));
}

/** Number of a free entry. There is one: the mirror has no more commands. */
export function takeEntry(): u32 {
  let number: u32 = 1;
  while (entry(number).token != 0) {
    number++;
    assert(number <= ENTRIES);
  }
  return number;
}

/** Puts an entry at the end of its card's queue. */
export function enqueue(number: u32): void {
  const c = card(entry(number).slot);
  entry(number).next = 0;
  if (c.first == 0) c.first = number;
  else entry(c.last).next = number;
  c.last = number;
}

/** Puts an entry at the front: it was begun before. */
export function enqueueFirst(number: u32): void {
  const c = card(entry(number).slot);
  entry(number).next = c.first;
  if (c.first == 0) c.last = number;
  c.first = number;
}

/** Takes out the entry behind `before`, which is 0 for the first one. */
export function unqueue(c: Card, before: u32): u32 {
  const number = before == 0 ? c.first : entry(before).next;
  const next = entry(number).next;
  if (before == 0) c.first = next;
  else entry(before).next = next;
  if (c.last == number) c.last = before;
  entry(number).next = 0;
  return number;
}

/** A write of the same blocks of the same buffer to the other card that waits for its partner, or 0. */
export function partnerOf(number: u32): u32 {
  const own = entry(number);
  for (let other: u32 = 1; other <= ENTRIES; other++) {
    const each = entry(other);
    if (each.token == 0 || each.row == 0 || each.operation != CARD_WRITE) continue;
    if (each.slot == own.slot || each.done != 0 || each.held != 0) continue;
    if (each.buffer != own.buffer || each.bufferSector != own.bufferSector) continue;
    if (each.sector == own.sector && each.count == own.count) return other;
  }
  return 0;
}

/** Whether the slot exists. */
export function isSlot(slot: u32): bool {
  return slot < MEMBERS;
}
