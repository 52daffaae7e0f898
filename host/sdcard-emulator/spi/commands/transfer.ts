/** Reads and writes of the memory (SD Physical Layer Simplified Specification, 7.2.3 and 7.2.4). */
import { SECTOR_BYTES } from "../../../../assembly/layout.js";
import { offsetOf, readBlockBytes, sectorOf } from "../argument-rules.js";
import type { CardParts } from "../card-parts.js";
import { IN_READ, IN_WRITE, reads, rule, writes, type CommandRule } from "../command-rule.js";
import { STREAM_SECTORS } from "../card-medium.js";
import { CLASS_APPLICATION, CLASS_BASIC, CLASS_READ, CLASS_WRITE } from "../registers/csd.js";

/** ACMD23: the number of blocks, 23 bits. */
const ANNOUNCED_MASK = 0x7fffff;

function read(parts: CardParts, argument: number, multiple: boolean): number {
  const { medium, source, busy } = parts;
  const fault = medium.beginRead(multiple ? STREAM_SECTORS : 1);
  if (fault === "endless-busy") {
    busy.holdForEver();
    return 0;
  }
  const good = multiple ? medium.soundBlocks : 0;
  // Answered, and no block ever follows; the card goes on to the next command.
  if (fault === "timeout" && good === 0) return 0;
  source.begin(sectorOf(parts, argument), offsetOf(parts, argument), readBlockBytes(parts), good);
  parts.read.open(source, multiple);
  return 0;
}

function write(parts: CardParts, argument: number, multiple: boolean): number {
  const { sink, mode } = parts;
  const count = mode.announcedBlocks > 0 ? mode.announcedBlocks : STREAM_SECTORS;
  mode.announcedBlocks = 0;
  sink.begin(sectorOf(parts, argument), multiple ? count : 1);
  parts.write.open(sink, SECTOR_BYTES, multiple);
  return 0;
}

export const TRANSFERS: readonly CommandRule[] = [
  rule({
    // Ends a read; in a write it is for errors, the stop token being the usual end (7.3.3.1).
    index: 12,
    name: "STOP_TRANSMISSION",
    response: "R1b",
    commandClass: CLASS_BASIC,
    legalIn: IN_READ | IN_WRITE,
    whenLocked: true,
    run: (parts) => {
      if (parts.read.active) parts.busy.extend(parts.stopBusyUs);
      parts.read.close();
      parts.write.close();
      return 0;
    },
  }),
  rule({
    // Of reads on standard cards, and of the lock block on all (7.3.1.3, 4.3.7).
    index: 16,
    name: "SET_BLOCKLEN",
    response: "R1",
    commandClass: CLASS_READ,
    whenLocked: true,
    argument: "block-length",
    run: ({ mode }, argument) => {
      mode.blockBytes = argument;
      return 0;
    },
  }),
  rule({
    // One block (7.2.3).
    index: 17,
    name: "READ_SINGLE_BLOCK",
    response: "R1",
    commandClass: CLASS_READ,
    argument: "read",
    data: reads("sector"),
    run: (parts, argument) => read(parts, argument, false),
  }),
  rule({
    // Blocks until CMD12 (7.2.3).
    index: 18,
    name: "READ_MULTIPLE_BLOCK",
    response: "R1",
    commandClass: CLASS_READ,
    argument: "read",
    data: reads("sector", true),
    run: (parts, argument) => read(parts, argument, true),
  }),
  rule({
    // One block (7.2.4).
    index: 24,
    name: "WRITE_BLOCK",
    response: "R1",
    commandClass: CLASS_WRITE,
    argument: "write",
    data: writes(512),
    run: (parts, argument) => write(parts, argument, false),
  }),
  rule({
    // Blocks until the stop token (7.2.4).
    index: 25,
    name: "WRITE_MULTIPLE_BLOCK",
    response: "R1",
    commandClass: CLASS_WRITE,
    argument: "write",
    data: writes(512, true),
    run: (parts, argument) => write(parts, argument, true),
  }),
  rule({
    // A hint: these blocks may be erased beforehand. Nothing is erased here; the next CMD25 takes the number (4.3.4).
    index: 23,
    application: true,
    name: "SET_WR_BLK_ERASE_COUNT",
    response: "R1",
    commandClass: CLASS_APPLICATION,
    run: ({ mode }, argument) => {
      mode.announcedBlocks = argument & ANNOUNCED_MASK;
      return 0;
    },
  }),
  rule({
    // The pull-up of the card-detect line: nothing on the SPI bus changes by it.
    index: 42,
    application: true,
    name: "SET_CLR_CARD_DETECT",
    response: "R1",
    commandClass: CLASS_APPLICATION,
    run: () => 0,
  }),
];
