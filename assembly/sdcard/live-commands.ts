/**
 * The commands of the mirror, and those that it does not wait for any more: with a member it forgets all that the card
 * owes, and may use the buffers for others, so their transfers are ended at once.
 */
import { complete } from "../driver/interface";
import { MODE_FAILED, mode } from "../driver/mode";
import { isAwaited, outstanding } from "../driver/transfers";
import {
  CARD_WRITE,
  CARD_ZERO,
  MEMBERS,
  SPI_STATE_LOST,
  SPI_STATE_OFF,
  SPI_STATE_PICK,
  SPI_STATE_POWER_LOST,
  SPI_STATE_READY,
  STATUS_OK,
} from "../layout";
import { Card, card } from "./card-state";
import { ENTRIES, entry, unqueue } from "./command-queue";
import { addBlock, leaveRow, otherOf, sharedFingerprint } from "./shared-crc";
import { forgetTransfer } from "./transfers";

/** Commands that have an entry; 1 when one is held for a partner that is gone. */
const STATE: usize = memory.data(8, 8);

export function noteSubmitted(): void {
  store<u32>(STATE, load<u32>(STATE) + 1);
}

function free(number: u32): void {
  const other = otherOf(number);
  if (other != 0 && entry(other).held != 0) store<u32>(STATE, 1, 4);
  leaveRow(number);
  entry(number).token = 0;
  store<u32>(STATE, load<u32>(STATE) - 1);
}

function fingerprintOf(number: u32): u32 {
  const e = entry(number);
  if (e.row != 0) return sharedFingerprint(number);
  if (e.operation != CARD_ZERO) return e.fingerprint;
  // The CRC16 of zeros is 0, and an erase leaves the same bytes as a write.
  let fingerprint: u32 = 0;
  for (let block: u32 = 0; block < e.count; block++) fingerprint = addBlock(fingerprint, 0);
  return fingerprint;
}

/** Answers a command, which is in no queue. */
export function answer(number: u32, status: u32): void {
  const e = entry(number);
  const token = e.token;
  const writes = e.operation == CARD_WRITE || e.operation == CARD_ZERO;
  const fingerprint: u32 = status == STATUS_OK && writes ? fingerprintOf(number) : 0;
  free(number);
  complete(token, status, fingerprint);
  dropForgotten();
}

/** Whether all blocks of a write are accepted by both cards, as far as the mirror waits for both. */
export function isAcceptedByBoth(number: u32): bool {
  const other = otherOf(number);
  return other == 0 || entry(other).held != 0;
}

/** Answers every command of a card. */
export function answerAll(c: Card, status: u32): void {
  while (c.current != 0 || c.first != 0) {
    const number = c.current != 0 ? c.current : unqueue(c, 0);
    c.current = 0;
    answer(number, status);
  }
  for (let number: u32 = 1; number <= ENTRIES; number++) {
    const e = entry(number);
    // What the answers bring is in the queue, and fails with it once the card is off.
    if (e.token == 0 || e.slot != c.slot || e.held == 0) continue;
    e.held = 0;
    answer(number, status);
  }
}

/** Whether a card has commands. */
export function owes(c: Card): bool {
  for (let number: u32 = 1; number <= ENTRIES; number++) {
    if (entry(number).token != 0 && entry(number).slot == c.slot) return true;
  }
  return false;
}

/** Ends what the mirror has forgotten. */
export function dropForgotten(): void {
  const failed = mode() == MODE_FAILED;
  const live = load<u32>(STATE);
  const isOrphaned = load<u32>(STATE, 4) != 0;
  if (live == 0 || (!failed && !isOrphaned && live == outstanding(0) + outstanding(1))) return;
  store<u32>(STATE, 0, 4);
  for (let slot: u32 = 0; slot < MEMBERS; slot++) dropQueued(card(slot), failed);
  for (let number: u32 = 1; number <= ENTRIES; number++) {
    const e = entry(number);
    if (e.token == 0 || (!failed && isAwaited(e.token))) continue;
    const c = card(e.slot);
    if (c.current == number) abandon(c);
    free(number);
  }
  // A write that only the dropped card had not taken.
  for (let number: u32 = 1; number <= ENTRIES; number++) {
    const e = entry(number);
    if (e.token == 0 || e.held == 0 || otherOf(number) != 0) continue;
    e.held = 0;
    answer(number, STATUS_OK);
  }
}

function dropQueued(c: Card, all: bool): void {
  let before: u32 = 0;
  let number = c.first;
  while (number != 0) {
    const next = entry(number).next;
    if (all || !isAwaited(entry(number).token)) free(unqueue(c, before));
    else before = number;
    number = next;
  }
}

/** A card is left in the middle of a command: only a new start leads on. */
function abandon(c: Card): void {
  c.current = 0;
  if (c.state == SPI_STATE_READY || c.state == SPI_STATE_PICK) return;
  // It is on its way to OFF already: from there the same event would start it.
  if (c.state == SPI_STATE_POWER_LOST || c.state == SPI_STATE_LOST) return;
  forgetTransfer(c);
  c.state = SPI_STATE_OFF;
}
