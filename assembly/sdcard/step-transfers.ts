import { SPI_EVENT_GOOD, SPI_EVENT_IDLE, SPI_UNTIL_READY, SPI_UNTIL_TOKEN, SECTOR_BYTES } from "../layout";
import * as bus from "./bus";
import { Card, NO_EVENT } from "./card-state";
import { page } from "./registers";
import { START_BLOCK } from "./tokens";
import { wantReceive, wantSend, wantWait } from "./transfers";

/** Of reads, 100 ms (SD Physical Layer Simplified Specification, 4.6.2.1); five times that, as cards stall. */
const TOKEN_LIMIT_US: u32 = 500_000;
/** Of writes, 500 ms (4.6.2.2); twice that. */
export const BUSY_LIMIT_US: u32 = 1_000_000;

/** Choice 0 or 1. */
export function choice(first: bool): u32 {
  return first ? SPI_EVENT_GOOD : SPI_EVENT_IDLE;
}

export function waitForToken(c: Card): u32 {
  wantWait(c, SPI_UNTIL_TOKEN, TOKEN_LIMIT_US);
  return NO_EVENT;
}

/** Waits while the card is busy, if it may be. */
export function waitUntilReady(c: Card, times: u32): u32 {
  if (c.busy == 0) return SPI_EVENT_GOOD;
  wantWait(c, SPI_UNTIL_READY, BUSY_LIMIT_US * times);
  return NO_EVENT;
}

/** The block that CMD48 sends. */
export function receiveRegisters(c: Card): u32 {
  wantReceive(c, <u32>page(c), 0, 1);
  return NO_EVENT;
}

/** The block of CMD49 that writes 1 to one register. */
export function sendRegisters(c: Card): u32 {
  memory.fill(page(c), 0, SECTOR_BYTES);
  store<u8>(page(c), 1);
  wantSend(c, START_BLOCK, <u32>page(c), 0, 1, bus.checksum(<u32>page(c), 0, 1));
  return NO_EVENT;
}
