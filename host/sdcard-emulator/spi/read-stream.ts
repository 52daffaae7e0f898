import { crc16Of } from "../sector-crc.js";
import { LINE_HIGH, START_BLOCK } from "./tokens.js";

export const BLOCK_BYTES_MAX = 512;
const CRC_BYTES = 2;
const NS_PER_US = 1000;
/** At least one byte lies between a response, or the block before, and a start token (N_AC, 7.5.4). */
const GAP_BYTES = 1;

/** Where the blocks of a read come from. */
export interface BlockSource {
  /** Access time of the next block, µs; Infinity if it never comes. */
  accessUs(): number;
  /**
   * Puts the next block into the buffer.
   * @returns its length, 1 to 512, or the error token instead of it, negated
   */
  fill(data: Uint8Array): number;
  /** CRC16 of the block just filled in, if known; else -1. */
  readonly crc: number;
  /** Whether a bit of the block just filled in turns over on the wire. */
  readonly spoilt: boolean;
}

/** Blocks on their way to the host: token, data, CRC16 (SD Physical Layer Simplified Specification, 7.2.3 and 7.3.3.2). */
export class ReadStream {
  /** Blocks are on their way or still to come. Stays so across chip select. */
  active = false;
  private readonly packet = new Uint8Array(1 + BLOCK_BYTES_MAX + CRC_BYTES);
  private readonly data = this.packet.subarray(1, 1 + BLOCK_BYTES_MAX);
  private at = 0;
  private end = 0;
  private gap = 0;
  private readyNs = 0;
  private source: BlockSource | null = null;
  private multiple = false;

  constructor(private readonly time: { readonly nowNs: number }) {}

  /** @param multiple whether block follows block until the stream is closed */
  open(source: BlockSource, multiple: boolean): void {
    this.source = source;
    this.multiple = multiple;
    this.active = true;
    this.await();
  }

  close(): void {
    this.active = false;
    this.at = 0;
    this.end = 0;
  }

  /** The byte that goes out now. */
  next(): number {
    if (this.at < this.end) {
      const byte = this.packet[this.at++]!;
      if (this.at === this.end) this.blockEnds();
      return byte;
    }
    if (this.gap > 0) {
      this.gap--;
      return LINE_HIGH;
    }
    if (this.time.nowNs < this.readyNs) return LINE_HIGH;
    return this.blockBegins();
  }

  /** The next bytes of the block that is going out, at most `count`, to `to` on. @returns how many, 0 between blocks */
  nextMany(target: Uint8Array, to: number, count: number): number {
    const sent = Math.min(count, this.end - this.at);
    if (sent === 0) return 0;
    for (let i = 0; i < sent; i++) target[to + i] = this.packet[this.at + i]!;
    this.at += sent;
    if (this.at === this.end) this.blockEnds();
    return sent;
  }

  private await(): void {
    this.at = 0;
    this.end = 0;
    this.gap = GAP_BYTES;
    this.readyNs = this.time.nowNs + this.source!.accessUs() * NS_PER_US;
  }

  private blockBegins(): number {
    const { packet, data } = this;
    const source = this.source!;
    const length = source.fill(data);
    if (length <= 0) {
      this.close();
      return -length;
    }
    const crc = source.crc >= 0 ? source.crc : crc16Of(0, data, length);
    if (source.spoilt) data[0]! ^= 1;
    packet[0] = START_BLOCK;
    packet[1 + length] = crc >>> 8;
    packet[2 + length] = crc & 0xff;
    this.at = 1;
    this.end = 1 + length + CRC_BYTES;
    return START_BLOCK;
  }

  private blockEnds(): void {
    if (this.multiple) this.await();
    else this.close();
  }
}
