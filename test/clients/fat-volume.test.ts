import * as FatFs from "js-fatfs";
import { describe, expect, it } from "vitest";
import { SECTOR_BYTES } from "../../assembly/layout.js";
import { tellGeometry } from "../../host/clients/fat-disk.js";
import { openFatFs } from "../../host/clients/fat-fs.js";
import { FatReader } from "../../host/clients/fat-listing.js";
import { FatError, FatVolume } from "../../host/clients/fat-volume.js";
import { FILE_BROKEN, FileContents } from "../../host/clients/file-contents.js";
import { SectorContents, UNREADABLE } from "../../host/sdcard-emulator/sector-contents.js";

const SECTORS = 512;

/** A disk in memory. */
function memoryDisk(bytes: Uint8Array): FatFs.DiskIO {
  return {
    initialize: () => 0,
    status: () => 0,
    read(fatFs, _drive, address, sector, count) {
      fatFs.HEAPU8.set(bytes.subarray(sector * SECTOR_BYTES, (sector + count) * SECTOR_BYTES), address);
      return FatFs.RES_OK;
    },
    write(fatFs, _drive, address, sector, count) {
      bytes.set(fatFs.HEAPU8.subarray(address, address + count * SECTOR_BYTES), sector * SECTOR_BYTES);
      return FatFs.RES_OK;
    },
    ioctl: (fatFs, _drive, command, address) =>
      command === FatFs.CTRL_SYNC ? FatFs.RES_OK : tellGeometry(fatFs, command, address, SECTORS),
  };
}

/** A volume with three files, and its bytes. */
async function volumeWithFiles(): Promise<{ volume: FatVolume; bytes: Uint8Array }> {
  const bytes = new Uint8Array(SECTORS * SECTOR_BYTES);
  const volume = new FatVolume(await openFatFs(memoryDisk(bytes)));
  volume.format();
  volume.mount();
  for (const [name, length] of [
    ["A.BIN", 10],
    ["B.BIN", 700],
    ["C.BIN", 1600],
  ] as const) {
    volume.open(name, FatFs.FA_WRITE | FatFs.FA_CREATE_NEW);
    volume.write(new Uint8Array(length).fill(length & 0xff));
    volume.sync();
    volume.close();
  }
  return { volume, bytes };
}

describe("a FAT volume", () => {
  it("gives back what was written, under the new name too", async () => {
    const { volume } = await volumeWithFiles();
    volume.rename("B.BIN", "D.BIN");
    volume.remove("A.BIN");
    expect(volume.names(9).toSorted()).toEqual(["C.BIN", "D.BIN"]);
    expect(volume.read("D.BIN", 1000)).toEqual(new Uint8Array(700).fill(700 & 0xff));
    expect(() => volume.read("A.BIN", 1000)).toThrow(FatError);
    expect(() => volume.read("C.BIN", 1000)).toThrow("1600 bytes are too many");
  });

  it("carries the same date on every day", async () => {
    const { bytes } = await volumeWithFiles();
    const entry = Buffer.from(bytes).indexOf("A       BIN");
    const date = new DataView(bytes.buffer).getUint16(entry + 24, true);
    expect(date).toBe(((2000 - 1980) << 9) | (1 << 5) | 1);
  });

  it("ends cleanly when the power is cut inside a call, and another one can be opened", async () => {
    const disk = memoryDisk(new Uint8Array(SECTORS * SECTOR_BYTES));
    let writes = 0;
    const cut = {
      ...disk,
      write: (...call: Parameters<typeof disk.write>) => {
        if (++writes > 1) throw new Error("power cut");
        return disk.write(...call);
      },
    };
    const volume = new FatVolume(await openFatFs(cut));
    expect(() => volume.format()).toThrow("power cut");
    const next = new FatVolume(await openFatFs(disk));
    next.format();
    next.mount();
    expect(next.names(9)).toEqual([]);
  });
});

describe("a FAT reader", () => {
  it("lists files, and tells damage from unreadable sectors", async () => {
    const { bytes } = await volumeWithFiles();
    const contents = new SectorContents();
    const files = new FileContents();
    const image = Int32Array.from({ length: SECTORS }, (_, i) =>
      contents.internSector(bytes, i * SECTOR_BYTES),
    );
    const reader = await FatReader.open(contents, files, SECTORS);

    const whole = reader.list(image);
    expect(whole).toMatchObject({ mountError: 0, unreadable: false });
    expect([...whole.files.keys()]).toEqual(["A.BIN", "B.BIN", "C.BIN"]);
    expect(whole.files.get("A.BIN")).toBe(files.idOf(new Uint8Array(10).fill(10)));

    const data = Buffer.from(bytes).lastIndexOf(Buffer.alloc(20, 1600 & 0xff));
    const torn = image.slice();
    torn[Math.floor(data / SECTOR_BYTES)] = UNREADABLE;
    const damaged = reader.list(torn);
    expect(damaged.unreadable).toBe(true);
    expect(damaged.files.get("C.BIN")).toBe(FILE_BROKEN);
    expect(damaged.files.get("B.BIN")).toBe(whole.files.get("B.BIN"));

    const blank = reader.list(new Int32Array(SECTORS).fill(1));
    expect(blank).toMatchObject({ mountError: FatFs.FR_NO_FILESYSTEM, unreadable: false });
    expect(reader.list(image)).toEqual(whole);
  });
});
