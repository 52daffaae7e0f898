import { connect, type Socket } from "node:net";

/** The protocol's constants once more, from doc/proto.md, so that server and test cannot be wrong together. */
export const PROTO = {
  GO: 7,
  INFO: 6,
  LIST: 3,
  ABORT: 2,
  EXPORT_NAME: 1,
  STRUCTURED_REPLY: 8,
  STARTTLS: 5,
  ACK: 1,
  SERVER: 2,
  REP_INFO: 3,
  ERR_UNSUP: 2 ** 31 + 1,
  ERR_INVALID: 2 ** 31 + 3,
  ERR_UNKNOWN: 2 ** 31 + 6,
  ERR_TOO_BIG: 2 ** 31 + 9,
  READ: 0,
  WRITE: 1,
  DISC: 2,
  FLUSH: 3,
  TRIM: 4,
  WRITE_ZEROES: 6,
  FUA: 1,
  EIO: 5,
  EINVAL: 22,
  ENOSPC: 28,
  EOVERFLOW: 75,
} as const;

export interface OptionReply {
  readonly type: number;
  readonly data: Buffer;
}

/** A client that does what it is told, wrong things too. */
export class TinyClient {
  private held = Buffer.alloc(0);
  private closed = false;
  private wake: () => void = () => undefined;

  private constructor(private readonly socket: Socket) {
    const end = (): void => {
      this.closed = true;
      this.wake();
    };
    socket.on("data", (chunk) => {
      this.held = Buffer.concat([this.held, chunk as Buffer]);
      this.wake();
    });
    socket.on("end", end).on("close", end).on("error", end);
  }

  static async open(unix: string): Promise<TinyClient> {
    const socket = connect(unix);
    await new Promise<void>((resolve, reject) => {
      socket.once("connect", resolve).once("error", reject);
    });
    return new TinyClient(socket);
  }

  send(bytes: Uint8Array): void {
    this.socket.write(bytes);
  }

  destroy(): void {
    this.socket.destroy();
  }

  async take(count: number): Promise<Buffer> {
    while (this.held.length < count) {
      if (this.closed) throw new Error("closed by the server");
      await new Promise<void>((resolve) => {
        this.wake = resolve;
      });
    }
    const taken = this.held.subarray(0, count);
    this.held = this.held.subarray(count);
    return taken;
  }

  /** Whether the server closes the connection, and sends nothing more. */
  async isClosed(): Promise<boolean> {
    while (!this.closed) {
      await new Promise<void>((resolve) => {
        this.wake = resolve;
      });
    }
    return this.held.length === 0;
  }

  /** @returns the server's handshake flags */
  async hello(flags = 3): Promise<number> {
    const hello = await this.take(18);
    if (hello.toString("latin1", 0, 16) !== "NBDMAGICIHAVEOPT") throw new Error("no newstyle server");
    const answer = Buffer.alloc(4);
    answer.writeUInt32BE(flags);
    this.send(answer);
    return hello.readUInt16BE(16);
  }

  sendOption(option: number, data: Uint8Array = Buffer.alloc(0)): void {
    const header = Buffer.alloc(16);
    header.write("IHAVEOPT", "latin1");
    header.writeUInt32BE(option, 8);
    header.writeUInt32BE(data.length, 12);
    this.send(Buffer.concat([header, data]));
  }

  /** Asks an option; @returns its replies, up to the one that ends it. */
  async option(option: number, data?: Uint8Array): Promise<OptionReply[]> {
    this.sendOption(option, data);
    const replies: OptionReply[] = [];
    for (;;) {
      const header = await this.take(20);
      if (header.readBigUInt64BE(0) !== 0x3e889045565a9n) throw new Error("no option reply");
      if (header.readUInt32BE(8) !== option) throw new Error("reply to another option");
      const type = header.readUInt32BE(12);
      replies.push({ type, data: await this.take(header.readUInt32BE(16)) });
      if (type === PROTO.ACK || type >= 2 ** 31) return replies;
    }
  }

  async go(): Promise<void> {
    await this.hello();
    await this.option(PROTO.GO, exportRequest(""));
  }

  sendRequest(command: number, offset: number | bigint, length: number, data?: Uint8Array, flags = 0): void {
    const header = Buffer.alloc(28);
    header.writeUInt32BE(0x25609513, 0);
    header.writeUInt16BE(flags, 4);
    header.writeUInt16BE(command, 6);
    header.write("cookie!!", 8, "latin1");
    header.writeBigUInt64BE(BigInt(offset), 16);
    header.writeUInt32BE(length, 24);
    this.send(data === undefined ? header : Buffer.concat([header, data]));
  }

  /** @returns the error of the reply */
  async answer(): Promise<number> {
    const reply = await this.take(16);
    if (reply.readUInt32BE(0) !== 0x67446698) throw new Error("no simple reply");
    if (reply.toString("latin1", 8, 16) !== "cookie!!") throw new Error("another request's cookie");
    return reply.readUInt32BE(4);
  }

  async request(
    command: number,
    offset: number | bigint,
    length: number,
    data?: Uint8Array,
    flags = 0,
  ): Promise<number> {
    this.sendRequest(command, offset, length, data, flags);
    return this.answer();
  }

  async read(offset: number, length: number): Promise<Buffer> {
    const error = await this.request(PROTO.READ, offset, length);
    if (error !== 0) throw new Error(`error ${error}`);
    return this.take(length);
  }
}

/** Data of GO and INFO for an export, with requests for information. */
export function exportRequest(name: string, ...infos: readonly number[]): Buffer {
  const data = Buffer.alloc(6 + name.length + 2 * infos.length);
  data.writeUInt32BE(name.length, 0);
  data.write(name, 4, "latin1");
  data.writeUInt16BE(infos.length, 4 + name.length);
  for (const [i, info] of infos.entries()) data.writeUInt16BE(info, 6 + name.length + 2 * i);
  return data;
}
