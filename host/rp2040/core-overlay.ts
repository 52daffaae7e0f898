/**
 * What rp2040js leaves out of the Cortex-M0+: the time of exceptions, the end of WFI by an interrupt that is masked, and
 * faults. Its methods replace those of one core; the state is here, where a snapshot finds it.
 */
import type { BoardChip } from "./board-chip.js";
import { hex } from "./firmware-error.js";

type Core = BoardChip["core"];

/** Cycles from the interrupt to its first instruction (Cortex-M0+ Technical Reference Manual, interrupt latency: 15). */
const ENTRY_CYCLES = 15;
/** Cycles to unstack eight words and fill the pipeline again (assumed). */
const RETURN_CYCLES = 12;
const FIRST_INTERRUPT = 16;
const EXCEPTION_RETURN = 0xf;
const LR = 14;

export class CoreOverlay {
  private extraCycles = 0;

  constructor(private readonly chip: BoardChip) {
    const { core } = chip;
    const original = Object.getPrototypeOf(core) as Core;
    core.exceptionEntry = (number) => {
      original.exceptionEntry.call(core, number);
      this.extraCycles += ENTRY_CYCLES;
      if ((core.PC & 1) === 0)
        throw chip.fault(`exception ${number} has no handler: its vector is ${hex(core.PC)}`);
    };
    core.exceptionReturn = (value) => {
      original.exceptionReturn.call(core, value);
      this.extraCycles += RETURN_CYCLES;
    };
    core.BXWritePC = (address) => {
      if ((address & 1) === 0) throw chip.fault(`a branch to ${hex(address)}, which is no Thumb address`);
      if (address >>> 28 === EXCEPTION_RETURN && core.currentMode === 0) {
        throw chip.fault(`a return from an exception to ${hex(address)} outside a handler`);
      }
      original.BXWritePC.call(core, address);
    };
    core.blTaken = (_, byRegister) => {
      if (byRegister) this.checkCall(core);
    };
    core.setInterrupt = (irq, value) => this.setInterrupt(core, irq, value);
  }

  /** Cycles that exceptions took since the last call. */
  takeExtraCycles(): number {
    const cycles = this.extraCycles;
    this.extraCycles = 0;
    return cycles;
  }

  /** Whether WFI ends: an exception is pending that would be taken, were PRIMASK clear (ARMv6-M, B1.5.19). */
  wakes(): boolean {
    const { core } = this.chip;
    const now = core.exceptionPriority(core.IPSR);
    if (core.pendingNMI) return true;
    if (core.pendingSystick && core.systickPriority < now) return true;
    if (core.pendingPendSV && core.pendSVPriority < now) return true;
    const pending = core.pendingInterrupts & core.enabledInterrupts;
    for (let irq = 0; pending >>> irq !== 0; irq++) {
      if (((pending >>> irq) & 1) !== 0 && core.exceptionPriority(FIRST_INTERRUPT + irq) < now) return true;
    }
    return false;
  }

  /** rp2040js would enter the handler from here, whatever PRIMASK says. */
  private setInterrupt(core: Core, irq: number, value: boolean): void {
    const bit = 1 << irq;
    if (!value) {
      core.pendingInterrupts &= ~bit;
      return;
    }
    if ((core.pendingInterrupts & bit) !== 0) return;
    core.pendingInterrupts |= bit;
    core.interruptsUpdated = true;
  }

  private checkCall(core: Core): void {
    const opcode = this.chip.readUint16((core.LR & ~1) - 2);
    const register = (opcode >> 3) & 0xf;
    const target = core.registers[register]!;
    if (register !== LR && (target & 1) === 0) {
      throw this.chip.fault(`a call of ${hex(target)}, which is no Thumb address`);
    }
  }
}
