import { mkdtempSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { CardImage } from "../../../host/sdcard-emulator/card-image.js";
import { contentsSum, readRawImage, writeRawImage } from "../../../host/sdcard-emulator/image/raw-image.js";
import { SectorContents, UNREADABLE } from "../../../host/sdcard-emulator/sector-contents.js";

const SECTOR = 512;
const GIB_SECTORS = 2 ** 21;
const folder = mkdtempSync(path.join(tmpdir(), "raw-image-"));
afterAll(() => rmSync(folder, { recursive: true }));
const file = (name: string): string => path.join(folder, name);

function sectorOf(contents: SectorContents, byte: number): number {
  return contents.internSector(new Uint8Array(SECTOR).fill(byte), 0);
}

describe("a raw image", () => {
  it("holds the bytes of the sectors in their places, and zeros elsewhere", () => {
    const contents = new SectorContents();
    const media = new CardImage(10);
    media.set(0, sectorOf(contents, 7));
    media.set(9, sectorOf(contents, 9));
    media.set(4, UNREADABLE);
    writeRawImage(file("a"), media, contents);
    const expected = Buffer.alloc(10 * SECTOR);
    expected.fill(7, 0, SECTOR);
    expected.fill(9, 9 * SECTOR);
    expect(readFileSync(file("a")).equals(expected)).toBe(true);
  });

  it("is read as it was written, by whoever wrote it", () => {
    const bytes = Buffer.alloc(5000 * SECTOR);
    for (const at of [0, 1, 2047, 2048, 2049, 4999])
      bytes.fill(1 + (at % 200), at * SECTOR, at * SECTOR + 100);
    writeFileSync(file("b"), bytes);
    const contents = new SectorContents();
    const media = readRawImage(file("b"), contents);
    expect(media.sectors).toBe(5000);
    writeRawImage(file("b2"), media, contents);
    expect(readFileSync(file("b2")).equals(bytes)).toBe(true);
  });

  it("takes no room for zeros: a card of 8 GiB with three sectors is small on the disk and in memory", () => {
    const contents = new SectorContents();
    const media = new CardImage(8 * GIB_SECTORS);
    for (const sector of [3, 5_000_000, 8 * GIB_SECTORS - 1]) media.set(sector, sectorOf(contents, 1));
    writeRawImage(file("big"), media, contents);
    const { size, blocks } = statSync(file("big"));
    expect(size).toBe(8 * 2 ** 30);
    expect(blocks * 512).toBeLessThan(2 ** 20);
  });

  it("is a hole from end to end when nothing is written, and read at once", () => {
    const contents = new SectorContents();
    writeRawImage(file("hole"), new CardImage(GIB_SECTORS), contents);
    expect(statSync(file("hole")).blocks).toBe(0);
    const media = readRawImage(file("hole"), contents);
    expect([media.sectors, media.nextWritten(0)]).toEqual([GIB_SECTORS, -1]);
  });

  it("has one sum for the same bytes, whatever was read as an error, and another for other bytes or places", () => {
    const contents = new SectorContents();
    const media = new CardImage(8);
    media.set(2, sectorOf(contents, 1));
    const sum = contentsSum(media, contents);
    media.set(5, UNREADABLE);
    expect(contentsSum(media, contents)).toBe(sum);
    const moved = new CardImage(8);
    moved.set(3, sectorOf(contents, 1));
    expect(contentsSum(moved, contents)).not.toBe(sum);
    media.set(2, sectorOf(contents, 2));
    expect(contentsSum(media, contents)).not.toBe(sum);
  });

  it.each<[string, (name: string) => void, number | undefined, RegExp]>([
    ["that is not there", () => {}, undefined, /is not there: give the path of a raw image$/],
    ["that is empty", (name) => writeFileSync(name, ""), undefined, /has 0 bytes, and a card has 1 to/],
    ["with part of a sector", (name) => writeFileSync(name, "x".repeat(700)), undefined, /has 700 bytes/],
    [
      "that is cut off",
      (name) => {
        writeFileSync(name, "x".repeat(1024));
        truncateSync(name, 512);
      },
      2,
      /is cut off: it has 512 bytes, and the card 1024: copy the whole image again$/,
    ],
    [
      "that is too long",
      (name) => writeFileSync(name, "x".repeat(1536)),
      2,
      /is too long: it has 1536 bytes/,
    ],
  ])("is refused %s, by name and with the remedy", (what, make, sectors, message) => {
    const name = file(`bad ${what}`);
    make(name);
    const read = (): unknown => readRawImage(name, new SectorContents(), sectors);
    expect(read).toThrow(message);
    expect(read).toThrow(name);
  });
});
