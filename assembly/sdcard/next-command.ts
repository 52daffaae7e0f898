import { CARD_FLUSH, CARD_READ, CARD_WRITE, CARD_ZERO, STATUS_CARD_FAILED } from "../layout";
import { nowMs } from "../driver/mode";
import { Card } from "./card-state";
import { Entry, enqueueFirst, entry, unqueue } from "./command-queue";
import { isReady } from "./shared-crc";
import { erasesZeros, goesOn } from "./write-steps";

/** Which of its commands a card begins, and what has to be closed before it. */

/** The queue holds nothing that can be begun now. */
const NOTHING_READY: u32 = 0xffffffff;

/** The entry before the first one in the queue that can be begun, 0 if that is the first, or NOTHING_READY. */
function beforeNext(c: Card): u32 {
  let before: u32 = 0;
  let number = c.first;
  while (number != 0) {
    if (isReady(number)) return before;
    before = number;
    number = entry(number).next;
  }
  return NOTHING_READY;
}

/** Whether the queue holds anything that can be begun now. */
export function hasNext(c: Card): bool {
  return beforeNext(c) != NOTHING_READY;
}

/** Chooses what comes next: the choices of SPI_STATE_PICK. */
export function pick(c: Card): u32 {
  if (c.current != 0 && !isReady(c.current)) {
    enqueueFirst(c.current);
    c.current = 0;
  }
  if (c.current == 0) {
    const before = beforeNext(c);
    if (before == NOTHING_READY) return c.closing != 0 ? closed(c, 4) : 4;
    c.current = unqueue(c, before);
    c.tries = 0;
    c.failing = 0;
    c.aheadBlock = 0;
  }
  c.closing = 0;
  c.workMs = nowMs();
  return begins(c, entry(c.current));
}

function begins(c: Card, e: Entry): u32 {
  // Of a command that is refused; steps that fail otherwise say so themselves.
  c.status = STATUS_CARD_FAILED;
  const writes = e.operation == CARD_WRITE || (e.operation == CARD_ZERO && !erasesZeros(c, e));
  const kind: u32 =
    e.operation == CARD_READ ? 0 : e.operation == CARD_WRITE ? 1 : e.operation == CARD_FLUSH ? 2 : 3;
  if (writes) {
    if (goesOn(c, e)) return kind;
    if (c.busy != 0) return 5;
    if (c.streaming != 0) return 6;
    // Else what was left by a read would be taken for an error of this write.
    return c.overread != 0 ? 7 : kind;
  }
  return closed(c, kind);
}

/** `then`, once the card is not busy, no stream is open, and the status of what was written is known. */
function closed(c: Card, then: u32): u32 {
  if (c.busy != 0) return 5;
  if (c.streaming != 0) return 6;
  // A flush asks for the status itself; an erase does at its end.
  if ((c.unchecked != 0 && then != 2) || (c.overread != 0 && then == 3)) return 7;
  c.closing = 0;
  return then;
}
