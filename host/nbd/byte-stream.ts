import type { Socket } from "node:net";

/** The other side is gone, or the server closes. */
export class StreamEnded extends Error {
  override readonly name = "StreamEnded";
}

/**
 * A socket as bytes to take and to give, one reader at a time. It holds no more than what was asked for and one
 * chunk.
 */
export class ByteStream {
  private readonly chunks: Buffer[] = [];
  private held = 0;
  private ended = false;
  private wake: (() => void) | null = null;

  constructor(private readonly socket: Socket) {
    const end = (): void => {
      this.ended = true;
      this.wake?.();
    };
    socket.on("data", (chunk: Buffer) => {
      this.chunks.push(chunk);
      this.held += chunk.length;
      socket.pause();
      this.wake?.();
    });
    socket.on("end", end).on("close", end).on("error", end);
  }

  /** The next `count` bytes. @throws StreamEnded */
  async take(count: number): Promise<Buffer> {
    while (this.held < count) {
      if (this.ended) throw new StreamEnded("the client is gone");
      const more = new Promise<void>((resolve) => {
        this.wake = resolve;
      });
      this.socket.resume();
      await more;
      this.wake = null;
    }
    const all = this.chunks.length === 1 ? this.chunks[0]! : Buffer.concat(this.chunks);
    this.chunks.length = 0;
    this.held = all.length - count;
    if (this.held > 0) this.chunks.push(all.subarray(count));
    return all.subarray(0, count);
  }

  /** Takes and forgets, piece by piece, so that a long payload needs no memory. @throws StreamEnded */
  async skip(count: number): Promise<void> {
    const PIECE = 1 << 16;
    for (let left = count; left > 0; left -= PIECE) await this.take(Math.min(left, PIECE));
  }

  /** Gives bytes; ends when the other side has room for more. @throws StreamEnded */
  async give(bytes: Uint8Array): Promise<void> {
    if (this.ended) throw new StreamEnded("the client is gone");
    if (this.socket.write(bytes)) return;
    await new Promise<void>((resolve) => {
      const done = (): void => {
        this.socket.off("drain", done).off("close", done);
        resolve();
      };
      this.socket.on("drain", done).on("close", done);
    });
  }
}
