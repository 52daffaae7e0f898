/** Extension registers (SD Physical Layer Simplified Specification 6.00, 5.7) and CMD56's block for anything. */
import type { CardParts } from "../card-parts.js";
import { reads, rule, writes, type CommandRule } from "../command-rule.js";
import { R1_PARAMETER } from "../r1.js";
import { RegisterSource } from "../register-source.js";
import { CLASS_APPLICATION, CLASS_EXTENSION } from "../registers/csd.js";
import { DATA_ACCEPTED } from "../tokens.js";
import { WholeBlock } from "../write-stream.js";

const BLOCK_BYTES = 512;
/** Busy after a register was written without a flush, µs: assumed. */
const WRITE_REGISTER_US = 10;

/** Fields of the arguments of CMD48 and CMD49 (5.7). */
function isInputOutput(argument: number): boolean {
  return argument >>> 31 === 1;
}

function functionNumber(argument: number): number {
  return (argument >>> 27) & 0xf;
}

function addressOf(argument: number): number {
  return (argument >>> 9) & 0x1ffff;
}

function hasMask(argument: number): boolean {
  return ((argument >>> 26) & 1) === 1;
}

function writeRegister(parts: CardParts, argument: number, bytes: Uint8Array): number {
  const { extension, medium, busy } = parts;
  const address = addressOf(argument);
  let values = bytes.slice(0, (argument & 0x1ff) + 1);
  if (hasMask(argument)) {
    const mask = argument & 0xff;
    const before = extension.byteAt(address, medium.durability.flushing);
    values = Uint8Array.of((before & ~mask) | (bytes[0]! & mask));
  }
  if (extension.write(address, values) === "flush") return medium.beginFlush();
  busy.extend(WRITE_REGISTER_US);
  return DATA_ACCEPTED;
}

export const EXTENSION: readonly CommandRule[] = [
  rule({
    // A block of 512 bytes, of which the argument says how many count (5.7).
    index: 48,
    name: "READ_EXTR_SINGLE",
    response: "R1",
    commandClass: CLASS_EXTENSION,
    data: reads(512),
    run: ({ extension, medium, read }, argument) => {
      if (isInputOutput(argument)) return R1_PARAMETER;
      const length = (argument & 0x1ff) + 1;
      const block = extension.read(
        functionNumber(argument),
        addressOf(argument),
        length,
        medium.durability.flushing,
      );
      if (block === null) return R1_PARAMETER;
      read.open(new RegisterSource(block), false);
      return 0;
    },
  }),
  rule({
    // The same the other way; or one byte under a mask (5.7).
    index: 49,
    name: "WRITE_EXTR_SINGLE",
    response: "R1",
    commandClass: CLASS_EXTENSION,
    data: writes(512),
    run: (parts, argument) => {
      const known = parts.extension.writable(functionNumber(argument), addressOf(argument));
      if (isInputOutput(argument) || !known) return R1_PARAMETER;
      const sink = new WholeBlock((bytes) => writeRegister(parts, argument, bytes));
      parts.write.open(sink, BLOCK_BYTES, false);
      return 0;
    },
  }),
  rule({
    // What it carries is the vendor's affair (4.3.9.2); here it reads back what was written last.
    index: 56,
    name: "GEN_CMD",
    response: "R1",
    commandClass: CLASS_APPLICATION,
    data: { direction: "either", bytes: 512, multiple: false },
    run: (parts, argument) => {
      if ((argument & 1) === 1) parts.read.open(new RegisterSource(parts.general), false);
      else parts.write.open(new WholeBlock((bytes) => keep(parts, bytes)), BLOCK_BYTES, false);
      return 0;
    },
  }),
];

function keep({ general, busy }: CardParts, bytes: Uint8Array): number {
  general.set(bytes.subarray(0, BLOCK_BYTES));
  busy.extend(WRITE_REGISTER_US);
  return DATA_ACCEPTED;
}
