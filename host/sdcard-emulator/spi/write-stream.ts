import { PIECE_BYTES } from "../piece-table.js";
import { crc16Of } from "../sector-crc.js";
import { BLOCK_BYTES_MAX } from "./read-stream.js";
import type { ResponseQueue } from "./response-queue.js";
import {
  DATA_CRC_ERROR,
  DATA_RESPONSE_UNDEFINED,
  LINE_HIGH,
  START_BLOCK,
  START_BLOCK_MULTIPLE,
  STOP_TRANSMISSION,
} from "./tokens.js";

const CRC_BYTES = 2;

/** Where the blocks of a write go. The buffer is the stream's: copy what is to stay. */
export interface BlockSink {
  /** The first 256 bytes of a block have arrived; only of blocks that are longer. */
  half(bytes: Uint8Array): void;
  /** A block has arrived and its CRC16 is right, or was not asked for. @returns the data response, negative for none */
  block(bytes: Uint8Array, length: number): number;
  /** The block that was arriving is refused: its CRC16 is wrong. */
  refused(): void;
  /** No block comes any more; called once. */
  end(): void;
}

/** Blocks on their way from the host (SD Physical Layer Simplified Specification, 7.2.4). */
export class WriteStream {
  /** A token is awaited; commands are listened to meanwhile. Stays so across chip select. */
  waiting = false;
  /** Inside a block: every byte belongs to it. */
  receiving = false;
  private readonly bytes = new Uint8Array(BLOCK_BYTES_MAX + CRC_BYTES);
  private at = 0;
  /** Where something happens next: the half, then the end. */
  private mark = 0;
  private length = 0;
  private startToken = START_BLOCK;
  private sink: BlockSink | null = null;

  constructor(
    private readonly response: ResponseQueue,
    private readonly mode: { readonly crcOn: boolean },
  ) {}

  /** Whether CMD25 is open. */
  get multiple(): boolean {
    return this.sink !== null && this.startToken === START_BLOCK_MULTIPLE;
  }

  /** @param length bytes of a block, 1 to 512 */
  open(sink: BlockSink, length: number, multiple: boolean): void {
    this.sink = sink;
    this.length = length;
    this.startToken = multiple ? START_BLOCK_MULTIPLE : START_BLOCK;
    this.waiting = true;
    this.receiving = false;
  }

  /** A byte came while a token was awaited; other bytes than tokens are passed over. */
  token(byte: number): void {
    if (byte === this.startToken) {
      this.waiting = false;
      this.receiving = true;
      this.at = 0;
      const end = this.length + CRC_BYTES;
      this.mark = this.length > PIECE_BYTES ? PIECE_BYTES : end;
    } else if (byte === STOP_TRANSMISSION && this.multiple) {
      // Busy begins a byte after the token (N_BR, 7.5.3).
      this.response.push(LINE_HIGH);
      this.close();
    }
  }

  /** A byte of the block. */
  push(byte: number): void {
    this.bytes[this.at++] = byte;
    if (this.at === this.mark) this.markReached();
  }

  /** As many bytes of the block as come before something happens, at most `count`, from `from` on. @returns how many */
  pushMany(source: Uint8Array, from: number, count: number): number {
    const taken = Math.min(count, this.mark - this.at);
    for (let i = 0; i < taken; i++) this.bytes[this.at + i] = source[from + i]!;
    this.at += taken;
    if (this.at === this.mark) this.markReached();
    return taken;
  }

  /** Ends the write; a block under way is forgotten. Does nothing when none is open. */
  close(): void {
    const { sink } = this;
    this.waiting = false;
    this.receiving = false;
    this.sink = null;
    sink?.end();
  }

  /** Forgets the write without a word to its sink: the power went. */
  drop(): void {
    this.waiting = false;
    this.receiving = false;
    this.sink = null;
  }

  private markReached(): void {
    const { bytes, length } = this;
    const end = length + CRC_BYTES;
    if (this.at < end) {
      this.mark = end;
      this.sink!.half(bytes);
      return;
    }
    this.receiving = false;
    this.waiting = this.startToken === START_BLOCK_MULTIPLE;
    const answer = this.judge();
    if (answer >= 0) this.response.push(answer | DATA_RESPONSE_UNDEFINED);
    if (!this.waiting) this.close();
  }

  private judge(): number {
    const { bytes, length } = this;
    const sum = (bytes[length]! << 8) | bytes[length + 1]!;
    if (this.mode.crcOn && crc16Of(0, bytes, length) !== sum) {
      this.sink!.refused();
      return DATA_CRC_ERROR;
    }
    return this.sink!.block(bytes, length);
  }
}

/** A sink for one short block that is looked at as a whole: CMD27, CMD42, CMD49, CMD56. */
export class WholeBlock implements BlockSink {
  /** @param take gets the block @returns the data response, negative for none */
  constructor(private readonly take: (bytes: Uint8Array, length: number) => number) {}

  half(): void {}

  block(bytes: Uint8Array, length: number): number {
    return this.take(bytes, length);
  }

  refused(): void {}

  end(): void {}
}
