/**
 * A small NBD server: fixed newstyle with GO, INFO, LIST, ABORT and EXPORT_NAME; READ, WRITE, FLUSH, FUA, TRIM,
 * WRITE_ZEROES and DISC; simple replies. For clients of this machine only: a unix socket or a loopback address.
 */
import { createServer, type AddressInfo, type Server, type Socket } from "node:net";
import type { BlockExport } from "./block-export.js";
import { ByteStream, StreamEnded } from "./byte-stream.js";
import { shakeHands } from "./nbd-handshake.js";
import { NBD_LIMITS, type NbdLimits } from "./nbd-limits.js";
import { transmit } from "./nbd-transmission.js";
import { InputError } from "../input-error.js";

/** Where it listens. */
export type NbdAddress = { readonly unix: string } | { readonly port: number; readonly host?: string };

/** The server cannot listen there: one sentence with the remedy. */
export class NbdAddressError extends InputError {
  override readonly name = "NbdAddressError";
}

const LOOPBACK = new Set(["127.0.0.1", "::1", "localhost"]);
const ADDRESS_WORDS: Readonly<Record<string, string>> = {
  EADDRINUSE: "is in use: choose another one",
  EACCES: "cannot be made there: make its folder, or choose a place that you may write to",
  ENOENT: "lies in a folder that is not there: make the folder first",
  EINVAL: "is too long for a socket: choose a shorter path",
};

/** One export for any number of connections, up to a limit. */
export class NbdServer {
  private readonly sockets = new Set<Socket>();
  private readonly server: Server;
  /**
   * What went wrong with the device itself, as a full table of contents; its client was cut off. null: nothing did.
   */
  failure: unknown = null;

  constructor(
    private readonly device: BlockExport,
    private readonly limits: NbdLimits = NBD_LIMITS,
  ) {
    this.server = createServer((socket) => void this.serve(socket));
  }

  /**
   * @returns where it listens now, as a NBD URI
   * @throws NbdAddressError
   */
  async listen(address: NbdAddress): Promise<string> {
    const { server } = this;
    if ("port" in address && !LOOPBACK.has(address.host ?? "127.0.0.1")) {
      throw new NbdAddressError(
        `${address.host} is no loopback address: NBD is served to this machine only, on 127.0.0.1, ::1 or a unix socket`,
      );
    }
    await new Promise<void>((resolve, reject) => {
      server.once("error", (error: NodeJS.ErrnoException) => {
        const place = "unix" in address ? address.unix : `port ${address.port}`;
        const why = ADDRESS_WORDS[error.code ?? ""] ?? `cannot be used (${error.message})`;
        reject(new NbdAddressError(`${place} ${why}`));
      });
      if ("unix" in address) server.listen(address.unix, resolve);
      else server.listen(address.port, address.host ?? "127.0.0.1", resolve);
    });
    if ("unix" in address) return `nbd+unix:///?socket=${address.unix}`;
    const { port } = server.address() as AddressInfo;
    return `nbd://${address.host ?? "127.0.0.1"}:${port}`;
  }

  /** Connections at present. */
  get connections(): number {
    return this.sockets.size;
  }

  /** Closes all connections and the socket. */
  async close(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await new Promise<void>((resolve) => {
      this.server.close(() => resolve());
    });
  }

  private async serve(socket: Socket): Promise<void> {
    if (this.sockets.size >= this.limits.connections) {
      socket.on("error", () => undefined).destroy();
      return;
    }
    this.sockets.add(socket);
    const stream = new ByteStream(socket);
    try {
      if (await shakeHands(stream, this.device.sectors, this.limits)) {
        await transmit(stream, this.device, this.limits, oneTurn);
      }
    } catch (error) {
      // One client's trouble must not be the end of the others.
      if (!(error instanceof StreamEnded)) this.failure ??= error;
    } finally {
      this.sockets.delete(socket);
      socket.end();
    }
  }
}

/**
 * One turn of the event loop, before each request: whatever its client wrote to a pipe of ours before it sent the
 * request is read by then, so that what it reports is in order with what it writes.
 */
async function oneTurn(): Promise<void> {
  await new Promise((resolve) => {
    setImmediate(resolve);
  });
}
