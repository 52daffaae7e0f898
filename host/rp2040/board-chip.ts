import { RP2040 } from "rp2040js";
import { FirmwareError, hex } from "./firmware-error.js";
import { FLASH_START, type FirmwareImage } from "./firmware-image.js";
import { PERIPHERALS_END, PERIPHERALS_START, type HeldInReset } from "./held-in-reset.js";

export const RAM_START = 0x20000000;
export const RAM_BYTES = 264 * 1024;
const ROM_BYTES = 16 * 1024;
const FLASH_WINDOW_END = 0x14000000;
const FLASH_OFFSET_MASK = 0xffffff;
const VECTORS = FLASH_START + 0x100;

/** The emulated chip, with firmware in its flash, that stops at what rp2040js lets pass. */
export class BoardChip extends RP2040 {
  /** What the emulator did not know, of firmware that is not held to be strict; the first ones. */
  readonly notes: string[] = [];
  /** Who is asked before an access to a peripheral, of firmware that is held to be strict. */
  held: HeldInReset | null = null;
  private image: FirmwareImage | null = null;
  private strict = false;

  /** @param strict stop at unaligned accesses, writes to flash, and reads of what is not there */
  constructor(image: FirmwareImage, strict: boolean) {
    super();
    this.image = image;
    this.strict = strict;
    this.flash.set(image.flash);
    this.logger = {
      debug: () => undefined,
      info: () => undefined,
      warn: (component, message) => this.note(component, message),
      error: (component, message) => this.note(component, message),
    };
    this.onBreak = (code) => {
      throw this.fault(`a BKPT or an undefined instruction, code ${code}`);
    };
    this.core.VTOR = VECTORS;
    this.core.reset();
    if ((this.readUint32(VECTORS + 4) & 1) === 0) {
      throw this.fault(`the reset vector ${hex(this.readUint32(VECTORS + 4))} is no Thumb address`);
    }
  }

  /** An error at the instruction under way. */
  fault(message: string): FirmwareError {
    return new FirmwareError(message, (this.core.PC & ~1) - 2);
  }

  /** Whether code may lie there: RAM, or flash that was loaded. */
  holdsCode(address: number): boolean {
    const ram = address - RAM_START;
    if (ram >= 0 && ram < RAM_BYTES) return true;
    return address >= FLASH_START && this.image!.loaded[address - FLASH_START] === 1;
  }

  override readUint32(address: number): number {
    if (this.strict) this.checkRead(address >>> 0, 3);
    return super.readUint32(address);
  }

  override readUint16(address: number): number {
    if (this.strict) this.checkRead(address >>> 0, 1);
    return super.readUint16(address >>> 0);
  }

  override readUint8(address: number): number {
    if (this.strict) this.checkRead(address >>> 0, 0);
    return super.readUint8(address >>> 0);
  }

  override writeUint32(address: number, value: number): void {
    if (this.strict) this.checkWrite(address >>> 0, 3);
    super.writeUint32(address >>> 0, value);
  }

  override writeUint16(address: number, value: number): void {
    if (this.strict) this.checkWrite(address >>> 0, 1);
    super.writeUint16(address >>> 0, value);
  }

  override writeUint8(address: number, value: number): void {
    if (this.strict) this.checkWrite(address >>> 0, 0);
    super.writeUint8(address >>> 0, value);
  }

  private checkRead(address: number, unaligned: number): void {
    if ((address & unaligned) !== 0) {
      throw this.fault(`an unaligned read of ${unaligned + 1} bytes at ${hex(address)}`);
    }
    if (address >= RAM_START) {
      if (address >= PERIPHERALS_START && address < PERIPHERALS_END) this.held?.check(address);
      return;
    }
    if (address < ROM_BYTES)
      throw this.fault(`a read of the boot ROM at ${hex(address)}, which is not there`);
    if (address >= FLASH_START && address < FLASH_WINDOW_END) {
      if (this.image!.loaded[address & FLASH_OFFSET_MASK] !== 1) {
        throw this.fault(`a read of flash at ${hex(address)}, where nothing was loaded`);
      }
    }
  }

  private checkWrite(address: number, unaligned: number): void {
    if ((address & unaligned) !== 0) {
      throw this.fault(`an unaligned write of ${unaligned + 1} bytes at ${hex(address)}`);
    }
    if (address >= FLASH_START && address < FLASH_WINDOW_END)
      throw this.fault(`a write to flash at ${hex(address)}`);
    if (address < ROM_BYTES) throw this.fault(`a write to the boot ROM at ${hex(address)}`);
    if (address >= PERIPHERALS_START && address < PERIPHERALS_END) this.held?.check(address);
  }

  private note(component: string, message: string): void {
    if (this.strict) throw this.fault(`${component}: ${message}`);
    if (this.notes.length < 100) this.notes.push(`${component}: ${message}`);
  }
}
