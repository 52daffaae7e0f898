const STDIN = 0;
const STDOUT = 1;
const STDERR = 2;
const ERRNO_SUCCESS = 0;
/** A vector is an address and a length, four bytes each. */
const VECTOR_BYTES = 8;

type Transfer = (fd: number, vectors: number, count: number, result: number) => number;

/** Standard input from memory, standard output and error to functions: node:wasi itself offers file descriptors only. */
export class StandardStreams {
  private memory: WebAssembly.Memory | null = null;
  private taken = 0;

  /**
   * @param input all of standard input
   * @param onOutput told every piece of standard output; the bytes are the caller's to keep
   * @param onError the same for standard error
   */
  constructor(
    private readonly input: Uint8Array,
    private readonly onOutput: (bytes: Uint8Array) => void,
    private readonly onError: (bytes: Uint8Array) => void,
  ) {}

  /** Says in whose memory the addresses lie; before the first call. */
  attach(memory: WebAssembly.Memory): void {
    this.memory = memory;
  }

  /** The module's imports with the three streams taken over. */
  over(imports: WebAssembly.ModuleImports): WebAssembly.ModuleImports {
    const files = imports as { fd_read: Transfer; fd_write: Transfer };
    return {
      ...imports,
      fd_read: (fd: number, vectors: number, count: number, result: number): number =>
        fd === STDIN
          ? this.transfer(vectors, count, result, this.read)
          : files.fd_read(fd, vectors, count, result),
      fd_write: (fd: number, vectors: number, count: number, result: number): number => {
        if (fd === STDOUT) return this.transfer(vectors, count, result, this.write);
        if (fd === STDERR) return this.transfer(vectors, count, result, this.complain);
        return files.fd_write(fd, vectors, count, result);
      },
    };
  }

  private readonly read = (piece: Uint8Array): number => {
    const bytes = this.input.subarray(this.taken, this.taken + piece.length);
    piece.set(bytes);
    this.taken += bytes.length;
    return bytes.length;
  };

  private readonly write = (piece: Uint8Array): number => {
    this.onOutput(piece.slice());
    return piece.length;
  };

  private readonly complain = (piece: Uint8Array): number => {
    this.onError(piece.slice());
    return piece.length;
  };

  private transfer(
    vectors: number,
    count: number,
    result: number,
    move: (piece: Uint8Array) => number,
  ): number {
    if (this.memory === null) throw new Error("the streams are attached to no memory: call attach() first");
    const view = new DataView(this.memory.buffer);
    let moved = 0;
    for (let at = vectors; at < vectors + count * VECTOR_BYTES; at += VECTOR_BYTES) {
      const address = view.getUint32(at, true);
      moved += move(new Uint8Array(this.memory.buffer, address, view.getUint32(at + 4, true)));
    }
    view.setUint32(result, moved, true);
    return ERRNO_SUCCESS;
  }
}
