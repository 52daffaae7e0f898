import type { TransferBuffer } from "../../sdcard-emulator/card.js";

/** What a transfer is doing, or does next. */
export const BURST = 0;
export const WAIT = 1;
export const SEND_FIRST = 2;
export const SEND_SECOND = 3;
export const RECEIVE = 4;
/** The block that was queued waits until the card is ready. */
export const QUEUED = 5;

/** A block to be sent behind the one under way. */
interface QueuedBlock {
  /** 0 for none. */
  token: number;
  crc: number;
  limitUs: number;
  buffer: TransferBuffer | null;
  bufferSector: number;
  own: boolean;
}

/** The transfer that a card has under way. */
export interface Transfer {
  kind: number;
  token: number;
  readonly next: QueuedBlock;
  /** Of a burst. */
  address: number;
  count: number;
  until: number;
  beganUs: number;
  limitUs: number;
  startToken: number;
  crc: number;
  buffer: TransferBuffer | null;
  bufferSector: number;
  own: boolean;
  /** Counts transfers, so that events of a cancelled one mean nothing. */
  serial: number;
  active: boolean;
}

export function noTransfer(): Transfer {
  return {
    kind: BURST,
    token: 0,
    next: { token: 0, crc: 0, limitUs: 0, buffer: null, bufferSector: 0, own: false },
    address: 0,
    count: 0,
    until: 0,
    beganUs: 0,
    limitUs: 0,
    startToken: 0,
    crc: 0,
    buffer: null,
    bufferSector: 0,
    own: false,
    serial: 0,
    active: false,
  };
}
