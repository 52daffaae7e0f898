import {
  BLOCK_ORDER_FACTOR,
  CARD_WRITE,
  MEMBERS,
  REQUESTS,
  REQUEST_SECTORS_MAX,
  SECTOR_BYTES,
  SPI_CARD_BOUNCED,
} from "../layout";
import * as bus from "./bus";
import { card, count } from "./card-state";
import { enqueueFirst, entry, partnerOf } from "./command-queue";

/**
 * One CRC for two cards. The CRC16 of each block of a caller's buffer is taken once and sent to both cards, so a card
 * that is sent other bytes rejects them itself, and two acceptances are equal bytes (but for a collision of CRC16). A row
 * keeps them until both cards have taken the blocks. An attempt at a block always covers both: when one rejects it, both
 * get it again with a fresh CRC16; and when it is rejected once more, from a copy that nobody changes.
 */
@unmanaged
class Row {
  /** The two writes, numbers of entries; 0 for none. */
  entryA: u32;
  entryB: u32;
  /** Blocks whose CRC16 is known: all before this one. */
  known: u32;
  /** The block that was rejected last; how often blocks were since both cards had last got past one; and its copy. */
  block: u32;
  rejections: u32;
  copyRejections: u32;
  /** BOUNCE_... */
  bounce: u32;
  unused: u32;
}

const BOUNCE_NO: u32 = 0;
/** The block is to be sent from the copy, which another row is using. */
const BOUNCE_WANTED: u32 = 1;
const BOUNCE_HELD: u32 = 2;
/** Rejections of a row's blocks in the caller's buffer that are answered by another try from there. */
const LIVE_RETRIES: u32 = 1;
/** Tries of a copy: only noise on the wire explains its rejection. */
const COPY_TRIES: u32 = 4;

/** A row for each write that the mirror may have under way. */
const ROWS: u32 = REQUESTS;
const ROW_BYTES: u32 = 32;
const CRC_BYTES: u32 = 256;
const TABLE: usize = memory.data(512, 16);
const CRCS: usize = memory.data(4096, 16);
/** The copy, and the number of the row that uses it. */
const BOUNCE: usize = memory.data(512, 16);
const OWNER: usize = memory.data(8, 8);
if (ROWS * ROW_BYTES != 512 || ROW_BYTES != <u32>offsetof<Row>() || ROWS * CRC_BYTES != 4096) {
  ERROR("sizes drifted from layout.ts");
}
if (2 * REQUEST_SECTORS_MAX != CRC_BYTES || SECTOR_BYTES != 512) ERROR("sizes drifted from layout.ts");

function row(number: u32): Row {
  return changetype<Row>(TABLE + <usize>((number - 1) * ROW_BYTES));
}

function crcAddress(number: u32, block: u32): usize {
  return CRCS + <usize>((number - 1) * CRC_BYTES + (block << 1));
}

function sideOf(number: u32, slot: u32): usize {
  return changetype<usize>(row(number)) + <usize>(slot << 2);
}

/** The entry of the row on a card, or 0. */
function on(number: u32, slot: u32): u32 {
  return load<u32>(sideOf(number, slot));
}

function isPast(number: u32, slot: u32, block: u32): bool {
  const other = on(number, slot);
  return other == 0 || entry(other).done > block;
}

/** A write of a caller's buffer has come: it joins that of the other card, or waits for it. */
export function joinRow(number: u32): void {
  const e = entry(number);
  if (e.operation != CARD_WRITE || e.own != 0) return;
  const partner = partnerOf(number);
  let joined: u32 = partner == 0 ? 0 : entry(partner).row;
  if (joined != 0 && (row(joined).known != 0 || on(joined, e.slot) != 0)) joined = 0;
  if (joined == 0) {
    joined = 1;
    while (on(joined, 0) != 0 || on(joined, 1) != 0) {
      joined++;
      assert(joined <= ROWS);
    }
    memory.fill(changetype<usize>(row(joined)), 0, ROW_BYTES);
  }
  e.row = joined;
  store<u32>(sideOf(joined, e.slot), number);
}

/** The entry is answered or dropped. */
export function leaveRow(number: u32): void {
  const e = entry(number);
  if (e.row == 0) return;
  const left = e.row;
  e.row = 0;
  store<u32>(sideOf(left, e.slot), 0);
  releaseBounce(left);
}

/** Whether the entry can send its next block: not while the copy is another row's, or the other card's turn. */
export function isReady(number: u32): bool {
  const e = entry(number);
  if (e.row == 0) return true;
  const r = row(e.row);
  if (r.bounce == BOUNCE_WANTED) return takeBounce(e.row);
  return r.bounce == BOUNCE_NO || e.done <= r.block;
}

/** Whether a block behind the one under way may be sent without another look: nothing waits for a copy, or for its turn. */
export function mayQueue(number: u32): bool {
  const e = entry(number);
  return e.row == 0 || row(e.row).bounce == BOUNCE_NO;
}

/** Address of the copy if the entry's next block is to be sent from there, else 0. */
export function bounceFor(number: u32): u32 {
  const e = entry(number);
  if (e.row == 0) return 0;
  const r = row(e.row);
  return r.bounce == BOUNCE_HELD && e.done == r.block ? <u32>BOUNCE : 0;
}

/** CRC16 of a block of the entry's row, taken now if it is the first card that asks. */
export function sharedCrc(number: u32, block: u32): u32 {
  const e = entry(number);
  const r = row(e.row);
  if (block == r.known) {
    store<u16>(crcAddress(e.row, block), <u16>bus.checksum(e.buffer, e.bufferSector + block, 0));
    r.known = block + 1;
  }
  assert(block < r.known);
  return load<u16>(crcAddress(e.row, block));
}

/** The next block of the entry was accepted. */
export function blockTaken(number: u32): void {
  const e = entry(number);
  if (bounceFor(number) != 0) count(card(e.slot), SPI_CARD_BOUNCED);
  e.done++;
  releaseBounce(e.row);
}

/**
 * The next block of the entry was rejected for its CRC16.
 * @returns whether it is worth another try
 */
export function blockRejected(number: u32): bool {
  const e = entry(number);
  const r = row(e.row);
  const copied = r.bounce == BOUNCE_HELD && r.block == e.done;
  if (copied) return ++r.copyRejections < COPY_TRIES;
  // Of another block, which this card has yet to take: that one is seen to first.
  giveBounceBack(e.row);
  r.block = e.done;
  r.known = r.block;
  r.rejections++;
  for (let slot: u32 = 0; slot < MEMBERS; slot++) rewind(on(e.row, slot), r.block, slot == e.slot);
  if (r.rejections > LIVE_RETRIES) {
    r.bounce = BOUNCE_WANTED;
    takeBounce(e.row);
  }
  return true;
}

/** Fingerprint of the blocks that both cards have accepted: what the block face's cards say (OPTION_FINGERPRINT). */
export function sharedFingerprint(number: u32): u32 {
  const e = entry(number);
  let fingerprint: u32 = 0;
  for (let block: u32 = 0; block < e.count; block++) {
    fingerprint = addBlock(fingerprint, load<u16>(crcAddress(e.row, block)));
  }
  return fingerprint;
}

/** A fingerprint after one more block. */
export function addBlock(fingerprint: u32, crc: u32): u32 {
  return fingerprint * BLOCK_ORDER_FACTOR + crc + 1;
}

/** The other card's entry, or 0. */
export function otherOf(number: u32): u32 {
  const e = entry(number);
  return e.row == 0 ? 0 : on(e.row, 1 - e.slot);
}

/** The entry begins again at a block, whatever the card has taken or is being sent. */
function rewind(number: u32, block: u32, isRejected: bool): void {
  if (number == 0) return;
  const e = entry(number);
  const c = card(e.slot);
  if (e.done > block) e.done = block;
  // What is on its way from there on carries an old CRC16: its verdict says nothing. A block before it stands.
  const isOld = c.streamNext - e.sector >= block;
  if (!isRejected && c.current == number && c.inBlock != 0 && isOld) e.void = 1;
  if (c.current == number && c.queued != 0 && c.streamNext + 1 - e.sector >= block) c.queuedVoid = 1;
  if (e.held == 0) return;
  e.held = 0;
  enqueueFirst(number);
}

function takeBounce(number: u32): bool {
  if (load<u32>(OWNER) != 0) return load<u32>(OWNER) == number;
  const r = row(number);
  const e = entry(r.entryA != 0 ? r.entryA : r.entryB);
  store<u32>(OWNER, number);
  r.bounce = BOUNCE_HELD;
  const crc = bus.copyBlock(e.buffer, e.bufferSector + r.block, <u32>BOUNCE);
  store<u16>(crcAddress(number, r.block), <u16>crc);
  r.known = r.block + 1;
  return true;
}

/** Gives the copy back once both cards have taken it. */
function releaseBounce(number: u32): void {
  const r = row(number);
  if (!isPast(number, 0, r.block) || !isPast(number, 1, r.block)) return;
  giveBounceBack(number);
  r.rejections = 0;
}

function giveBounceBack(number: u32): void {
  if (row(number).bounce == BOUNCE_HELD) store<u32>(OWNER, 0);
  row(number).bounce = BOUNCE_NO;
  row(number).copyRejections = 0;
}
