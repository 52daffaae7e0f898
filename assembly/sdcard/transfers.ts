import {
  MEMBERS,
  SPI_BLOCK_GOOD,
  SPI_BURST_BYTES,
  SPI_CARD_STALE,
  SPI_EVENT_CORRUPT,
  SPI_EVENT_GOOD,
  SPI_EVENT_REFUSED,
  SPI_EVENT_SILENT,
  SPI_LIMIT,
  SPI_UNTIL_READY,
} from "../layout";
import * as bus from "./bus";
import {
  Card,
  NO_EVENT,
  TRANSFER_BURST,
  TRANSFER_CLOCKS,
  TRANSFER_NONE,
  TRANSFER_RECEIVE,
  TRANSFER_SEND,
  TRANSFER_WAIT,
  burstAddress,
  card,
  count,
} from "./card-state";
import { DATA_ACCEPTED, DATA_CRC_ERROR, DATA_RESPONSE, DATA_WRITE_ERROR, START_BLOCK } from "./tokens";

/**
 * Who has a bus. Cards ask for one transfer at a time; at the end of each call the buses are given out. On a bus that two
 * cards share they take turns, transfer by transfer: chip select moves on wherever the protocol lets it go high.
 */
@unmanaged
class Buses {
  /** 1: both cards on one; 2: a bus each. */
  count: u32;
  /** Card that is selected, from 1; 0 for none. Of a shared bus selectedA alone. */
  selectedA: u32;
  selectedB: u32;
  /** Card that had the shared bus last, from 1. */
  last: u32;
  /** Of transfers. */
  generation: u32;
  unused: u32;
}

const STATE: usize = memory.data(24, 8);
/** A card that shares its bus waits for so long at a time: then the other one may have its turn. */
const SLICE_US: u32 = 500;

function buses(): Buses {
  return changetype<Buses>(STATE);
}

/** @param number 1 or 2 */
export function setBuses(number: u32): void {
  buses().count = number;
  for (let slot: u32 = 0; slot < MEMBERS; slot++) card(slot).slot = slot;
}

export function busCount(): u32 {
  return buses().count;
}

export function wantBurst(c: Card, bytes: u32): void {
  assert(bytes <= SPI_BURST_BYTES);
  c.transfer = TRANSFER_BURST;
  c.count = bytes;
}

/** The next burst begins: nothing is in it but ones. Returns its address. */
export function blankBurst(c: Card): usize {
  const at = burstAddress(c);
  memory.fill(at, 0xff, SPI_BURST_BYTES);
  c.filled = 0;
  return at;
}

export function wantClocks(c: Card, bytes: u32): void {
  blankBurst(c);
  wantBurst(c, bytes);
  c.transfer = TRANSFER_CLOCKS;
}

export function wantWait(c: Card, until: u32, limitUs: u32): void {
  c.transfer = TRANSFER_WAIT;
  c.until = until;
  c.leftUs = limitUs;
}

export function wantSend(c: Card, startToken: u32, buffer: u32, bufferSector: u32, own: u32, crc: u32): void {
  c.transfer = TRANSFER_SEND;
  c.startToken = startToken;
  c.buffer = buffer;
  c.bufferSector = bufferSector;
  c.own = own;
  c.crc = crc;
  c.inBlock = 1;
}

export function wantReceive(c: Card, buffer: u32, bufferSector: u32, own: u32): void {
  c.transfer = TRANSFER_RECEIVE;
  c.buffer = buffer;
  c.bufferSector = bufferSector;
  c.own = own;
}

/** Hands the port the block behind the one under way, if it takes it. Buses that are shared change hands instead. */
export function queueSend(c: Card, buffer: u32, bufferSector: u32, own: u32, crc: u32, limitUs: u32): void {
  if (busCount() != 2) return;
  const token = nextToken();
  if (bus.queueBlock(c.slot, buffer, bufferSector, own, crc, limitUs, token) == 0) return;
  c.queued = token;
  c.queuedCrc = crc;
  c.queuedVoid = 0;
}

/** The block before it was accepted: what was queued is under way. */
export function takeQueued(c: Card): void {
  c.transfer = TRANSFER_SEND;
  c.launched = 1;
  c.inBlock = 1;
  c.token = c.queued;
  c.crc = c.queuedCrc;
  c.queued = 0;
}

/** Takes back whatever a card wants or has under way. */
export function forgetTransfer(c: Card): void {
  if ((c.launched | c.queued) != 0) bus.cancel(c.slot);
  c.queued = 0;
  c.launched = 0;
  c.transfer = TRANSFER_NONE;
  c.locked = 0;
  c.inBlock = 0;
  c.token = 0;
}

/**
 * A transfer has ended.
 * @returns the event, or NO_EVENT: for a burst, whose bytes are to be looked at, and for a wait that goes on
 */
export function eventOf(c: Card, result: u32): u32 {
  const kind = c.transfer;
  c.launched = 0;
  c.token = 0;
  c.locked = 0;
  if (kind == TRANSFER_WAIT) {
    if (result == SPI_LIMIT) {
      c.leftUs -= c.sliceUs;
      if (c.leftUs != 0) return NO_EVENT;
    }
    c.transfer = TRANSFER_NONE;
    if (result == SPI_LIMIT) return SPI_EVENT_SILENT;
    if (c.until == SPI_UNTIL_READY) return SPI_EVENT_GOOD;
    if (result != START_BLOCK) return SPI_EVENT_REFUSED;
    c.locked = 1;
    return SPI_EVENT_GOOD;
  }
  c.transfer = TRANSFER_NONE;
  if (kind == TRANSFER_RECEIVE) return result == SPI_BLOCK_GOOD ? SPI_EVENT_GOOD : SPI_EVENT_CORRUPT;
  if (kind == TRANSFER_CLOCKS) return SPI_EVENT_GOOD;
  if (kind != TRANSFER_SEND) return NO_EVENT;
  c.inBlock = 0;
  const response = result & DATA_RESPONSE;
  if (response == DATA_ACCEPTED) return SPI_EVENT_GOOD;
  c.queued = 0;
  if (response == DATA_CRC_ERROR) return SPI_EVENT_CORRUPT;
  return response == DATA_WRITE_ERROR ? SPI_EVENT_REFUSED : SPI_EVENT_SILENT;
}

/** Whether `token` names the transfer that the card has under way; if not it is counted. */
export function isUnderWay(c: Card, token: u32): bool {
  if (c.launched != 0 && c.token == token) return true;
  count(c, SPI_CARD_STALE);
  return false;
}

/** Gives the buses to whoever wants them. The last thing that a call does. */
export function runBuses(): void {
  if (busCount() == 2) {
    for (let slot: u32 = 0; slot < MEMBERS; slot++) runOwnBus(card(slot));
  } else runSharedBus();
}

function wants(c: Card): bool {
  return c.transfer != TRANSFER_NONE && c.launched == 0;
}

function runOwnBus(c: Card): void {
  const selected: usize = STATE + offsetof<Buses>("selectedA") + <usize>(c.slot << 2);
  if (wants(c)) launch(c, selected);
  else if (c.transfer == TRANSFER_NONE && c.locked == 0) release(selected);
}

function runSharedBus(): void {
  if (card(0).launched != 0 || card(1).launched != 0) return;
  const selected: usize = STATE + offsetof<Buses>("selectedA");
  const last: u32 = buses().last == 0 ? 0 : buses().last - 1;
  const holder = card(last);
  const other = card(1 - last);
  if (holder.locked != 0 && wants(holder)) launch(holder, selected);
  else if (wants(other)) launch(other, selected);
  else if (wants(holder)) launch(holder, selected);
  else release(selected);
}

function release(selected: usize): void {
  if (load<u32>(selected) == 0) return;
  bus.select(load<u32>(selected) - 1, 0);
  store<u32>(selected, 0);
}

function nextToken(): u32 {
  const generation = (buses().generation + 1) & 0x7fffffff;
  buses().generation = generation;
  // Bit 0 keeps it apart from "none".
  return (generation << 1) | 1;
}

function launch(c: Card, selected: usize): void {
  const wanted: u32 = c.transfer == TRANSFER_CLOCKS ? 0 : c.slot + 1;
  if (load<u32>(selected) != wanted) {
    release(selected);
    if (wanted != 0) bus.select(c.slot, 1);
    store<u32>(selected, wanted);
  }
  buses().last = c.slot + 1;
  c.token = nextToken();
  c.launched = 1;
  if (c.transfer == TRANSFER_WAIT) {
    c.sliceUs = busCount() == 2 ? c.leftUs : min(c.leftUs, SLICE_US);
    bus.wait(c.slot, c.until, c.sliceUs, c.token);
  } else if (c.transfer == TRANSFER_SEND) {
    bus.sendBlock(c.slot, c.startToken, c.buffer, c.bufferSector, c.own, c.crc, c.token);
  } else if (c.transfer == TRANSFER_RECEIVE) {
    bus.receiveBlock(c.slot, c.buffer, c.bufferSector, c.own, c.token);
  } else bus.burst(c.slot, <u32>burstAddress(c) + c.filled, c.count, c.token);
}
