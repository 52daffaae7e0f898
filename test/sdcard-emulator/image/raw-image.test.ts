import * as fs from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { CardImage } from "../../../host/sdcard-emulator/card-image.js";
import { FaultOverlay } from "../../../host/sdcard-emulator/fault-overlay.js";
import { loadImage, saveImage } from "../../../host/sdcard-emulator/image/raw-image.js";
import type { ImageFiles } from "../../../host/sdcard-emulator/image/replaced-files.js";
import { SectorContents } from "../../../host/sdcard-emulator/sector-contents.js";

const SECTOR = 512;
/** 256 MiB, so that a file that is not sparse is noticed. */
const SECTORS = 512 * 1024;
const SMALL = 4096;

const folder = fs.mkdtempSync(path.join(tmpdir(), "raw-image-"));
const file = path.join(folder, "card.img");
afterAll(() => fs.rmSync(folder, { recursive: true }));
beforeEach(() => {
  for (const name of fs.readdirSync(folder)) fs.rmSync(path.join(folder, name), { recursive: true });
});

const sectorOf = (n: number): Uint8Array => Uint8Array.from({ length: SECTOR }, (_, i) => n * 7 + i);

function imageWith(contents: SectorContents, sectors: number, written: readonly number[]): CardImage {
  const image = new CardImage(sectors);
  for (const sector of written) image.set(sector, contents.internSector(sectorOf(sector), 0));
  return image;
}

function bytesAt(image: CardImage, contents: SectorContents, sector: number): Uint8Array {
  const bytes = new Uint8Array(SECTOR);
  contents.copySector(image.get(sector), bytes, 0);
  return bytes;
}

describe("a raw image", () => {
  it("comes back as it was, under other content ids", () => {
    const contents = new SectorContents();
    const written = [0, 1, 2, 255, 256, 700, ...Array.from({ length: 900 }, (_, i) => 2000 + i), SMALL - 1];
    saveImage(file, imageWith(contents, SMALL, written), contents);
    const others = new SectorContents();
    others.internSector(sectorOf(99), 0);
    const loaded = loadImage(file, others, { sectors: SMALL });
    for (let sector = 0; sector < SMALL; sector++) {
      const expected = written.includes(sector) ? sectorOf(sector) : new Uint8Array(SECTOR);
      if (!Buffer.from(bytesAt(loaded, others, sector)).equals(expected)) throw new Error(`sector ${sector}`);
    }
    const raw = fs.readFileSync(file);
    expect(raw.length).toBe(SMALL * SECTOR);
    expect(new Uint8Array(raw.subarray(700 * SECTOR, 701 * SECTOR))).toEqual(sectorOf(700));
  });

  it("is sparse: of 256 MiB only what was written is written out, and kept when it is read", () => {
    const contents = new SectorContents();
    let bytes = 0;
    const counting: ImageFiles = {
      ...fs,
      writeSync: ((...args: Parameters<typeof fs.writeSync>) => {
        const done = fs.writeSync(...args);
        bytes += done;
        return done;
      }) as typeof fs.writeSync,
    };
    const written = [5, 300_000, SECTORS - 1];
    saveImage(file, imageWith(contents, SECTORS, written), contents, { files: counting });
    expect(bytes).toBe(3 * SECTOR);
    const { size, blocks } = fs.statSync(file);
    expect(size).toBe(SECTORS * SECTOR);
    expect(blocks * SECTOR).toBeLessThan(1 << 20);
    const loaded = loadImage(path.join(folder, "card.img"), contents);
    expect(loaded.nextWritten(6)).toBe(300_000);
    // Of 2,048 chunks three were written.
    expect(loaded.sharedChunks(new CardImage(SECTORS))).toBe(SECTORS / 256 - 3);
  });

  it("holds what a damaged sector held before, and refuses one of which nothing is known", () => {
    const contents = new SectorContents();
    const media = imageWith(contents, SMALL, [7]);
    const overlay = new FaultOverlay();
    overlay.damage(7, media.get(7), "latent");
    media.set(7, 0);
    saveImage(file, media, contents, { overlay });
    expect(bytesAt(loadImage(file, contents), contents, 7)).toEqual(sectorOf(7));
    expect(() => saveImage(file, media, contents)).toThrow(
      /card\.img can't hold sector 7, which reads as an error/,
    );
  });

  it.each([
    [
      "cut short",
      SMALL * SECTOR - SECTOR,
      SMALL,
      /card\.img was cut short: it has 2096640 bytes, and its card 2097152; copy/,
    ],
    ["too long", SMALL * SECTOR + SECTOR, SMALL, /card\.img is too long/],
    ["of no whole sectors", 1000, undefined, /card\.img has 1000 bytes, which are no whole sectors of 512/],
    ["empty", 0, undefined, /card\.img is no image of a card: a card image has 1 to 134217728 sectors/],
  ])("that is %s is refused", (_, bytes, sectors, message) => {
    fs.writeFileSync(file, "");
    fs.truncateSync(file, bytes);
    const options = sectors === undefined ? {} : { sectors };
    expect(() => loadImage(file, new SectorContents(), options)).toThrow(message);
  });

  it("that is not there is refused", () => {
    expect(() => loadImage(file, new SectorContents())).toThrow(
      /card\.img can't be read: there is no such file/,
    );
  });

  it.each(["writeSync", "fsyncSync", "ftruncateSync", "renameSync"] as const)(
    "leaves the old file whole when %s finds the disk full",
    (failing) => {
      const contents = new SectorContents();
      saveImage(file, imageWith(contents, SMALL, [1]), contents);
      const before = fs.readFileSync(file);
      let calls = 0;
      const full: ImageFiles = {
        ...fs,
        [failing]: (...args: unknown[]) => {
          // Of several writes the second one fails, with the first one done.
          if (failing === "writeSync" && calls++ === 0)
            return (fs.writeSync as (...a: unknown[]) => number)(...args);
          throw Object.assign(new Error("ENOSPC"), { code: "ENOSPC" });
        },
      };
      expect(() => saveImage(file, imageWith(contents, SMALL, [1, 9]), contents, { files: full })).toThrow(
        /card\.img can't be saved: no space left on its disk; free some space/,
      );
      expect(fs.readFileSync(file).equals(before)).toBe(true);
      expect(fs.readdirSync(folder)).toEqual(["card.img"]);
    },
  );

  // 1,025 sectors: neither the image nor its last part ends where a page of a disk does.
  it.each([
    ["where the system reads past its cache", () => fs],
    [
      "where it does not",
      () => ({
        ...fs,
        openSync: ((name: string, flags: string | number) => {
          if (flags !== "r") throw Object.assign(new Error("EINVAL"), { code: "EINVAL" });
          return fs.openSync(name, flags);
        }) as typeof fs.openSync,
      }),
    ],
    [
      "where it refuses that in the middle",
      () => {
        const refusing = new Set<number>();
        let reads = 0;
        return {
          ...fs,
          openSync: ((name: string, flags: string | number) => {
            const fd = fs.openSync(name, flags);
            if (flags !== "r") refusing.add(fd);
            return fd;
          }) as typeof fs.openSync,
          readSync: ((fd: number, ...rest: [Uint8Array, number, number, number]) => {
            if (refusing.has(fd) && ++reads > 1) throw Object.assign(new Error("EINVAL"), { code: "EINVAL" });
            return fs.readSync(fd, ...rest);
          }) as typeof fs.readSync,
        };
      },
    ],
  ])("is read to its last sector %s, and the file is closed", (_, filesOf) => {
    const contents = new SectorContents();
    const written = [0, 511, 512, 1023, 1024];
    saveImage(file, imageWith(contents, 1025, written), contents);
    const files = filesOf();
    const open = new Set<number>();
    const watched = {
      ...files,
      openSync: ((name: string, flags: string | number) => {
        const fd = files.openSync(name, flags);
        open.add(fd);
        return fd;
      }) as typeof fs.openSync,
      closeSync: (fd: number) => {
        open.delete(fd);
        files.closeSync(fd);
      },
    };
    const loaded = loadImage(file, contents, { files: watched });
    expect([...loaded.written()]).toEqual(written);
    for (const sector of written) expect(bytesAt(loaded, contents, sector)).toEqual(sectorOf(sector));
    expect(open.size).toBe(0);
  });

  it("goes on after a short write", () => {
    const contents = new SectorContents();
    const short: ImageFiles = {
      ...fs,
      writeSync: ((fd: number, bytes: Uint8Array, at: number, length: number, place: number) =>
        fs.writeSync(fd, bytes, at, Math.min(length, 700), place)) as typeof fs.writeSync,
    };
    saveImage(file, imageWith(contents, SMALL, [3, 4, 5]), contents, { files: short });
    const loaded = loadImage(file, contents);
    for (const sector of [3, 4, 5]) expect(bytesAt(loaded, contents, sector)).toEqual(sectorOf(sector));
  });
});

describe("a fork of a card of 72 MiB with contents", () => {
  it("copies no chunk, and one for each that is written afterwards", () => {
    const sectors = 72 * 2048;
    const contents = new SectorContents();
    const image = new CardImage(sectors);
    for (let sector = 0; sector < sectors; sector++) {
      image.set(sector, contents.sectorOf(contents.stamp((sector & 1023) + 1), 0));
    }
    const fork = image.fork();
    const chunks = sectors / 256;
    expect(fork.sharedChunks(image)).toBe(chunks);
    fork.set(1000, 1);
    fork.set(1001, 1);
    image.set(50_000, 1);
    expect(fork.sharedChunks(image)).toBe(chunks - 2);
    expect(image.get(1000)).not.toBe(1);
    expect(fork.get(50_000)).not.toBe(1);
  });
});
