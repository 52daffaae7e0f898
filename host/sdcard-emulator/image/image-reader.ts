import { constants } from "node:fs";
import type { ImageFiles } from "./replaced-files.js";

/** A multiple of what any disk wants reads past the cache to begin and end at. */
export const READ_BYTES = 256 * 1024;
/** What a page of WebAssembly's memory has. */
const PAGE_BYTES = 64 * 1024;

/**
 * Reads a file from its beginning past the system's cache of files, where the system can: a hole is then zeroed memory, and
 * not gigabytes of cache (Linux: O_DIRECT, open(2)). Such reads want aligned memory, which WebAssembly's is, and Node's
 * buffers are not. Where they are refused the file is read as any other.
 */
export class ImageReader {
  /** What was read last. */
  readonly buffer: Buffer;
  /** Of the file. */
  readonly fd: number;
  private direct: number | null;

  /** @throws what `files` throws */
  constructor(
    private readonly files: ImageFiles,
    file: string,
  ) {
    this.fd = files.openSync(file, "r");
    this.direct = openDirect(files, this.fd);
    this.buffer = Buffer.from(new WebAssembly.Memory({ initial: READ_BYTES / PAGE_BYTES }).buffer);
  }

  /**
   * Reads into the buffer.
   * @param position a multiple of READ_BYTES
   * @param bytes at most as many as the buffer has
   * @returns how many were there
   */
  read(position: number, bytes: number): number {
    let done = this.readDirect(position);
    while (done < bytes) {
      const got = this.files.readSync(this.fd, this.buffer, done, bytes - done, position + done);
      if (got === 0) break;
      done += got;
    }
    return Math.min(done, bytes);
  }

  close(): void {
    this.files.closeSync(this.fd);
    if (this.direct !== null) this.files.closeSync(this.direct);
    this.direct = null;
  }

  /** @returns 0 where the system does not do that */
  private readDirect(position: number): number {
    if (this.direct === null) return 0;
    try {
      return this.files.readSync(this.direct, this.buffer, 0, READ_BYTES, position);
    } catch (error) {
      if (!isRefused(error)) throw error;
      this.files.closeSync(this.direct);
      this.direct = null;
      return 0;
    }
  }
}

/** The same file again, be it replaced meanwhile. */
function openDirect(files: ImageFiles, fd: number): number | null {
  const { O_RDONLY, O_DIRECT } = constants as { O_RDONLY: number; O_DIRECT?: number };
  if (O_DIRECT === undefined) return null;
  try {
    return files.openSync(`/proc/self/fd/${fd}`, O_RDONLY | O_DIRECT);
  } catch {
    // No such reads of this file system, or no /proc: that this file can be read is known already.
    return null;
  }
}

/** The disk wants another alignment, or the file system does not do it after all. */
function isRefused(error: unknown): boolean {
  const { code } = error as { code?: string };
  return code === "EINVAL" || code === "ENOTSUP" || code === "EOPNOTSUPP";
}
