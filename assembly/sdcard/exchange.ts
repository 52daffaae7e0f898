import {
  SPI_CARD_RESENT,
  SPI_EVENT_CORRUPT,
  SPI_EVENT_GOOD,
  SPI_EVENT_IDLE,
  SPI_EVENT_REFUSED,
  SPI_EVENT_SILENT,
  SPI_STATE_READY,
} from "../layout";
import { Card, NO_EVENT, burstAddress, count } from "./card-state";
import { blankBurst, wantBurst } from "./transfers";

/** Bits of R1 (SD Physical Layer Simplified Specification, 7.3.2.1). */
const R1_NONE: u32 = 0x80;
const R1_IDLE: u32 = 0x01;
const R1_ILLEGAL: u32 = 0x04;
const R1_CRC: u32 = 0x08;
/** N_RC: a byte at least lies between a response and the next command (7.5.4); chip select may stay low between them. */
const LEAD_BYTES: u32 = 1;
/** Card ECC failed: of the second byte of R2 (7.3.2.3). */
const R2_ECC: u32 = 0x10;
const FRAME_BYTES: u32 = 6;
/** N_CR: a response comes 1 to 8 bytes after the command (7.5.4). */
const GAP_MAX: u32 = 8;
const CRC7_POLYNOMIAL: u32 = 0x09;
export const STOP_TRANSMISSION: u32 = 12;
export const SEND_STATUS: u32 = 13;
export const APP_CMD: u32 = 55;
/** A frame is sent so often before its CRC error is believed, or its silence. */
const CORRUPT_TRIES: u32 = 3;
const SILENT_TRIES: u32 = 2;

/** CRC7 of the first five bytes of a frame, bit by bit: 40 steps a command are not worth a table. */
function crc7(at: usize): u32 {
  let crc: u32 = 0;
  for (let byte: usize = 0; byte < 5; byte++) {
    const value = <u32>load<u8>(at + byte);
    for (let bit: i32 = 7; bit >= 0; bit--) {
      const feedback = ((crc >> 6) ^ (value >> bit)) & 1;
      crc = (crc << 1) & 0x7f;
      if (feedback != 0) crc ^= CRC7_POLYNOMIAL;
    }
  }
  return crc;
}

/**
 * Begins a command.
 * @param tail bytes of its response behind R1: 1 for R2, 4 for R3 and R7
 * @returns NO_EVENT: its event comes with its response
 */
export function beginCommand(c: Card, command: u32, argument: u32, tail: u32): u32 {
  c.command = command;
  c.argument = argument;
  c.tail = tail;
  c.resent = 0;
  c.afterApp = 0;
  sendFrame(c);
  return NO_EVENT;
}

/** Begins an application command; CMD55 has been obeyed. */
export function beginApplicationCommand(c: Card, command: u32, argument: u32): u32 {
  beginCommand(c, command, argument, 0);
  c.afterApp = 1;
  return NO_EVENT;
}

function sendFrame(c: Card): void {
  // The burst begins on a word: the argument does not, and a Cortex-M0 stores no word there at once.
  const at = blankBurst(c) + <usize>LEAD_BYTES;
  store<u8>(at, <u8>(0x40 | c.command));
  store<u32>(at, bswap<u32>(c.argument), 1, 1);
  store<u8>(at, <u8>((crc7(at) << 1) | 1), 5);
  // The byte after CMD12 is none of its response (7.3.1.3).
  const sent = LEAD_BYTES + FRAME_BYTES;
  c.scanFrom = c.command == STOP_TRANSMISSION ? sent + 1 : sent;
  // The gap of most cards is one byte. No more is asked for: the first byte of a block may follow the response.
  wantBurst(c, c.scanFrom + 2 + c.tail);
}

/** A burst of the command has ended. @returns its event, or NO_EVENT when more bytes are needed */
export function commandEvent(c: Card): u32 {
  const at = burstAddress(c);
  c.filled += c.count;
  let found = c.scanFrom;
  while (found < c.filled && (load<u8>(at + <usize>found) & R1_NONE) != 0) found++;
  if (found == c.filled) {
    if (c.filled < c.scanFrom + GAP_MAX + 1) return more(c, 1);
    return repeat(c, SILENT_TRIES) ? NO_EVENT : SPI_EVENT_SILENT;
  }
  const end = found + 1 + c.tail;
  const r1 = <u32>load<u8>(at + <usize>found);
  c.responseAt = found;
  // The whole response is clocked out, whatever it says; one to a frame that was not understood is R1 alone.
  if (end > c.filled && (r1 & (R1_ILLEGAL | R1_CRC)) == 0) return more(c, end - c.filled);
  // Of a card that was initialised the idle bit says all, whatever else it thinks of the command.
  if ((r1 & R1_IDLE) != 0 && c.state > SPI_STATE_READY) return SPI_EVENT_IDLE;
  if ((r1 & R1_CRC) != 0) return repeat(c, CORRUPT_TRIES) ? NO_EVENT : SPI_EVENT_CORRUPT;
  if ((r1 & ~R1_IDLE) != 0) return SPI_EVENT_REFUSED;
  if (r1 != 0) return SPI_EVENT_IDLE;
  return c.command == SEND_STATUS && isErrorInStatus(c) ? SPI_EVENT_REFUSED : SPI_EVENT_GOOD;
}

/**
 * Whether the second byte of R2 tells of an error, all of which are gone once they were read. A card reads ahead in CMD18,
 * and what it could not correct there is no error of anything that it was asked for. Nothing is written between that
 * read and this command, so no error of a write is passed over.
 */
function isErrorInStatus(c: Card): bool {
  const errors = responseByte(c, 1) & (c.overread != 0 ? ~R2_ECC : ~0);
  c.overread = 0;
  return errors != 0;
}

/** A byte of the response; number 0 is R1. */
export function responseByte(c: Card, number: u32): u32 {
  return load<u8>(burstAddress(c) + <usize>(c.responseAt + number));
}

/** Chip select stays low until the response is whole. */
function more(c: Card, bytes: u32): u32 {
  wantBurst(c, bytes);
  c.locked = 1;
  return NO_EVENT;
}

/** Sends the frame again. An application command would need its CMD55 again: it is left to the table of states. */
function repeat(c: Card, tries: u32): bool {
  if (c.afterApp != 0 || c.resent + 1 >= tries || c.command == 0) return false;
  c.resent++;
  count(c, SPI_CARD_RESENT);
  sendFrame(c);
  return true;
}
