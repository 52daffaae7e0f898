import {
  CARD_ZERO,
  SECTOR_BYTES,
  SPI_CARD_BLOCKS_OUT,
  SPI_CARD_CONFLICTS,
  SPI_CARD_STREAMS,
  SPI_EVENT_REFUSED,
  SPI_STATE_COUNT,
  SPI_STATE_COUNT_APP,
  SPI_STATE_ERASED,
  SPI_STATE_ERASE,
  SPI_STATE_ERASE_AGAIN,
  SPI_STATE_ERASE_FIRST,
  SPI_STATE_ERASE_LAST,
  SPI_STATE_WRITE,
  SPI_STATE_WRITE_ABORT,
  SPI_STATE_WRITE_ABORTED,
  SPI_STATE_WRITE_AGAIN,
  SPI_STATE_WRITE_BEGIN,
  SPI_STATE_WRITE_BLOCK,
  SPI_STATE_WRITE_CONFLICT,
  SPI_STATE_WRITE_JUDGE,
  SPI_STATE_WRITE_NEXT,
  SPI_STATE_WRITE_PREPARE,
  SPI_STATE_WRITE_READY,
  SPI_STATE_ZERO_BEGIN,
  SPI_FEATURE_ERASE_ZEROS,
  STATUS_CARD_FAILED,
  STATUS_OK,
} from "../layout";
import * as bus from "./bus";
import { Card, NO_EVENT, count } from "./card-state";
import { Entry, entry } from "./command-queue";
import { APP_CMD, SEND_STATUS, STOP_TRANSMISSION, beginApplicationCommand, beginCommand } from "./exchange";
import { answer, isAcceptedByBoth } from "./live-commands";
import { address } from "./registers";
import {
  addBlock,
  blockRejected,
  blockTaken,
  bounceFor,
  isReady,
  mayQueue,
  otherOf,
  sharedCrc,
} from "./shared-crc";
import { BUSY_LIMIT_US, choice, waitUntilReady } from "./step-transfers";
import { START_BLOCK, START_BLOCK_MULTIPLE } from "./tokens";
import { queueSend, takeQueued, wantSend } from "./transfers";

/** Tries of a command that meets errors on the wire. */
export const TRIES: u32 = 3;
/** An erase may take as long as so many writes (assumed; the SSR would tell). */
const ERASE_TIMES: u32 = 10;
const ZERO_SECTOR: usize = memory.data(512, 16);

/** Whether zeros are erased on this card, not written. */
export function erasesZeros(c: Card, e: Entry): bool {
  return e.operation == CARD_ZERO && (c.features & SPI_FEATURE_ERASE_ZEROS) != 0;
}

/** Whether the entry goes on where the open stream stands. */
export function goesOn(c: Card, e: Entry): bool {
  return c.streaming != 0 && e.sector + e.done == c.streamNext;
}

function sendBlock(c: Card, startToken: u32): u32 {
  const e = entry(c.current);
  const block = c.streamNext - e.sector;
  if (e.operation == CARD_ZERO) {
    wantSend(c, startToken, <u32>ZERO_SECTOR, 0, 1, 0);
  } else if (e.own != 0) {
    const crc = c.aheadBlock == block + 1 ? c.aheadCrc : bus.checksum(e.buffer + block * SECTOR_BYTES, 0, 1);
    wantSend(c, startToken, e.buffer + block * SECTOR_BYTES, 0, 1, crc);
  } else if (e.void != 0) {
    const crc = bus.checksum(e.buffer, e.bufferSector + block, 0);
    wantSend(c, startToken, e.buffer, e.bufferSector + block, 0, crc);
  } else {
    const copy = bounceFor(c.current);
    const crc = sharedCrc(c.current, block);
    if (copy != 0) wantSend(c, startToken, copy, 0, 1, crc);
    else wantSend(c, startToken, e.buffer, e.bufferSector + block, 0, crc);
  }
  return NO_EVENT;
}

/**
 * While a block is on its way: the CRC16 of the next one, which is queued behind it. Called when the transfer has been
 * handed to the bus.
 */
export function lookAhead(c: Card): void {
  if (c.launched == 0 || c.state != SPI_STATE_WRITE_BLOCK || c.queued != 0) return;
  const e = entry(c.current);
  if (e.void != 0) return;
  const next = e.done + 1;
  if (next >= e.count) return;
  if (e.operation == CARD_ZERO) queueSend(c, <u32>ZERO_SECTOR, 0, 1, 0, BUSY_LIMIT_US);
  else if (e.own != 0) {
    const at = e.buffer + next * SECTOR_BYTES;
    if (c.aheadBlock != next + 1) c.aheadCrc = bus.checksum(at, 0, 1);
    c.aheadBlock = next + 1;
    queueSend(c, at, 0, 1, c.aheadCrc, BUSY_LIMIT_US);
  } else {
    const crc = sharedCrc(c.current, next);
    if (mayQueue(c.current)) queueSend(c, e.buffer, e.bufferSector + next, 0, crc, BUSY_LIMIT_US);
  }
}

function accepted(c: Card): u32 {
  const e = entry(c.current);
  c.busy = 1;
  c.unchecked = 1;
  // From where the card is, not from the entry: a rewind may have taken that back.
  c.writeEnd = ++c.streamNext;
  count(c, SPI_CARD_BLOCKS_OUT);
  // A rewound entry has lost its place: what was accepted is written again.
  if (e.void != 0) e.void = 0;
  else if (e.row != 0) blockTaken(c.current);
  else {
    e.fingerprint = addBlock(e.fingerprint, c.crc);
    e.done++;
  }
  // What was queued is on its way already, whatever has become of the entry.
  if (c.queued != 0) return SPI_EVENT_REFUSED;
  if (e.done < e.count) {
    const here = c.streaming != 0 && goesOn(c, e) && isReady(c.current);
    return choice(here);
  }
  const number = c.current;
  const token = e.token;
  c.current = 0;
  if (!isAcceptedByBoth(number)) {
    e.held = 1;
    return 1;
  }
  const other = otherOf(number);
  if (other != 0) {
    entry(other).held = 0;
    answer(other, STATUS_OK);
  }
  // With the other answer the mirror may have dropped this card, forgotten this one, and put another in its place.
  if (e.token == token) answer(number, STATUS_OK);
  return 1;
}

function refused(c: Card, isConflict: bool): u32 {
  const e = entry(c.current);
  if (isConflict) count(c, SPI_CARD_CONFLICTS);
  let again: bool;
  if (e.void != 0) again = true;
  else if (isConflict && e.row != 0) again = blockRejected(c.current);
  // A write error in a stream may speak of a block that was accepted before.
  else again = ++c.tries < TRIES && (isConflict || c.streaming == 0);
  e.void = 0;
  c.aheadBlock = 0;
  c.failing = again ? 0 : 1;
  c.status = STATUS_CARD_FAILED;
  c.busy = 1;
  return choice(c.streaming != 0);
}

/** What is done in a state of a write or an erase. @returns its event, or NO_EVENT when that comes later */
export function enterWrite(c: Card): u32 {
  const e = entry(c.current);
  switch (c.state) {
    case SPI_STATE_WRITE_BEGIN: {
      if (goesOn(c, e)) return 0;
      // One block alone: CMD24, unless it goes on where the last write ended.
      c.opening = e.count - e.done == 1 && e.sector + e.done != c.writeEnd ? 0 : 1;
      return c.opening != 0 ? 2 : 1;
    }
    case SPI_STATE_COUNT_APP:
      return beginCommand(c, APP_CMD, 0, 0);
    case SPI_STATE_COUNT:
      return beginApplicationCommand(c, 23, e.count - e.done);
    case SPI_STATE_WRITE: {
      c.streamNext = e.sector + e.done;
      return beginCommand(c, c.opening != 0 ? 25 : 24, address(c, c.streamNext), 0);
    }
    case SPI_STATE_WRITE_READY: {
      if (c.opening != 0) {
        c.opening = 0;
        c.streaming = 1;
        count(c, SPI_CARD_STREAMS);
      }
      return waitUntilReady(c, 1);
    }
    case SPI_STATE_WRITE_PREPARE: {
      c.busy = 0;
      const here = isReady(c.current) && e.sector + e.done == c.streamNext;
      if (here) return 0;
      if (c.streaming != 0) return 1;
      // The card waits for a block of CMD24, come what may; its verdict will say nothing.
      e.void = 1;
      return 0;
    }
    case SPI_STATE_WRITE_BLOCK:
      if (c.queued != 0) {
        takeQueued(c);
        c.busy = 0;
        e.void = c.queuedVoid;
        return NO_EVENT;
      }
      return sendBlock(c, c.streaming != 0 ? START_BLOCK_MULTIPLE : START_BLOCK);
    case SPI_STATE_WRITE_NEXT:
      return accepted(c);
    case SPI_STATE_WRITE_AGAIN:
      return refused(c, false);
    case SPI_STATE_WRITE_CONFLICT:
      return refused(c, true);
    case SPI_STATE_WRITE_ABORT:
      return beginCommand(c, STOP_TRANSMISSION, 0, 0);
    case SPI_STATE_WRITE_ABORTED: {
      c.streaming = 0;
      return waitUntilReady(c, 1);
    }
    case SPI_STATE_WRITE_JUDGE: {
      c.busy = 0;
      c.unchecked = 0;
      return choice(c.failing == 0);
    }
    case SPI_STATE_ZERO_BEGIN:
      return choice(erasesZeros(c, e));
    case SPI_STATE_ERASE_FIRST:
      return beginCommand(c, 32, address(c, e.sector), 0);
    case SPI_STATE_ERASE_LAST:
      return beginCommand(c, 33, address(c, e.sector + e.count - 1), 0);
    case SPI_STATE_ERASE: {
      c.busy = 1;
      return beginCommand(c, 38, 0, 0);
    }
    case SPI_STATE_ERASED:
      return waitUntilReady(c, ERASE_TIMES);
    case SPI_STATE_ERASE_AGAIN: {
      c.status = STATUS_CARD_FAILED;
      return choice(++c.tries < TRIES);
    }
    default: {
      // WRITE_STATUS, ERASE_STATUS
      c.busy = 0;
      return beginCommand(c, SEND_STATUS, 0, 1);
    }
  }
}
