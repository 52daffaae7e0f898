import {
  SECTOR_BYTES,
  SPI_CARD_READ_AGAIN,
  SPI_FEATURE_CACHE,
  SPI_STATE_FLUSH,
  SPI_STATE_FLUSH_ANSWER,
  SPI_STATE_FLUSH_BLOCK,
  SPI_STATE_FLUSH_HOW,
  SPI_STATE_FLUSH_OVER,
  SPI_STATE_FLUSH_PAUSE,
  SPI_STATE_FLUSH_READ,
  SPI_STATE_FLUSH_READY,
  SPI_STATE_FLUSH_STATUS,
  SPI_STATE_FLUSH_TOKEN,
  SPI_STATE_READ,
  SPI_STATE_READ_ABORT,
  SPI_STATE_READ_ABORTED,
  SPI_STATE_READ_AGAIN,
  SPI_STATE_READ_BLOCK,
  SPI_STATE_READ_NEXT,
  SPI_STATE_READ_STATUS,
  SPI_STATE_READ_STOP,
  SPI_STATE_READ_TOKEN,
  STATUS_CARD_FAILED,
  STATUS_READ_ERROR,
} from "../layout";
import { Card, NO_EVENT, beginLimit, count } from "./card-state";
import { Entry, entry } from "./command-queue";
import { SEND_STATUS, STOP_TRANSMISSION, beginCommand } from "./exchange";
import { CACHE_FLUSH_AT, address, page } from "./registers";
import { choice, receiveRegisters, sendRegisters, waitForToken, waitUntilReady } from "./step-transfers";
import { wantReceive } from "./transfers";
import { TRIES } from "./write-steps";

/**
 * Whether CMD18 reads the rest of the entry. Not when it ends with the card: the card reads ahead, and an address out of
 * range would stay in its status (SD Physical Layer Simplified Specification, 4.3.3).
 */
function readsSeveral(c: Card, e: Entry): bool {
  return e.count - e.done > 1 && e.sector + e.count < c.sectors;
}

/** What is done in a state of a read. @returns its event, or NO_EVENT when that comes later */
export function enterRead(c: Card): u32 {
  const e = entry(c.current);
  switch (c.state) {
    case SPI_STATE_READ: {
      const several = readsSeveral(c, e);
      c.reading = several ? 1 : 0;
      c.leftUs = 1;
      return beginCommand(c, several ? 18 : 17, address(c, e.sector + e.done), 0);
    }
    case SPI_STATE_READ_TOKEN:
      return waitForToken(c);
    case SPI_STATE_READ_BLOCK: {
      if (e.own != 0) wantReceive(c, e.buffer + e.done * SECTOR_BYTES, 0, 1);
      else wantReceive(c, e.buffer, e.bufferSector + e.done, 0);
      return NO_EVENT;
    }
    case SPI_STATE_READ_NEXT: {
      e.done++;
      if (e.done < e.count) return c.reading != 0 ? 0 : 3;
      return c.reading != 0 ? 1 : 2;
    }
    case SPI_STATE_READ_STOP:
    case SPI_STATE_READ_ABORT: {
      c.reading = 0;
      c.overread = 1;
      c.busy = 1;
      return beginCommand(c, STOP_TRANSMISSION, 0, 0);
    }
    case SPI_STATE_READ_AGAIN: {
      count(c, SPI_CARD_READ_AGAIN);
      c.failing = ++c.tries < TRIES ? 0 : 1;
      // A token that never came: the card may still be about to send it.
      return choice(c.reading != 0 || c.leftUs == 0);
    }
    case SPI_STATE_READ_ABORTED:
      return waitUntilReady(c, 1);
    case SPI_STATE_READ_STATUS:
      return beginCommand(c, SEND_STATUS, 0, 1);
    default: {
      // READ_JUDGE
      c.status = STATUS_READ_ERROR;
      return choice(c.failing == 0);
    }
  }
}

/** What is done in a state of a flush. @returns its event, or NO_EVENT when that comes later */
export function enterFlush(c: Card): u32 {
  switch (c.state) {
    case SPI_STATE_FLUSH_STATUS: {
      c.status = STATUS_CARD_FAILED;
      return beginCommand(c, SEND_STATUS, 0, 1);
    }
    case SPI_STATE_FLUSH_HOW: {
      c.unchecked = 0;
      beginLimit(c);
      return choice((c.features & SPI_FEATURE_CACHE) != 0);
    }
    case SPI_STATE_FLUSH:
      return beginCommand(c, 49, c.performance | (CACHE_FLUSH_AT << 9), 0);
    case SPI_STATE_FLUSH_BLOCK: {
      c.busy = 1;
      return sendRegisters(c);
    }
    case SPI_STATE_FLUSH_READY:
      return waitUntilReady(c, 1);
    case SPI_STATE_FLUSH_READ:
      return beginCommand(c, 48, c.performance | (CACHE_FLUSH_AT << 9), 0);
    case SPI_STATE_FLUSH_TOKEN:
      return waitForToken(c);
    case SPI_STATE_FLUSH_ANSWER:
      return receiveRegisters(c);
    case SPI_STATE_FLUSH_OVER:
      return choice((load<u8>(page(c)) & 1) == 0);
    case SPI_STATE_FLUSH_PAUSE:
      return NO_EVENT;
    default: {
      // FLUSH_AGAIN
      c.status = STATUS_CARD_FAILED;
      return choice(++c.tries < TRIES);
    }
  }
}
