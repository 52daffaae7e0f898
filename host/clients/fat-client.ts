import * as FatFs from "js-fatfs";
import type { Prng } from "../sdcard-emulator/prng.js";
import type { FatDisk } from "./fat-disk.js";
import { openFatFs } from "./fat-fs.js";
import type { FatModel } from "./fat-model.js";
import { FatVolume } from "./fat-volume.js";
import { FILE_ABSENT, type FileContents } from "./file-contents.js";

/** Files of a volume at most: the root directory has room for more, so that it never fills up. */
const FILES_MAX = 20;
const FILE_BYTES_MAX = 6000;
const PIECE_BYTES_MAX = 1400;
/** Between two changes the client rests up to this long, us: regions become clean only in peace. */
const REST_US = 40_000;

/** Makes a file system and changes files on it, seeded; every change ends with a sync, as FatFs does it. */
export class FatClient {
  private readonly files = new Map<string, Uint8Array>();
  private created = 0;

  private constructor(
    private readonly volume: FatVolume,
    private readonly disk: FatDisk,
    private readonly model: FatModel,
    private readonly fileContents: FileContents,
    private readonly prng: Prng,
  ) {}

  /** @param model is told what was synced and what is being changed */
  static async open(
    disk: FatDisk,
    model: FatModel,
    fileContents: FileContents,
    prng: Prng,
  ): Promise<FatClient> {
    return new FatClient(new FatVolume(await openFatFs(disk)), disk, model, fileContents, prng);
  }

  /** Makes and mounts the file system. */
  format(): void {
    this.volume.format();
    this.volume.mount();
  }

  /** One change of one file, and a rest. */
  change(): void {
    const name = this.anyName();
    const kind = this.below(100);
    if (name === null || (kind < 35 && this.files.size < FILES_MAX)) this.create();
    else if (kind < 60) this.append(name);
    else if (kind < 75) this.overwrite(name);
    else if (kind < 90) this.rename(name);
    else this.remove(name);
    if (this.below(100) < 60) this.disk.rest(this.below(REST_US));
  }

  private create(): void {
    const name = this.newName();
    const bytes = this.newBytes(1 + this.below(FILE_BYTES_MAX));
    this.model.touch(name);
    this.volume.open(name, FatFs.FA_WRITE | FatFs.FA_CREATE_NEW);
    this.writeInPieces(bytes);
    this.keep(name, bytes);
  }

  private append(name: string): void {
    const old = this.files.get(name)!;
    const added = this.newBytes(1 + this.below(PIECE_BYTES_MAX));
    this.model.touch(name);
    this.volume.open(name, FatFs.FA_WRITE | FatFs.FA_OPEN_APPEND);
    this.writeInPieces(added);
    const bytes = new Uint8Array(old.length + added.length);
    bytes.set(old);
    bytes.set(added, old.length);
    this.keep(name, bytes);
  }

  private overwrite(name: string): void {
    const bytes = this.files.get(name)!.slice();
    const at = this.below(bytes.length);
    const part = this.newBytes(Math.min(1 + this.below(PIECE_BYTES_MAX), bytes.length - at));
    bytes.set(part, at);
    this.model.touch(name);
    this.volume.open(name, FatFs.FA_WRITE);
    this.volume.seek(at);
    this.writeInPieces(part);
    this.keep(name, bytes);
  }

  private rename(from: string): void {
    const to = this.newName();
    const bytes = this.files.get(from)!;
    this.model.touch(from);
    this.model.touch(to);
    this.volume.rename(from, to);
    this.files.delete(from);
    this.files.set(to, bytes);
    this.model.settle(from, FILE_ABSENT);
    this.model.settle(to, this.fileContents.idOf(bytes));
  }

  private remove(name: string): void {
    this.model.touch(name);
    this.volume.remove(name);
    this.files.delete(name);
    this.model.settle(name, FILE_ABSENT);
  }

  private writeInPieces(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length; at += PIECE_BYTES_MAX) {
      this.volume.write(bytes.subarray(at, at + PIECE_BYTES_MAX));
    }
  }

  /** The open file is synced and closed: from now on it must survive. */
  private keep(name: string, bytes: Uint8Array): void {
    this.volume.sync();
    this.files.set(name, bytes);
    this.model.settle(name, this.fileContents.idOf(bytes));
    this.volume.close();
  }

  private anyName(): string | null {
    const names = [...this.files.keys()];
    return names.length === 0 ? null : names[this.below(names.length)]!;
  }

  private newName(): string {
    return `F${this.created++}.BIN`;
  }

  private newBytes(count: number): Uint8Array {
    return Uint8Array.from({ length: count }, () => this.prng.next() & 0xff);
  }

  private below(limit: number): number {
    return this.prng.next() % limit;
  }
}
