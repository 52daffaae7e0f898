import { crc16Of } from "../sector-crc.js";
import type { BusRule } from "./bus-violation.js";
import { NO_DATA, type CommandRule } from "./command-rule.js";
import { LINE_HIGH, START_BLOCK, STOP_TRANSMISSION } from "./tokens.js";

const SECTOR_BYTES = 512;
const CRC_BYTES = 2;

/** The data that follow a command, as somebody sees them who watches the bus: whose turn it is, and what is wrong. */
export class TransferWatch {
  /** A write that takes a block, or more blocks; null if none is open. */
  writing: CommandRule | null = null;
  /** A read that sends a block, or more blocks. */
  reading: CommandRule | null = null;
  /** CMD16. */
  blockBytes = SECTOR_BYTES;
  /** Bytes of the block that comes from the card, still to come; 0 between blocks. */
  private incoming = 0;
  /** Bytes of the block that goes to the card; -1 between blocks. */
  private outgoing = -1;
  private awaitsVerdict = false;
  private readonly block = new Uint8Array(SECTOR_BYTES + CRC_BYTES);

  constructor(
    private readonly blockAddresses: boolean,
    private readonly report: (rule: BusRule) => void,
  ) {}

  /** Whether a block, or the card's word on it, is under way: chip select has to stay low. */
  get insideBlock(): boolean {
    return this.incoming > 0 || this.takesBytes || this.awaitsVerdict;
  }

  /** Whether the host's bytes are a block's. */
  get takesBytes(): boolean {
    return this.outgoing >= 0;
  }

  /** Whether the next byte of the card is a data response. */
  get judges(): boolean {
    return this.awaitsVerdict;
  }

  /** A command was obeyed. */
  begin(rule: CommandRule, argument: number): void {
    const { direction } = rule.data;
    const reads = direction === "read" || (direction === "either" && (argument & 1) === 1);
    if (reads) this.reading = rule;
    else if (rule.data !== NO_DATA) this.writing = rule;
  }

  /** CMD12, or a reset. */
  stop(): void {
    this.reading = null;
    this.writing = null;
    this.incoming = 0;
    this.outgoing = -1;
    this.awaitsVerdict = false;
  }

  /** A byte of the card, while a read is open. */
  cardByte(miso: number): void {
    const { reading } = this;
    if (reading === null) return;
    if (this.incoming > 0) {
      if (--this.incoming === 0 && !reading.data.multiple) this.reading = null;
    } else if (miso === START_BLOCK) this.incoming = this.lengthOf(reading) + CRC_BYTES;
    else if (miso !== LINE_HIGH) this.reading = null; // an error token ends it
  }

  /**
   * The host sent a token.
   * @param soon whether no byte lay between a response and it
   * @returns whether it ended a stream
   */
  token(byte: number, busy: boolean, soon: boolean): boolean {
    const { writing } = this;
    if (writing === null) {
      this.report("token-without-write");
      return false;
    }
    const fits = writing.data.multiple ? byte !== START_BLOCK : byte === START_BLOCK;
    if (!fits) this.report("wrong-token");
    if (busy) this.report("token-while-busy");
    if (soon) this.report("token-too-early");
    if (!fits || busy) return false;
    if (byte === STOP_TRANSMISSION) {
      this.writing = null;
      return true;
    }
    this.outgoing = 0;
    return false;
  }

  /** A byte of the host's block. @param checked whether its CRC16 is */
  hostByte(mosi: number, checked: boolean): void {
    const { block } = this;
    block[this.outgoing++] = mosi;
    const length = this.lengthOf(this.writing!);
    if (this.outgoing < length + CRC_BYTES) return;
    const sum = (block[length]! << 8) | block[length + 1]!;
    if (checked && crc16Of(0, block, length) !== sum) this.report("block-crc");
    this.outgoing = -1;
    this.awaitsVerdict = true;
  }

  /** The data response, or nothing: then the card is mute. @returns whether the card may be busy now */
  verdict(miso: number): boolean {
    this.awaitsVerdict = false;
    if (!this.writing!.data.multiple) this.writing = null;
    return (miso & 0x11) === 0x01;
  }

  private lengthOf({ data }: CommandRule): number {
    if (data.bytes === "block-length") return this.blockBytes;
    if (data.bytes === "sector") return this.blockAddresses ? SECTOR_BYTES : this.blockBytes;
    return data.bytes;
  }
}
