import { FLASH_START } from "./firmware-image.js";

/** Told that the instruction at an address is about to be executed. */
export type CodeListener = (address: number) => void;

/**
 * Who is told when code in the flash is reached. An interrupt that is taken in front of the instruction has it told again
 * when the handler returns.
 */
export class CodeWatch {
  /** Of each halfword of the flash, whether anybody is told. */
  private readonly marks: Uint8Array;
  private readonly listeners = new Map<number, CodeListener[]>();

  /** @param flashBytes what the firmware loads */
  constructor(flashBytes: number) {
    this.marks = new Uint8Array((flashBytes + 1) >> 1);
  }

  /** @param address in the flash, without the Thumb bit @throws RangeError for another one */
  add(address: number, listener: CodeListener): void {
    const at = (address - FLASH_START) >>> 1;
    if (at >= this.marks.length)
      throw new RangeError(`0x${address.toString(16)} is no address of the firmware in the flash`);
    this.marks[at] = 1;
    const known = this.listeners.get(address);
    if (known === undefined) this.listeners.set(address, [listener]);
    else known.push(listener);
  }

  /** The instruction at this address comes next. */
  reached(address: number): void {
    if (this.marks[(address - FLASH_START) >>> 1] !== 1) return;
    for (const listener of this.listeners.get(address)!) listener(address);
  }
}
