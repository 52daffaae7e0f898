/**
 * Raw images: the bytes of a card's sectors, one after another, as `dd` reads them off a real one. Sparse both ways: what
 * is all zeros takes no room in the file where its file system has holes, and none in memory.
 */
import { createHash } from "node:crypto";
import { closeSync, fstatSync, fsyncSync, ftruncateSync, openSync, readSync, writeSync } from "node:fs";
import { SECTOR_BYTES } from "../../../assembly/layout.js";
import { CardImage, SECTORS_MAX } from "../card-image.js";
import { UNREADABLE, type SectorContents } from "../sector-contents.js";
import { CardImageError } from "./card-image-error.js";

/** Sectors that are read or written by one call: memory stays the same whatever the card's size. */
const PART_SECTORS = 2048;
const PART_BYTES = PART_SECTORS * SECTOR_BYTES;
const BYTES_MAX = SECTORS_MAX * SECTOR_BYTES;

/** Writes bytes to a file at a place, as `writeSync` does. */
export type FileWriter = (
  descriptor: number,
  bytes: Uint8Array,
  offset: number,
  length: number,
  position: number,
) => number;

/**
 * Reads a raw image.
 * @param sectors how many it must have; default: as many as the file has
 * @throws CardImageError for a file that cannot be read or is of another size
 */
export function readRawImage(file: string, contents: SectorContents, sectors?: number): CardImage {
  const descriptor = opened(file);
  try {
    const { size, blocks } = fstatSync(descriptor);
    checkSize(file, size, sectors);
    const media = new CardImage(size / SECTOR_BYTES);
    // A file without a single block of its own is a hole from end to end.
    if (blocks === 0) return media;
    const part = new Uint8Array(Math.min(size, PART_BYTES));
    const zeros = Buffer.alloc(part.length);
    for (let at = 0; at < size; at += part.length) {
      const length = readWhole(file, descriptor, part, Math.min(part.length, size - at), at);
      if (zeros.compare(part, 0, length, 0, length) === 0) continue;
      for (let i = 0; i < length; i += SECTOR_BYTES)
        media.set((at + i) / SECTOR_BYTES, contents.internSector(part, i));
    }
    return media;
  } finally {
    closeSync(descriptor);
  }
}

/**
 * Writes a raw image to a new file, down to the disk. Sectors that read as an error become zeros.
 * @param write for tests of a full disk
 * @throws Error as the file system does
 */
export function writeRawImage(
  file: string,
  media: CardImage,
  contents: SectorContents,
  write: FileWriter = writeSync,
): void {
  const descriptor = openSync(file, "w");
  try {
    ftruncateSync(descriptor, media.sectors * SECTOR_BYTES);
    const part = new Uint8Array(PART_BYTES);
    for (let sector = media.nextWritten(0); sector >= 0;) {
      const first = sector;
      let length = 0;
      // Neighbours go together; the next hole, or a full part, ends it.
      while (length < PART_BYTES && sector === first + length / SECTOR_BYTES) {
        copySector(media.get(sector), contents, part, length);
        length += SECTOR_BYTES;
        sector = media.nextWritten(sector + 1);
      }
      writeWhole(write, descriptor, part, length, first * SECTOR_BYTES);
    }
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/** SHA-256 over number (4 bytes, little endian) and bytes of every sector that a raw image has bytes of; hexadecimal. */
export function contentsSum(media: CardImage, contents: SectorContents): string {
  const hash = createHash("sha256");
  const bytes = new Uint8Array(SECTOR_BYTES);
  const number = new DataView(new ArrayBuffer(4));
  for (let sector = media.nextWritten(0); sector >= 0; sector = media.nextWritten(sector + 1)) {
    if (media.get(sector) === UNREADABLE) continue;
    number.setUint32(0, sector, true);
    copySector(media.get(sector), contents, bytes, 0);
    hash.update(new Uint8Array(number.buffer)).update(bytes);
  }
  return hash.digest("hex");
}

function copySector(content: number, contents: SectorContents, target: Uint8Array, at: number): void {
  if (content === UNREADABLE) target.fill(0, at, at + SECTOR_BYTES);
  else contents.copySector(content, target, at);
}

function opened(file: string): number {
  try {
    return openSync(file, "r");
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === "ENOENT";
    const why = missing ? "is not there" : `cannot be read (${(error as Error).message})`;
    throw new CardImageError(`${file} ${why}: give the path of a raw image`);
  }
}

function checkSize(file: string, size: number, sectors: number | undefined): void {
  if (sectors !== undefined && size !== sectors * SECTOR_BYTES) {
    const wanted = sectors * SECTOR_BYTES;
    const what = size < wanted ? "is cut off" : "is too long";
    throw new CardImageError(
      `${file} ${what}: it has ${size} bytes, and the card ${wanted}: copy the whole image again`,
    );
  }
  if (size === 0 || size % SECTOR_BYTES !== 0 || size > BYTES_MAX) {
    throw new CardImageError(
      `${file} has ${size} bytes, and a card has 1 to ${SECTORS_MAX} whole sectors of ${SECTOR_BYTES}: copy the whole image again`,
    );
  }
}

function readWhole(file: string, descriptor: number, target: Uint8Array, length: number, at: number): number {
  for (let done = 0; done < length;) {
    const read = readSync(descriptor, target, done, length - done, at + done);
    if (read === 0)
      throw new CardImageError(`${file} ended at byte ${at + done} while it was read: copy it again`);
    done += read;
  }
  return length;
}

function writeWhole(
  write: FileWriter,
  descriptor: number,
  bytes: Uint8Array,
  length: number,
  at: number,
): void {
  for (let done = 0; done < length;) done += write(descriptor, bytes, done, length - done, at + done);
}
