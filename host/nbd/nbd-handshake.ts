import { SECTOR_BYTES } from "../../assembly/layout.js";
import type { ByteStream } from "./byte-stream.js";
import type { NbdLimits } from "./nbd-limits.js";
import * as nbd from "./nbd-protocol.js";

/** The block size that a client does best with: a page. */
const PREFERRED_BYTES = 4096;
const HEADER_BYTES = 20;

/**
 * Fixed newstyle negotiation: EXPORT_NAME, ABORT, LIST, INFO and GO; any other option is answered ERR_UNSUP. One
 * export, of the empty name; other names are unknown.
 * @returns whether the transmission begins; false: the connection is to be closed
 * @throws StreamEnded
 */
export async function shakeHands(stream: ByteStream, sectors: number, limits: NbdLimits): Promise<boolean> {
  const hello = Buffer.alloc(18);
  hello.writeBigUInt64BE(nbd.INIT_MAGIC, 0);
  hello.writeBigUInt64BE(nbd.OPTION_MAGIC, 8);
  hello.writeUInt16BE(nbd.FLAG_FIXED_NEWSTYLE | nbd.FLAG_NO_ZEROES, 16);
  await stream.give(hello);
  const clientFlags = (await stream.take(4)).readUInt32BE(0);
  // Unknown flags: the server must drop the connection.
  if ((clientFlags & ~(nbd.FLAG_FIXED_NEWSTYLE | nbd.FLAG_NO_ZEROES)) !== 0) return false;
  const noZeroes = (clientFlags & nbd.FLAG_NO_ZEROES) !== 0;
  const options = new Options(stream, sectors, noZeroes, limits);
  for (let asked = 0; asked < limits.options; asked++) {
    const header = await stream.take(nbd.OPTION_HEADER_BYTES);
    if (header.readBigUInt64BE(0) !== nbd.OPTION_MAGIC) return false;
    const next = await options.answer(header.readUInt32BE(8), header.readUInt32BE(12));
    if (next !== "negotiate") return next === "transmit";
  }
  return false;
}

type Next = "negotiate" | "transmit" | "close";

class Options {
  constructor(
    private readonly stream: ByteStream,
    private readonly sectors: number,
    private readonly noZeroes: boolean,
    private readonly limits: NbdLimits,
  ) {}

  async answer(option: number, length: number): Promise<Next> {
    if (length > this.limits.optionBytes) {
      // EXPORT_NAME has no way to say no but to close.
      if (option === nbd.OPT_EXPORT_NAME || length > this.limits.requestBytes) return "close";
      await this.stream.skip(length);
      await this.reply(option, nbd.REP_ERR_TOO_BIG);
      return "negotiate";
    }
    const data = length === 0 ? Buffer.alloc(0) : await this.stream.take(length);
    if (option === nbd.OPT_EXPORT_NAME) return this.exportName(length);
    if (option === nbd.OPT_ABORT) {
      await this.reply(option, nbd.REP_ACK);
      return "close";
    }
    if (option === nbd.OPT_LIST) await this.list(length);
    else if (option === nbd.OPT_INFO || option === nbd.OPT_GO) return this.info(option, data);
    else await this.reply(option, nbd.REP_ERR_UNSUP);
    return "negotiate";
  }

  private async exportName(length: number): Promise<Next> {
    if (length !== 0) return "close";
    const zeros = this.noZeroes ? 0 : nbd.EXPORT_NAME_ZEROS;
    const answer = Buffer.alloc(10 + zeros);
    answer.writeBigUInt64BE(this.bytes(), 0);
    answer.writeUInt16BE(nbd.TRANSMISSION_FLAGS, 8);
    await this.stream.give(answer);
    return "transmit";
  }

  private async list(length: number): Promise<void> {
    if (length !== 0) return this.reply(nbd.OPT_LIST, nbd.REP_ERR_INVALID);
    await this.reply(nbd.OPT_LIST, nbd.REP_SERVER, Buffer.alloc(4));
    await this.reply(nbd.OPT_LIST, nbd.REP_ACK);
  }

  /** INFO and GO: length of the name, name, number of requests, requests. */
  private async info(option: number, data: Buffer): Promise<Next> {
    const nameLength = data.length < 6 ? -1 : data.readUInt32BE(0);
    if (nameLength < 0 || nameLength > data.length - 6) return this.refuse(option, nbd.REP_ERR_INVALID);
    const asked = data.readUInt16BE(4 + nameLength);
    if (data.length !== 6 + nameLength + 2 * asked) return this.refuse(option, nbd.REP_ERR_INVALID);
    if (nameLength !== 0) return this.refuse(option, nbd.REP_ERR_UNKNOWN);
    const size = Buffer.alloc(12);
    size.writeUInt16BE(nbd.INFO_EXPORT, 0);
    size.writeBigUInt64BE(this.bytes(), 2);
    size.writeUInt16BE(nbd.TRANSMISSION_FLAGS, 10);
    await this.reply(option, nbd.REP_INFO, size);
    const blocks = Buffer.alloc(14);
    blocks.writeUInt16BE(nbd.INFO_BLOCK_SIZE, 0);
    blocks.writeUInt32BE(SECTOR_BYTES, 2);
    blocks.writeUInt32BE(PREFERRED_BYTES, 6);
    blocks.writeUInt32BE(this.limits.requestBytes, 10);
    await this.reply(option, nbd.REP_INFO, blocks);
    await this.reply(option, nbd.REP_ACK);
    return option === nbd.OPT_GO ? "transmit" : "negotiate";
  }

  private async refuse(option: number, why: number): Promise<Next> {
    await this.reply(option, why);
    return "negotiate";
  }

  private async reply(option: number, type: number, data?: Buffer): Promise<void> {
    const answer = Buffer.alloc(HEADER_BYTES + (data?.length ?? 0));
    answer.writeBigUInt64BE(nbd.OPTION_REPLY_MAGIC, 0);
    answer.writeUInt32BE(option, 8);
    answer.writeUInt32BE(type, 12);
    answer.writeUInt32BE(data?.length ?? 0, 16);
    data?.copy(answer, HEADER_BYTES);
    await this.stream.give(answer);
  }

  private bytes(): bigint {
    return BigInt(this.sectors) * BigInt(SECTOR_BYTES);
  }
}
