import { crc7Byte } from "./crc7.js";

export const FRAME_BYTES = 6;
const START_MASK = 0xc0;
const START = 0x40;

/** Whether this byte begins a frame: start bit 0 and transmission bit 1 (SD Physical Layer Simplified Specification, 7.3.1.1). */
export function beginsFrame(byte: number): boolean {
  return (byte & START_MASK) === START;
}

/** The command frame that is coming in: six bytes, collected whatever stands in them after the first. */
export class CommandFrame {
  private readonly bytes = new Uint8Array(FRAME_BYTES);
  private received = 0;

  get begun(): boolean {
    return this.received > 0;
  }

  get index(): number {
    return this.bytes[0]! & 0x3f;
  }

  /** Unsigned, 32 bits. */
  get argument(): number {
    const { bytes } = this;
    return ((bytes[1]! << 24) | (bytes[2]! << 16) | (bytes[3]! << 8) | bytes[4]!) >>> 0;
  }

  /** Whether the last byte holds the CRC7 of the others and the end bit. */
  get intact(): boolean {
    return crc7Byte(this.bytes, FRAME_BYTES - 1) === this.bytes[FRAME_BYTES - 1]!;
  }

  /** Takes one byte; a byte that begins no frame is passed over. @returns whether the frame is complete */
  push(byte: number): boolean {
    if (this.received === 0 && !beginsFrame(byte)) return false;
    this.bytes[this.received++] = byte;
    if (this.received < FRAME_BYTES) return false;
    this.received = 0;
    return true;
  }

  /** Forgets what has come in: chip select went high in the middle, or the power went. */
  drop(): void {
    this.received = 0;
  }
}
