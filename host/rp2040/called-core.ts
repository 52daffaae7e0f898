/**
 * Compiled functions as calls of the host: no firmware runs, the host puts arguments where the procedure call standard wants
 * them (Procedure Call Standard for the Arm Architecture, "Parameter passing") and lets the emulated core go until the
 * function returns. What the functions call back is the host's own code, which takes no cycles.
 */
import { BoardChip, RAM_BYTES, RAM_START } from "./board-chip.js";
import { readSymbols, type FirmwareSymbol } from "./firmware-symbols.js";
import { hex } from "./firmware-error.js";
import { readFirmware } from "./firmware-image.js";

const SP = 13;
const LR = 14;
const REGISTER_ARGUMENTS = 4;
/** Behind the stack: addresses that are no code, one for the return, the others for callbacks. */
const PLACES = RAM_START + RAM_BYTES - 256;
const STACK_TOP = PLACES - 256;
/** No function is let run longer, cycles. */
const CYCLES_MAX = 50_000_000;

/** What one call took. */
export interface CallCost {
  /** R0 at the end. */
  readonly result: number;
  readonly cycles: number;
}

type Callback = (argument: (index: number) => number) => void;

export class CalledCore {
  readonly chip: BoardChip;
  /** Cycles by function since this was set; null counts none. */
  profile: Map<string, number> | null = null;
  /** The most stack that a call has taken so far, bytes. */
  deepestStack = 0;
  private readonly symbols: ReadonlyMap<string, FirmwareSymbol>;
  private readonly callbacks: Callback[] = [];
  /** Function at each halfword from the first one. */
  private code: { readonly start: number; readonly names: string[] } | null = null;

  /** @param elf linked, with symbols, for a core without an operating system @throws FirmwareFileError if it is not */
  constructor(elf: Uint8Array) {
    this.chip = new BoardChip(readFirmware(elf), true);
    this.symbols = readSymbols(elf);
  }

  /** @throws Error for a name that the file does not have */
  symbol(name: string): FirmwareSymbol {
    const found = this.symbols.get(name);
    if (found === undefined) throw new Error(`the ELF file has no symbol ${name}`);
    return found;
  }

  /** Memory of a variable, live. */
  variable(name: string): Uint8Array {
    const { address, bytes } = this.symbol(name);
    return this.chip.sram.subarray(address - RAM_START, address - RAM_START + bytes);
  }

  /** Address of a function that the host answers; it returns nothing. */
  callback(answer: Callback): number {
    this.callbacks.push(answer);
    return (PLACES + 4 * this.callbacks.length) | 1;
  }

  /** Calls a function. @throws FirmwareError, or Error when it does not return */
  call(name: string, ...values: readonly number[]): CallCost {
    const { core } = this.chip;
    const { registers } = core;
    const onStack = Math.max(0, values.length - REGISTER_ARGUMENTS);
    const top = STACK_TOP - ((4 * onStack + 7) & ~7);
    values.forEach((value, i) => {
      if (i < REGISTER_ARGUMENTS) registers[i] = value >>> 0;
      else this.chip.writeUint32(top + 4 * (i - REGISTER_ARGUMENTS), value >>> 0);
    });
    registers[SP] = top;
    registers[LR] = PLACES | 1;
    core.PC = this.symbol(name).address;
    let cycles = 0;
    let lowest = top;
    while (core.PC !== PLACES) {
      const pc = core.PC;
      if (pc > PLACES) {
        this.answer(pc);
        continue;
      }
      if (!this.chip.holdsCode(pc)) throw this.chip.fault(`runaway: there is no code at ${hex(pc)}`);
      const taken = core.executeInstruction();
      cycles += taken;
      if (registers[SP]! < lowest) lowest = registers[SP]!;
      if (this.profile !== null) this.note(this.profile, pc, taken);
      if (cycles > CYCLES_MAX) throw new Error(`${name} does not return`);
    }
    this.deepestStack = Math.max(this.deepestStack, top - lowest);
    return { result: registers[0]! >>> 0, cycles };
  }

  private answer(place: number): void {
    const { core } = this.chip;
    const { registers } = core;
    const answer = this.callbacks[(place - PLACES) / 4 - 1];
    if (answer === undefined) throw this.chip.fault(`runaway: there is no code at ${hex(place)}`);
    const stack = registers[SP]!;
    answer((index) =>
      index < REGISTER_ARGUMENTS
        ? registers[index]! >>> 0
        : this.chip.readUint32(stack + 4 * (index - REGISTER_ARGUMENTS)) >>> 0,
    );
    core.PC = registers[LR]! & ~1;
  }

  private note(profile: Map<string, number>, pc: number, cycles: number): void {
    this.code ??= this.namesOfCode();
    const name = this.code.names[(pc - this.code.start) >> 1] ?? hex(pc);
    profile.set(name, (profile.get(name) ?? 0) + cycles);
  }

  /** The assembler's own functions have no size: each reaches to the next one. */
  private namesOfCode(): { start: number; names: string[] } {
    const code = [...this.symbols]
      .map(([name, symbol]) => ({ name, ...symbol }))
      .filter(({ address }) => address < RAM_START)
      .toSorted((a, b) => a.address - b.address);
    const names = code.flatMap(({ name, address, bytes }, i) => {
      const next = code[i + 1]?.address ?? address + Math.max(bytes, 512);
      return Array.from({ length: (next - address) >> 1 }, () => name);
    });
    return { start: code[0]!.address, names };
  }
}
