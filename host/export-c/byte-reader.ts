/** A module that cannot be exported: not WebAssembly, or it uses what the exporter does not know. */
export class ExportError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "ExportError";
  }
}

/** Reads a WebAssembly binary front to back (WebAssembly Core Specification 2.0, chapter 5). */
export class ByteReader {
  /** @param origin offset of the first byte in the whole module, for messages */
  constructor(
    private readonly bytes: Uint8Array,
    private readonly origin = 0,
    private position = 0,
  ) {}

  get atEnd(): boolean {
    return this.position >= this.bytes.length;
  }

  /** Offset of the next byte in the whole module. */
  get offset(): number {
    return this.origin + this.position;
  }

  byte(): number {
    const value = this.bytes[this.position];
    if (value === undefined)
      throw new ExportError(`the module ends at byte ${this.offset}, inside a structure`);
    this.position++;
    return value;
  }

  /** Unsigned LEB128 of at most 32 bits. */
  u32(): number {
    return Number(this.leb(32) & 0xffffffffn);
  }

  /** Signed LEB128 of at most 32 bits. */
  i32(): number {
    return Number(BigInt.asIntN(32, this.signedLeb(32)));
  }

  /** Signed LEB128 of at most 33 bits: the type of a block. */
  i33(): number {
    return Number(this.signedLeb(33));
  }

  /** Signed LEB128 of at most 64 bits. */
  i64(): bigint {
    return BigInt.asIntN(64, this.signedLeb(64));
  }

  name(): string {
    return new TextDecoder().decode(this.take(this.u32()));
  }

  take(length: number): Uint8Array {
    const end = this.position + length;
    if (end > this.bytes.length)
      throw new ExportError(`the module ends at byte ${this.origin + this.bytes.length}, inside a structure`);
    const taken = this.bytes.subarray(this.position, end);
    this.position = end;
    return taken;
  }

  /** The next `length` bytes, to be read on their own. */
  part(length: number): ByteReader {
    const origin = this.offset;
    return new ByteReader(this.take(length), origin);
  }

  /** All bytes that are left, to be read on their own. */
  rest(): ByteReader {
    return this.part(this.bytes.length - this.position);
  }

  /** A new reader of the same bytes, from where this one stands. */
  again(): ByteReader {
    return new ByteReader(this.bytes, this.origin, this.position);
  }

  /** A vector: its length, then so many items. */
  vector<T>(item: () => T): T[] {
    const items: T[] = [];
    for (let left = this.u32(); left > 0; left--) items.push(item());
    return items;
  }

  private leb(bits: number): bigint {
    const from = this.offset;
    let value = 0n;
    for (let shift = 0; shift < bits; shift += 7) {
      const byte = this.byte();
      value |= BigInt(byte & 0x7f) << BigInt(shift);
      if (byte < 0x80) return value;
    }
    throw new ExportError(`the number at byte ${from} is longer than ${bits} bits`);
  }

  private signedLeb(bits: number): bigint {
    const from = this.position;
    const value = this.leb(bits);
    return BigInt.asIntN(7 * (this.position - from), value);
  }
}
