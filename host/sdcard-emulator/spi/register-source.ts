import type { BlockSource } from "./read-stream.js";

/** One block that the card has ready: a register. */
export class RegisterSource implements BlockSource {
  readonly crc = -1;
  readonly spoilt = false;

  constructor(private readonly bytes: Uint8Array) {}

  accessUs(): number {
    return 0;
  }

  fill(data: Uint8Array): number {
    data.set(this.bytes);
    return this.bytes.length;
  }
}
