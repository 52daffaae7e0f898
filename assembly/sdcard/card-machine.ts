import {
  CAUSE_COMMAND_FAILED,
  CAUSE_REINITIALISED,
  MEMBERS,
  SPI_EVENT_CORRUPT,
  SPI_EVENT_GOOD,
  SPI_EVENT_IDLE,
  SPI_EVENT_SILENT,
  SPI_KIND_BLOCK_OUT,
  SPI_KIND_BYTES,
  SPI_KIND_COMMAND,
  SPI_KIND_PAUSE,
  SPI_KIND_WAIT,
  SPI_STATE_CHECK,
  SPI_STATE_CLOCKS,
  SPI_STATE_DONE,
  SPI_STATE_ERASE_AGAIN,
  SPI_STATE_FAILED,
  SPI_STATE_FLUSH_AGAIN,
  SPI_STATE_FLUSH_STATUS,
  SPI_STATE_LOST,
  SPI_STATE_OFF,
  SPI_STATE_PICK,
  SPI_STATE_POWER_LOST,
  SPI_STATE_PROBE,
  SPI_STATE_READ,
  SPI_STATE_READY,
  SPI_STATE_READ_JUDGE,
  SPI_STATE_SCR_BYTES,
  SPI_STATE_SETTLE,
  SPI_STATE_START_FAILED,
  SPI_STATE_STREAM_STOP,
  SPI_LIMIT,
  SPI_STATE_WRITE_BEGIN,
  SPI_STATE_WRITE_READY,
  STATUS_BUSY,
  STATUS_CARD_FAILED,
  STATUS_OK,
  STATUS_STATE,
} from "../layout";
import { loseMember } from "../driver/loss";
import { isActive } from "../driver/members";
import { MODE_ASSEMBLING, MODE_FORMATTING, isAssembled, mode, nowMs } from "../driver/mode";
import { pump } from "../driver/pump";
import { Card, NO_EVENT, beginLimit, card, nothingOpen } from "./card-state";
import { cardStateKind, nextCardState } from "./card-table";
import { unqueue } from "./command-queue";
import { SEND_STATUS, beginCommand, commandEvent } from "./exchange";
import { answer, answerAll, dropForgotten, owes } from "./live-commands";
import { enterFlush, enterRead } from "./read-steps";
import { CSD_BYTES, SCR_BYTES, isRegisterGood } from "./registers";
import { hasNext, pick } from "./next-command";
import { waitUntilReady } from "./step-transfers";
import { enterStart, resetStart, takeRegister } from "./start-steps";
import { STOP_TOKEN } from "./tokens";
import { blankBurst, eventOf, isUnderWay, wantBurst } from "./transfers";
import { enterWrite, lookAhead } from "./write-steps";

/** An initialisation, and a flush of the cache, may take a second (4.2.3, 5.8.2.3); half of it more. */
const PAUSE_LIMIT_MS: u32 = 1500;
/** Without work for so long, an open stream is closed. */
const QUIET_MS: u32 = 20;
/** Without work for so long, a card is asked whether it is still there. */
const PROBE_MS: u32 = 1000;
/** Steps of one card in one call: each entry ends within a few, and each call brings a bounded number of entries. */
const STEPS_MAX: u32 = 4096;

/** Begins the initialisation of a card; `done(tag)` tells its end. */
export function startCard(slot: u32, tag: u32): u32 {
  const c = card(slot);
  // Who is a member is being found out, or written: that is of the cards that were there when it began.
  if (mode() == MODE_FORMATTING || mode() == MODE_ASSEMBLING) return STATUS_STATE;
  if (c.starting != 0 || owes(c)) return STATUS_BUSY;
  if (c.state != SPI_STATE_OFF && c.state != SPI_STATE_READY) return STATUS_BUSY;
  // A card in use has promised to keep what its cache holds, which an initialisation would lose.
  if (c.state == SPI_STATE_READY && isAssembled() && isActive(slot)) return STATUS_STATE;
  c.state = SPI_STATE_OFF;
  c.starting = 1;
  c.startTag = tag;
  resetStart(c);
  advance(c, SPI_EVENT_GOOD);
  return STATUS_OK;
}

/** A transfer has ended. */
export function transferDone(slot: u32, token: u32, result: u32): void {
  const c = card(slot);
  if (!isUnderWay(c, token)) return;
  const kind = cardStateKind(c.state);
  // A queued block that was not begun: it is the wait before it that has failed.
  if (kind == SPI_KIND_BLOCK_OUT && result == SPI_LIMIT) c.state = SPI_STATE_WRITE_READY;
  let event = eventOf(c, result);
  if (event == NO_EVENT) {
    // A wait goes on unless a burst has ended.
    if (kind == SPI_KIND_COMMAND) event = commandEvent(c);
    else if (kind == SPI_KIND_BYTES) event = bytesEvent(c);
  }
  if (event != NO_EVENT) advance(c, event);
}

function bytesEvent(c: Card): u32 {
  if (c.state == SPI_STATE_STREAM_STOP) return SPI_EVENT_GOOD;
  const bytes: u32 = c.state == SPI_STATE_SCR_BYTES ? SCR_BYTES : CSD_BYTES;
  return isRegisterGood(c, bytes) && takeRegister(c) ? SPI_EVENT_GOOD : SPI_EVENT_CORRUPT;
}

/** Time has gone on. */
export function tickCards(): void {
  for (let slot: u32 = 0; slot < MEMBERS; slot++) {
    const c = card(slot);
    if (cardStateKind(c.state) == SPI_KIND_PAUSE) {
      if (c.sinceKnown == 0) beginLimit(c);
      advance(c, nowMs() - c.sinceMs > PAUSE_LIMIT_MS ? SPI_EVENT_SILENT : SPI_EVENT_GOOD);
    } else if (c.state == SPI_STATE_READY) {
      const quietMs = nowMs() - c.workMs;
      if ((c.streaming | c.busy | c.unchecked) != 0) {
        if (quietMs < QUIET_MS) continue;
        c.closing = 1;
        advance(c, SPI_EVENT_GOOD);
      } else if (quietMs >= PROBE_MS) {
        c.workMs = nowMs();
        advance(c, SPI_EVENT_IDLE);
      }
    }
  }
}

/** Lets cards at rest begin what has come; those that are not initialised fail it. */
export function beginCommands(): void {
  dropForgotten();
  let moved = true;
  for (let round: u32 = 0; moved; round++) {
    assert(round < STEPS_MAX);
    moved = false;
    for (let slot: u32 = 0; slot < MEMBERS; slot++) {
      const c = card(slot);
      if (c.state == SPI_STATE_READY && hasNext(c)) {
        advance(c, SPI_EVENT_GOOD);
        moved = true;
      } else if (c.state == SPI_STATE_OFF && c.first != 0) {
        answer(unqueue(c, 0), STATUS_CARD_FAILED);
        moved = true;
      }
    }
  }
}

/** Once the buses have their transfers: what can be made ready meanwhile. */
export function lookAheadOnCards(): void {
  for (let slot: u32 = 0; slot < MEMBERS; slot++) lookAhead(card(slot));
}

function advance(c: Card, first: u32): void {
  let event = first;
  for (let steps: u32 = 0; event != NO_EVENT; steps++) {
    assert(steps < STEPS_MAX);
    if (event == SPI_EVENT_GOOD && cardStateKind(c.state) == SPI_KIND_WAIT) c.busy = 0;
    c.state = nextCardState(c.state, event);
    event = enter(c);
  }
}

/** What is done in a state. @returns its event, or NO_EVENT when that comes later */
function enter(c: Card): u32 {
  const state = c.state;
  if (state >= SPI_STATE_CLOCKS && state <= SPI_STATE_START_FAILED) return enterStart(c);
  if (state >= SPI_STATE_READ && state <= SPI_STATE_READ_JUDGE) return enterRead(c);
  if (state >= SPI_STATE_WRITE_BEGIN && state < SPI_STATE_FLUSH_STATUS) return enterWrite(c);
  if (state >= SPI_STATE_FLUSH_STATUS && state <= SPI_STATE_FLUSH_AGAIN) return enterFlush(c);
  if (state > SPI_STATE_FLUSH_AGAIN && state <= SPI_STATE_ERASE_AGAIN) return enterWrite(c);
  switch (state) {
    case SPI_STATE_PICK:
      return pick(c);
    case SPI_STATE_SETTLE:
      return waitUntilReady(c, 1);
    case SPI_STATE_STREAM_STOP: {
      store<u8>(blankBurst(c), STOP_TOKEN, 1);
      c.streaming = 0;
      c.busy = 1;
      wantBurst(c, 3);
      return NO_EVENT;
    }
    case SPI_STATE_CHECK:
    case SPI_STATE_PROBE: {
      c.unchecked = 0;
      return beginCommand(c, SEND_STATUS, 0, 1);
    }
    case SPI_STATE_DONE:
      return endCommand(c, STATUS_OK);
    case SPI_STATE_FAILED:
      return endCommand(c, c.status);
    case SPI_STATE_POWER_LOST:
      return giveUp(c, CAUSE_REINITIALISED);
    case SPI_STATE_LOST:
      return giveUp(c, CAUSE_COMMAND_FAILED);
    default:
      return NO_EVENT;
  }
}

function endCommand(c: Card, status: u32): u32 {
  const number = c.current;
  c.current = 0;
  c.workMs = nowMs();
  answer(number, status);
  return 0;
}

/** The card is gone, or has forgotten what it was sent. The mirror loses the member, also when it owes nothing. */
function giveUp(c: Card, cause: u32): u32 {
  nothingOpen(c);
  const known = isAssembled() || mode() == MODE_ASSEMBLING;
  if (known && isActive(c.slot) && (cause == CAUSE_REINITIALISED || !owes(c))) {
    loseMember(c.slot, cause);
    pump();
    // What the card owed is forgotten: also the command under way.
    dropForgotten();
  }
  answerAll(c, STATUS_CARD_FAILED);
  return 0;
}
