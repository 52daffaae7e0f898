/** Firmware has done what the chip would not forgive, or what no firmware means to do: one sentence, with the PC. */
export class FirmwareError extends Error {
  constructor(
    message: string,
    /** Address of the instruction. */
    readonly pc: number,
  ) {
    super(`${message} (PC ${hex(pc)})`);
    this.name = "FirmwareError";
  }
}

/** As people write addresses. */
export function hex(value: number): string {
  return `0x${(value >>> 0).toString(16).padStart(8, "0")}`;
}
