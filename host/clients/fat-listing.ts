import * as FatFs from "js-fatfs";
import { SECTOR_BYTES } from "../../assembly/layout.js";
import { UNREADABLE, type SectorContents } from "../sdcard-emulator/sector-contents.js";
import { tellGeometry } from "./fat-disk.js";
import { openFatFs } from "./fat-fs.js";
import { FatError, FatVolume } from "./fat-volume.js";
import { FILE_BROKEN, type FileContents } from "./file-contents.js";

/** What a FAT volume shows when it is mounted. */
export interface FatListing {
  /** FR_... of f_mount or of the root directory; 0 = mounted. */
  readonly mountError: number;
  /** FileContents number of each file in the root directory, or FILE_BROKEN. */
  readonly files: ReadonlyMap<string, number>;
  /** A sector that was needed is a read error. */
  readonly unreadable: boolean;
}

/** A damaged directory may show anything: the root of these volumes has 64 entries. */
const NAMES_MAX = 64;
const FILE_BYTES_MAX = 1 << 20;

/** Mounts volumes and reads all their files. One FatFs serves any number of images, one after the other. */
export class FatReader {
  private readonly disk: ImageDisk;
  private readonly volume: FatVolume;

  private constructor(
    disk: ImageDisk,
    fatFs: FatFs.FatFs,
    private readonly fileContents: FileContents,
  ) {
    this.disk = disk;
    this.volume = new FatVolume(fatFs);
  }

  /** @param sectors of each volume */
  static async open(
    contents: SectorContents,
    fileContents: FileContents,
    sectors: number,
  ): Promise<FatReader> {
    const disk = new ImageDisk(contents, sectors);
    return new FatReader(disk, await openFatFs(disk), fileContents);
  }

  /** @param image content id of each sector of the volume, UNREADABLE for read errors */
  list(image: Int32Array): FatListing {
    const { disk, volume } = this;
    disk.image = image;
    disk.unreadable = false;
    const files = new Map<string, number>();
    const mountError = this.tryNames(files);
    for (const name of files.keys()) files.set(name, this.contentsOf(name));
    volume.tryMount(); // closes what a damaged file has left open
    return { mountError, files, unreadable: disk.unreadable };
  }

  private tryNames(files: Map<string, number>): number {
    const mounted = this.volume.tryMount();
    if (mounted !== FatFs.FR_OK) return mounted;
    try {
      for (const name of this.volume.names(NAMES_MAX)) files.set(name, FILE_BROKEN);
    } catch (error) {
      if (error instanceof FatError) return error.code;
      throw error;
    }
    return FatFs.FR_OK;
  }

  private contentsOf(name: string): number {
    try {
      return this.fileContents.idOf(this.volume.read(name, FILE_BYTES_MAX));
    } catch (error) {
      if (error instanceof FatError) return FILE_BROKEN;
      throw error;
    }
  }
}

/** A disk that cannot be written to. */
class ImageDisk implements FatFs.DiskIO {
  image: Int32Array = new Int32Array(0);
  unreadable = false;

  constructor(
    private readonly contents: SectorContents,
    private readonly sectors: number,
  ) {}

  initialize(): number {
    return FatFs.STA_PROTECT;
  }

  status(): number {
    return FatFs.STA_PROTECT;
  }

  read(fatFs: FatFs.FatFs, _drive: number, address: number, sector: number, count: number): number {
    if (sector + count > this.sectors) return FatFs.RES_PARERR;
    for (let i = 0; i < count; i++) {
      const content = this.image[sector + i]!;
      if (content === UNREADABLE) {
        this.unreadable = true;
        return FatFs.RES_ERROR;
      }
      this.contents.copySector(content, fatFs.HEAPU8, address + i * SECTOR_BYTES);
    }
    return FatFs.RES_OK;
  }

  write(): number {
    return FatFs.RES_WRPRT;
  }

  ioctl(fatFs: FatFs.FatFs, _drive: number, command: number, address: number): number {
    return tellGeometry(fatFs, command, address, this.sectors);
  }
}
