/** A file system with files of many sizes and names in folders, and what must be in it. */
import * as FatFs from "js-fatfs";
import { openFatFs } from "../../host/clients/fat-fs.js";
import { Prng } from "../../host/sdcard-emulator/prng.js";

const WORK_BYTES = 4096;
const PIECE_BYTES = 16_384;

export class FatTree {
  /** Bytes of each file that was synced; paths with slashes. */
  readonly files = new Map<string, Uint8Array>();
  /** The file that is being changed: nothing is demanded of it. */
  changing = "";
  private readonly volume: number;
  private readonly file: number;
  private readonly moved: number;
  private readonly buffer: number;

  private constructor(
    private readonly fatFs: FatFs.FatFs,
    private readonly chance: Prng,
  ) {
    this.volume = fatFs.malloc(FatFs.sizeof_FATFS);
    this.file = fatFs.malloc(FatFs.sizeof_FIL);
    this.moved = fatFs.malloc(4);
    this.buffer = fatFs.malloc(PIECE_BYTES);
  }

  static async open(disk: FatFs.DiskIO, seed: number): Promise<FatTree> {
    return new FatTree(await openFatFs(disk), new Prng(seed));
  }

  /** Makes and mounts a file system. @param clusterBytes 512: FAT16 on 4 MiB; 2048: FAT12 */
  format(clusterBytes: number): void {
    const work = this.fatFs.malloc(WORK_BYTES);
    const options = {
      fmt: FatFs.FM_FAT | FatFs.FM_SFD,
      n_fat: 2,
      align: 1,
      n_root: 64,
      au_size: clusterBytes,
    };
    this.check("f_mkfs", this.fatFs.f_mkfs("", options, work, WORK_BYTES));
    this.fatFs.free(work);
    this.check("f_mount", this.fatFs.f_mount(this.volume, "", 1));
  }

  makeFolder(path: string): void {
    this.check(`f_mkdir ${path}`, this.fatFs.f_mkdir(path));
  }

  /** Makes a file, or replaces one, of random bytes. */
  write(path: string, size: number): void {
    this.changing = path;
    const bytes = this.random(size);
    this.open(path, FatFs.FA_WRITE | FatFs.FA_CREATE_ALWAYS);
    this.append(bytes);
    this.close(path, bytes);
  }

  /** Overwrites part of a file in place. */
  overwrite(path: string, at: number, size: number): void {
    this.changing = path;
    const bytes = this.files.get(path)!.slice();
    bytes.set(this.random(size), at);
    this.open(path, FatFs.FA_WRITE);
    this.check("f_lseek", this.fatFs.f_lseek(this.file, at));
    this.append(bytes.subarray(at, at + size));
    this.close(path, bytes);
  }

  remove(path: string): void {
    this.changing = path;
    this.check(`f_unlink ${path}`, this.fatFs.f_unlink(path));
    this.files.delete(path);
    this.changing = "";
  }

  rename(from: string, to: string): void {
    this.changing = from;
    this.check(`f_rename ${from}`, this.fatFs.f_rename(from, to));
    this.files.set(to, this.files.get(from)!);
    this.files.delete(from);
    this.changing = "";
  }

  /** Files of 0 bytes to 60 KB, short and long names, folders in folders; some overwritten, renamed, removed. */
  fill(): void {
    this.makeFolder("LOGS");
    this.makeFolder("LOGS/2026");
    this.makeFolder("Pictures of the yard");
    for (const [i, size] of [0, 1, 511, 512, 513, 2048, 2049, 5000, 20_000, 60_000].entries()) {
      this.write(`SIZE${i}.BIN`, size);
      this.write(`LOGS/2026/day number ${i}.txt`, size >> 1);
    }
    this.write("Pictures of the yard/a name that takes several entries of the folder.jpeg", 33_333);
    this.remove("SIZE5.BIN");
    this.remove("LOGS/2026/day number 8.txt");
    this.write("SIZE8.BIN", 700);
    this.overwrite("SIZE9.BIN", 10_000, 12_345);
    this.write("LOGS/AGAIN.BIN", 15_000);
    this.rename("SIZE1.BIN", "LOGS/one byte.bin");
  }

  private open(path: string, mode: number): void {
    this.check(`f_open ${path}`, this.fatFs.f_open(this.file, path, mode));
  }

  private append(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length; at += PIECE_BYTES) {
      const piece = bytes.subarray(at, at + PIECE_BYTES);
      this.fatFs.HEAPU8.set(piece, this.buffer);
      this.check("f_write", this.fatFs.f_write(this.file, this.buffer, piece.length, this.moved));
      const written = this.fatFs.getValue(this.moved, "i32");
      if (written !== piece.length) throw new Error(`FatFs wrote ${written} of ${piece.length} bytes`);
    }
  }

  /** A file that is closed is synced. */
  private close(path: string, bytes: Uint8Array): void {
    this.check(`f_close ${path}`, this.fatFs.f_close(this.file));
    this.files.set(path, bytes);
    this.changing = "";
  }

  private random(size: number): Uint8Array {
    return Uint8Array.from({ length: size }, () => this.chance.next() & 0xff);
  }

  private check(call: string, code: number): void {
    if (code !== FatFs.FR_OK) throw new Error(`FatFs answers ${code} to ${call}`);
  }
}
