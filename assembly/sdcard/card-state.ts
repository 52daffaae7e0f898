import { isTimeKnown, nowMs } from "../driver/mode";
import { MEMBERS, SPI_BURST_BYTES, SPI_CARD_KEYS } from "../layout";

/** No transfer is wanted or under way. */
export const TRANSFER_NONE: u32 = 0;
export const TRANSFER_BURST: u32 = 1;
/** A burst with chip select high. */
export const TRANSFER_CLOCKS: u32 = 2;
export const TRANSFER_WAIT: u32 = 3;
export const TRANSFER_SEND: u32 = 4;
export const TRANSFER_RECEIVE: u32 = 5;

/** No event yet: a transfer or a time is waited for. */
export const NO_EVENT: u32 = 0xff;

/** All that is known of one card. */
@unmanaged
export class Card {
  slot: u32;
  /** SPI_STATE_... */
  state: u32;
  /** Number of the entry under way, from 1; 0 for none. */
  current: u32;
  /** The queue: number of its first and last entry, 0 for none. */
  first: u32;
  last: u32;
  /** SPI_FEATURE_... */
  features: u32;
  sectors: u32;
  id0: u32;
  id1: u32;
  /** 1 while CMD25 is on its way: it has not been accepted. */
  opening: u32;
  /** 1 while CMD25 is open. */
  streaming: u32;
  /** Sector that the open stream takes next. */
  streamNext: u32;
  /** End of the last write, to see that the next one goes on from there. */
  writeEnd: u32;
  /** 1 while the card may be busy. */
  busy: u32;
  /** 1 while something was accepted by a stream whose status has not been looked at. */
  unchecked: u32;
  /** 1 since CMD18 was stopped, until the status is asked for: the card may have met a bad sector reading ahead. */
  overread: u32;
  /** 1 when an open stream is to be closed although no command asks for it. */
  closing: u32;
  /** 1 while a block is on its way to the card. */
  inBlock: u32;
  /** 1 while CMD18 is open. */
  reading: u32;
  /** 1 when the command under way fails once the card is at rest again. */
  failing: u32;
  /** STATUS_... that a failing command is answered with. */
  status: u32;
  /** Tries of the command under way. */
  tries: u32;
  /** Tries of CMD0, and of the initialisation as a whole. */
  idleTries: u32;
  startTries: u32;
  /** 1 while a start is to be answered, and its tag. */
  starting: u32;
  startTag: u32;
  /** Since when a state with a limit of seconds lasts, ms. */
  sinceMs: u32;
  /** 1 when that is a time: before the first tick there is none. */
  sinceKnown: u32;
  /** When the card was last put to work, ms. */
  workMs: u32;
  /** Extension registers: argument of CMD48 and CMD49 that names offset 0 of performance enhancement. */
  performance: u32;
  /** CRC16 of the block after the one being sent, and its number from 1; 0: not known. */
  aheadCrc: u32;
  aheadBlock: u32;

  // The command frame: see exchange.ts.
  command: u32;
  argument: u32;
  /** 1 for an application command: the one before was CMD55. */
  afterApp: u32;
  /** Bytes of the response behind R1. */
  tail: u32;
  /** Bytes exchanged, and from which one on a response may come. */
  filled: u32;
  scanFrom: u32;
  resent: u32;
  /** Where R1 was found. */
  responseAt: u32;

  // The transfer: see transfers.ts.
  transfer: u32;
  /** 1 once it has been handed to the bus. */
  launched: u32;
  /** 1 while chip select may not go high. */
  locked: u32;
  token: u32;
  until: u32;
  /** What is left of the limit of a wait, and what was handed out of it, µs. */
  leftUs: u32;
  sliceUs: u32;
  count: u32;
  startToken: u32;
  buffer: u32;
  bufferSector: u32;
  own: u32;
  crc: u32;
  /** Token of the block that the port sends behind the one under way; 0 for none. */
  queued: u32;
  queuedCrc: u32;
  /** 1 when its verdict will say nothing: its CRC16 is an old one. */
  queuedVoid: u32;
}

const BYTES: u32 = 256;
const CARDS: usize = memory.data(512, 16);
/** Bytes of each card's frames and bursts. */
const BURSTS: usize = memory.data(64, 16);
const COUNTS: usize = memory.data(96, 8);
if (MEMBERS * BYTES != 512 || MEMBERS * SPI_BURST_BYTES != 64 || MEMBERS * SPI_CARD_KEYS * 4 != 96) {
  ERROR("sizes drifted from layout.ts");
}
if (<u32>offsetof<Card>() > BYTES) ERROR("a card's state has outgrown its place");

export function card(slot: u32): Card {
  return changetype<Card>(CARDS + <usize>(slot * BYTES));
}

/** Address of the bytes that a card's bursts exchange. */
export function burstAddress(c: Card): usize {
  return BURSTS + <usize>(c.slot * SPI_BURST_BYTES);
}

/** Nothing is open on the card, and nothing of what it was sent is to be waited for or asked about. */
export function nothingOpen(c: Card): void {
  c.opening = c.streaming = c.busy = c.unchecked = c.overread = c.closing = c.reading = 0;
}

/** A state with a limit of seconds begins now. */
export function beginLimit(c: Card): void {
  c.sinceMs = nowMs();
  c.sinceKnown = isTimeKnown() ? 1 : 0;
}

function countAddress(slot: u32, key: u32): usize {
  return COUNTS + <usize>((slot * SPI_CARD_KEYS + key) << 2);
}

/** A counter of a card, SPI_CARD_RESENT and those after it. */
export function counted(slot: u32, key: u32): u32 {
  return load<u32>(countAddress(slot, key));
}

export function count(c: Card, key: u32): void {
  store<u32>(countAddress(c.slot, key), counted(c.slot, key) + 1);
}
