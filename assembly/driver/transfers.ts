import {
  BUG_DEADLINE_IGNORED,
  CARD_OWN_BUFFER,
  COUNTER_STALE_ANSWERS,
  MEMBERS,
  OPTION_DEADLINE_MS,
  SECTOR_BYTES,
  TRANSFERS,
} from "../layout";
import { TRANSFER_TABLE } from "./cleared-state";
import * as card from "../card";
import { count } from "../counters";
import { option } from "../options";
import { seeded } from "../seeded-bug";
import { meterBytes, meterSubmit } from "../work-meter";
import { TRANSFER_WORDS } from "./hot-words";
import { nowMs } from "./mode";

/** Who waits for a transfer. */
export const OWNER_REQUEST: u32 = 0;
export const OWNER_COPY: u32 = 1;
export const OWNER_RECORD: u32 = 2;
export const OWNER_FLUSH: u32 = 3;
export const OWNER_BOOT: u32 = 4;
export const OWNER_SUPERBLOCK: u32 = 5;

/**
 * A transfer under way. The token given to the card is its index (low byte) and the generation (above), so that
 * a completion from before a controller reset, or a second one, matches nothing.
 */
@unmanaged
export class Transfer {
  /** 0 when free. */
  token: u32;
  owner: u32;
  /** Request index for OWNER_REQUEST; else unused. */
  index: u32;
  member: u32;
  /** When it was started, ms: the time of the last tick before. */
  sinceMs: u32;
}

const TABLE = TRANSFER_TABLE;
/** No entry before this one is free. */
const LOWEST_FREE = TRANSFER_WORDS;
/**
 * Next generation; answers that the first member is ahead, or the second one if less than 0; outstanding commands of
 * each member.
 */
const STATE: usize = TRANSFER_WORDS + 4;
if (TRANSFERS * offsetof<Transfer>() != 800) ERROR("sizes drifted from layout.ts");

export function transfer(index: u32): Transfer {
  return changetype<Transfer>(TABLE + <usize>(index * <u32>offsetof<Transfer>()));
}

/** Forgets all transfers; generations start from the boot nonce. */
export function resetTransfers(bootNonce: u32): void {
  memory.fill(LOWEST_FREE, 0, 20);
  store<u32>(STATE, bootNonce * 0x9e3779b1);
}

/** Commands sent to `member` and not yet answered. */
export function outstanding(member: u32): u32 {
  return load<u32>(outstandingAt(member));
}

function outstandingAt(member: u32): usize {
  return STATE + 8 + <usize>((member & 1) << 2);
}

/**
 * How much busier the first card is than the second, to choose the one that reads: by commands without an answer, and
 * one more for every answer that the other card has given since its own last one. So a card that stalls soon loses
 * all reads to the other, without a look at any clock.
 */
export function busierBy(): i32 {
  return outstanding(0) - outstanding(1) - load<i32>(STATE, 4);
}

/**
 * Sends a command to cards on behalf of `owner`.
 * @param members bit m set: to member m
 */
export function startTransfers(
  owner: u32,
  index: u32,
  members: u32,
  command: u32,
  sector: u32,
  sectors: u32,
  buffer: u32,
  bufferSector: u32,
): void {
  assert(members >> MEMBERS == 0);
  for (let member: u32 = 0; members != 0; members >>= 1) {
    if ((members & 1) != 0) {
      // Masked for the compiler of the exported C, as in `transferEnded`.
      let free = load<u32>(LOWEST_FREE) & 63;
      let entry = transfer(free);
      while (entry.token != 0) {
        free++;
        assert(free < TRANSFERS);
        entry = transfer(free);
      }
      store<u32>(LOWEST_FREE, free + 1);
      const generation = (load<u32>(STATE) + 1) & 0x00ffffff;
      store<u32>(STATE, generation);
      // Bit 7 keeps the token of index 0 and generation 0 apart from "free".
      const token = (generation << 8) | 0x80 | free;
      entry.token = token;
      entry.owner = owner;
      entry.index = index;
      entry.member = member;
      entry.sinceMs = nowMs();
      meterSubmit();
      const at = outstandingAt(member);
      store<u32>(at, load<u32>(at) + 1);
      card.submit(member, command, sector, sectors, buffer, bufferSector, token);
    }
    member++;
  }
}

/** Sends a command to one card on behalf of `owner`. */
export function startTransfer(
  owner: u32,
  index: u32,
  member: u32,
  command: u32,
  sector: u32,
  sectors: u32,
  buffer: u32,
  bufferSector: u32,
): void {
  startTransfers(owner, index, 1 << member, command, sector, sectors, buffer, bufferSector);
}

/** The same, with a buffer in linear memory. */
export function startOwnTransfer(
  owner: u32,
  index: u32,
  member: u32,
  command: u32,
  sector: u32,
  sectors: u32,
  address: usize,
): void {
  meterBytes(sectors * SECTOR_BYTES);
  startTransfer(owner, index, member, command | CARD_OWN_BUFFER, sector, sectors, <u32>address, 0);
}

/** Index of the transfer under way that `token` names, or TRANSFERS for a stale one. */
export function transferOf(token: u32): u32 {
  const index = token & 0x7f;
  if (token != 0 && index < TRANSFERS && transfer(index).token == token) return index;
  count(COUNTER_STALE_ANSWERS, 1);
  return TRANSFERS;
}

/** Whether the card owes an answer. */
export function isUnderWay(index: u32): bool {
  return transfer(index).token != 0;
}

/** The time is known from now on: transfers started before begin to wait now. */
export function stampTransfers(): void {
  for (let index: u32 = 0; index < TRANSFERS; index++) transfer(index).sinceMs = nowMs();
}

/** A member that has owed an answer for longer than OPTION_DEADLINE_MS, or MEMBERS. */
export function overdueMember(): u32 {
  const limit = option(OPTION_DEADLINE_MS);
  if (limit == 0 || (RIG && seeded(BUG_DEADLINE_IGNORED))) return MEMBERS;
  for (let index: u32 = 0; index < TRANSFERS; index++) {
    if (isUnderWay(index) && nowMs() - transfer(index).sinceMs > limit) return memberOf(index);
  }
  return MEMBERS;
}

export function memberOf(index: u32): u32 {
  return transfer(index).member;
}

/** The card has answered: the entry is free again. */
export function endTransfer(index: u32, entry: Transfer): void {
  assert(entry.token != 0);
  entry.token = 0;
  if (index < load<u32>(LOWEST_FREE)) store<u32>(LOWEST_FREE, index);
  const at = outstandingAt(entry.member);
  assert(load<u32>(at) > 0);
  store<u32>(at, load<u32>(at) - 1);
  const ahead = load<i32>(STATE, 4);
  const owed = outstanding(entry.member ^ 1) != 0;
  if (entry.member == 0) store<i32>(STATE, owed ? max(ahead, 0) + 1 : 0, 4);
  else store<i32>(STATE, owed ? min(ahead, 0) - 1 : 0, 4);
}

/** Whether the driver still waits for the answer that `token` names: not once its member was dropped. */
export function isAwaited(token: u32): bool {
  const index = token & 0x7f;
  return token != 0 && index < TRANSFERS && transfer(index).token == token;
}
