/** Write protection and the lock by password (SD Physical Layer Simplified Specification, 4.3.6 and 4.3.7). */
import { sectorOf } from "../argument-rules.js";
import type { CardParts } from "../card-parts.js";
import { reads, rule, writes, type CommandRule } from "../command-rule.js";
import { RegisterSource } from "../register-source.js";
import { CLASS_LOCK, CLASS_PROTECT, CLASS_WRITE, CSD_BYTES } from "../registers/csd.js";
import { STATUS_OUT_OF_RANGE, STATUS_SKIP_OR_LOCK_FAILED } from "../status-bits.js";
import { DATA_ACCEPTED, DATA_WRITE_ERROR } from "../tokens.js";
import { WholeBlock } from "../write-stream.js";

/** Busy after a register was programmed or a card locked, µs: assumed, about a page program. */
const PROGRAM_REGISTER_US = 250;

function programCsd({ protection, status, busy }: CardParts, bytes: Uint8Array): number {
  busy.extend(PROGRAM_REGISTER_US);
  if (protection.programCsd(bytes.slice(0, CSD_BYTES))) return DATA_ACCEPTED;
  // CSD_OVERWRITE (4.10.1).
  status.raise(STATUS_OUT_OF_RANGE);
  return DATA_WRITE_ERROR;
}

function lockOrUnlock(parts: CardParts, block: Uint8Array): number {
  const { lock, status, busy, medium, protection } = parts;
  busy.extend(PROGRAM_REGISTER_US);
  const outcome = lock.execute(block);
  if (outcome === "failed" || (outcome === "erase" && protection.permanent)) {
    status.raise(STATUS_SKIP_OR_LOCK_FAILED);
  } else if (outcome === "erase") {
    lock.forget();
    protection.clearGroups();
    medium.erase([[0, medium.sectors]]);
  }
  return DATA_ACCEPTED;
}

export const PROTECTION: readonly CommandRule[] = [
  rule({
    // The whole register is sent; only some bits of it may differ (7.3.1.3, 5.3).
    index: 27,
    name: "PROGRAM_CSD",
    response: "R1",
    commandClass: CLASS_WRITE,
    data: writes(16),
    run: (parts) => {
      parts.write.open(new WholeBlock((bytes) => programCsd(parts, bytes)), CSD_BYTES, false);
      return 0;
    },
  }),
  rule({
    // The group that the address lies in (4.3.6).
    index: 28,
    name: "SET_WRITE_PROT",
    response: "R1b",
    commandClass: CLASS_PROTECT,
    argument: "group",
    run: (parts, argument) => {
      parts.protection.setGroupOf(sectorOf(parts, argument), true);
      parts.busy.extend(PROGRAM_REGISTER_US);
      return 0;
    },
  }),
  rule({
    // The same (4.3.6).
    index: 29,
    name: "CLR_WRITE_PROT",
    response: "R1b",
    commandClass: CLASS_PROTECT,
    argument: "group",
    run: (parts, argument) => {
      parts.protection.setGroupOf(sectorOf(parts, argument), false);
      parts.busy.extend(PROGRAM_REGISTER_US);
      return 0;
    },
  }),
  rule({
    // 32 groups from that address on, as a block of four bytes (4.3.6).
    index: 30,
    name: "SEND_WRITE_PROT",
    response: "R1",
    commandClass: CLASS_PROTECT,
    argument: "group",
    data: reads(4),
    run: (parts, argument) => {
      parts.read.open(new RegisterSource(parts.protection.groupBits(sectorOf(parts, argument))), false);
      return 0;
    },
  }),
  rule({
    // A block as long as CMD16 said (4.3.7, 7.2.10).
    index: 42,
    name: "LOCK_UNLOCK",
    response: "R1",
    commandClass: CLASS_LOCK,
    whenLocked: true,
    data: writes("block-length"),
    run: (parts) => {
      const sink = new WholeBlock((bytes, length) => lockOrUnlock(parts, bytes.slice(0, length)));
      parts.write.open(sink, parts.mode.blockBytes, false);
      return 0;
    },
  }),
];
