/** Commands that read registers and status, and the one that switches functions. */
import { IN_BUSY, IN_READY, IN_WRITE, reads, rule, type CommandRule } from "../command-rule.js";
import { RegisterSource } from "../register-source.js";
import { CLASS_APPLICATION, CLASS_BASIC, CLASS_SWITCH } from "../registers/csd.js";
import type { CardParts } from "../card-parts.js";

const COUNT_BYTES = 4;

function sendBlock({ read }: CardParts, bytes: Uint8Array): number {
  read.open(new RegisterSource(bytes), false);
  return 0;
}

export const REGISTERS: readonly CommandRule[] = [
  rule({
    // The 64 bytes of status come as a block of data (4.3.10).
    index: 6,
    name: "SWITCH_FUNC",
    response: "R1",
    commandClass: CLASS_SWITCH,
    data: reads(64),
    run: (parts, argument) => sendBlock(parts, parts.functions.answer(argument)),
  }),
  rule({
    // Like a single block of 16 bytes (7.2.6).
    index: 9,
    name: "SEND_CSD",
    response: "R1",
    commandClass: CLASS_BASIC,
    whenLocked: true,
    data: reads(16),
    run: (parts) => sendBlock(parts, parts.csd.slice()),
  }),
  rule({
    // As the CSD (7.2.6).
    index: 10,
    name: "SEND_CID",
    response: "R1",
    commandClass: CLASS_BASIC,
    whenLocked: true,
    data: reads(16),
    run: (parts) => sendBlock(parts, parts.cid),
  }),
  rule({
    // Also while the card is busy or waits for a block (4.8, the card state transition table: prg and rcv).
    index: 13,
    name: "SEND_STATUS",
    response: "R2",
    commandClass: CLASS_BASIC,
    legalIn: IN_READY | IN_WRITE | IN_BUSY,
    whenLocked: true,
    keepsErase: true,
    run: () => 0,
  }),
  rule({
    // 64 bytes; its response has two (4.10.2, 7.3.1.3).
    index: 13,
    application: true,
    name: "SD_STATUS",
    response: "R2",
    commandClass: CLASS_APPLICATION,
    data: reads(64),
    run: (parts) => sendBlock(parts, parts.ssr),
  }),
  rule({
    // Blocks of the last write that were accepted, four bytes, the highest first (4.3.4).
    index: 22,
    application: true,
    name: "SEND_NUM_WR_BLOCKS",
    response: "R1",
    commandClass: CLASS_APPLICATION,
    data: reads(4),
    run: (parts) => {
      const count = new Uint8Array(COUNT_BYTES);
      new DataView(count.buffer).setUint32(0, parts.sink.wellWritten);
      return sendBlock(parts, count);
    },
  }),
  rule({
    // Eight bytes (5.6).
    index: 51,
    application: true,
    name: "SEND_SCR",
    response: "R1",
    commandClass: CLASS_APPLICATION,
    data: reads(8),
    run: (parts) => sendBlock(parts, parts.scr),
  }),
];
