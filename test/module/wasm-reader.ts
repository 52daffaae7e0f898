/**
 * Reads a WebAssembly binary far enough to prove what it cannot do. Independent of the compiler that wrote it.
 * Source: WebAssembly Core Specification 2.0, chapter 5 (binary format).
 */

/** A position in the bytes, moved on by every read. */
export class WasmReader {
  position = 0;

  constructor(readonly bytes: Uint8Array) {}

  get atEnd(): boolean {
    return this.position >= this.bytes.length;
  }

  byte(): number {
    const value = this.bytes[this.position++];
    if (value === undefined)
      throw new Error(`the module ends at byte ${this.bytes.length}, inside a structure`);
    return value;
  }

  /** A LEB128 number of at most 32 bits; the sign matters only to who reads a constant. */
  u32(): number {
    let value = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = this.byte();
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return value >>> 0;
    }
    throw new Error(`a LEB128 number at byte ${this.position} is longer than 32 bits`);
  }

  /** A signed LEB128 number of at most 32 bits. */
  i32(): number {
    let value = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = this.byte();
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return shift < 25 && (byte & 0x40) !== 0 ? value | (-1 << (shift + 7)) : value | 0;
    }
    throw new Error(`a LEB128 number at byte ${this.position} is longer than 32 bits`);
  }

  /** Skips a LEB128 number of any size. */
  skipLeb(): void {
    while (this.byte() >= 0x80);
  }

  name(): string {
    return new TextDecoder().decode(this.take(this.u32()));
  }

  take(length: number): Uint8Array {
    if (this.position + length > this.bytes.length)
      throw new Error(`${length} bytes at ${this.position}: too few`);
    this.position += length;
    return this.bytes.subarray(this.position - length, this.position);
  }

  /** A vector: its length, then so many items. */
  vector<T>(item: () => T): T[] {
    const items: T[] = [];
    for (let left = this.u32(); left > 0; left--) items.push(item());
    return items;
  }
}
