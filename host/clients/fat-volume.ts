import * as FatFs from "js-fatfs";

/** Bytes of the buffer that files are written from and read into, a piece at a time. */
const BUFFER_BYTES = 16_384;
const MKFS_BYTES = 4096;
/** Entries of the root directory: 64 of 32 bytes fill four sectors. */
const ROOT_ENTRIES = 64;

/** FatFs answered a call with an error. */
export class FatError extends Error {
  /** @param code FRESULT of FatFs: FR_... */
  constructor(
    call: string,
    readonly code: number,
  ) {
    super(`FatFs answers ${code} to ${call}: see FRESULT in its manual`);
    this.name = "FatError";
  }
}

/** One FAT volume that fills a disk, with the few structures in FatFs's memory that its calls need. */
export class FatVolume {
  private readonly volume: number;
  private readonly file: number;
  private readonly folder: number;
  private readonly entry: number;
  private readonly moved: number;
  private readonly buffer: number;

  constructor(private readonly fatFs: FatFs.FatFs) {
    this.volume = fatFs.malloc(FatFs.sizeof_FATFS);
    this.file = fatFs.malloc(FatFs.sizeof_FIL);
    this.folder = fatFs.malloc(FatFs.sizeof_DIR);
    this.entry = fatFs.malloc(FatFs.sizeof_FILINFO);
    this.moved = fatFs.malloc(4);
    this.buffer = fatFs.malloc(BUFFER_BYTES);
  }

  /** Makes a file system: FAT12 or FAT16 by the size of the disk, two FATs, clusters of a sector, no partitions. */
  format(): void {
    const work = this.fatFs.malloc(MKFS_BYTES);
    const fmt = FatFs.FM_FAT | FatFs.FM_SFD;
    const options = { fmt, n_fat: 2, align: 1, n_root: ROOT_ENTRIES, au_size: 512 };
    const code = this.fatFs.f_mkfs("", options, work, MKFS_BYTES);
    this.fatFs.free(work);
    check("f_mkfs", code);
  }

  /** Mounts the file system on the disk, as it is now. @returns FR_OK or why it cannot be */
  tryMount(): number {
    return this.fatFs.f_mount(this.volume, "", 1);
  }

  /** @throws FatError, as all calls below */
  mount(): void {
    check("f_mount", this.tryMount());
  }

  /** Opens a file: FA_... modes. One file is open at a time. */
  open(name: string, mode: number): void {
    check(`f_open ${name}`, this.fatFs.f_open(this.file, name, mode));
  }

  seek(offset: number): void {
    check("f_lseek", this.fatFs.f_lseek(this.file, offset));
  }

  /** Writes at most BUFFER_BYTES at the file's position. */
  write(bytes: Uint8Array): void {
    if (bytes.length > BUFFER_BYTES) {
      throw new Error(`a write has ${BUFFER_BYTES} bytes at most, not ${bytes.length}: write in pieces`);
    }
    this.fatFs.HEAPU8.set(bytes, this.buffer);
    check("f_write", this.fatFs.f_write(this.file, this.buffer, bytes.length, this.moved));
    if (this.movedBytes() !== bytes.length) throw new FatError("f_write: disk full", FatFs.FR_DENIED);
  }

  /** Returns when everything written is safe. */
  sync(): void {
    check("f_sync", this.fatFs.f_sync(this.file));
  }

  close(): void {
    check("f_close", this.fatFs.f_close(this.file));
  }

  rename(from: string, to: string): void {
    check(`f_rename ${from} ${to}`, this.fatFs.f_rename(from, to));
  }

  remove(name: string): void {
    check(`f_unlink ${name}`, this.fatFs.f_unlink(name));
  }

  /** Names in the root directory, in its order, `most` at most. @throws FatError */
  names(most: number): string[] {
    const { fatFs, folder, entry } = this;
    check("f_opendir", fatFs.f_opendir(folder, "/"));
    const names: string[] = [];
    while (names.length < most) {
      check("f_readdir", fatFs.f_readdir(folder, entry));
      const name = fatFs.FILINFO_fname(entry);
      if (name === "") break;
      names.push(name);
    }
    fatFs.f_closedir(folder);
    return names;
  }

  /** The bytes of a file. @throws FatError, also for a file of more than `most` bytes */
  read(name: string, most: number): Uint8Array {
    this.open(name, FatFs.FA_READ);
    const size = this.fatFs.f_size(this.file);
    if (size > most) throw new FatError(`a read of ${name}: ${size} bytes are too many`, FatFs.FR_INT_ERR);
    const bytes = new Uint8Array(size);
    for (let at = 0; at < size;) {
      const wanted = Math.min(BUFFER_BYTES, size - at);
      check(`f_read ${name}`, this.fatFs.f_read(this.file, this.buffer, wanted, this.moved));
      const count = this.movedBytes();
      if (count === 0) throw new FatError(`a read of ${name}: it ends too early`, FatFs.FR_INT_ERR);
      bytes.set(this.fatFs.HEAPU8.subarray(this.buffer, this.buffer + count), at);
      at += count;
    }
    this.close();
    return bytes;
  }

  private movedBytes(): number {
    return this.fatFs.getValue(this.moved, "i32");
  }
}

function check(call: string, code: number): void {
  if (code !== FatFs.FR_OK) throw new FatError(call, code);
}
