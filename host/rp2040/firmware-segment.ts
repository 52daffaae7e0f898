/** Bytes at an address of the chip. */
export interface FirmwareSegment {
  readonly address: number;
  readonly bytes: Uint8Array;
}

/** A file is no firmware for this chip: one sentence with what is wrong. */
export class FirmwareFileError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "FirmwareFileError";
  }
}
