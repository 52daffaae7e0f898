/**
 * Contents of a card as a raw image file, sector after sector, as dd writes them. The file is sparse: what was never
 * written is a hole. Memory is bounded by one buffer and the distinct contents.
 */
import * as nodeFiles from "node:fs";
import { SECTOR_BYTES } from "../../../assembly/layout.js";
import { fileErrorMeaning } from "../../wasi/file-error.js";
import { CardImage } from "../card-image.js";
import type { FaultOverlay } from "../fault-overlay.js";
import { UNREADABLE, type SectorContents } from "../sector-contents.js";
import { CardImageError } from "./card-image-error.js";
import { ImageReader, READ_BYTES } from "./image-reader.js";
import { replaceFiles, writeWhole, type FreshFile, type ImageFiles } from "./replaced-files.js";

export interface SaveImageOptions {
  /** The card's damage: sectors that read as an error are saved as what they held before. Default: there is none. */
  readonly overlay?: FaultOverlay;
  readonly files?: ImageFiles;
}

export interface LoadImageOptions {
  /** How many sectors the image must have; default: as many as the file has. */
  readonly sectors?: number;
  readonly files?: ImageFiles;
}

const READ_SECTORS = READ_BYTES / SECTOR_BYTES;
const BUFFER_SECTORS = 512;
const BUFFER_BYTES = BUFFER_SECTORS * SECTOR_BYTES;
/**
 * Saves an image, aside first and then in place of what was there.
 * @throws CardImageError when the disk refuses or is full, or for a sector that reads as an error and is not in `overlay`;
 * the old file is whole then, and nothing is left beside it
 */
export function saveImage(
  file: string,
  media: CardImage,
  contents: SectorContents,
  { overlay, files = nodeFiles }: SaveImageOptions = {},
): void {
  const image = overlay === undefined ? media : overlay.pristine(media);
  replaceFiles([freshImage(file, image, contents, files)], files);
}

/** An image as a file that is to be. */
export function freshImage(
  file: string,
  image: CardImage,
  contents: SectorContents,
  files: ImageFiles,
): FreshFile {
  return {
    file,
    write: (fd) => {
      files.ftruncateSync(fd, image.sectors * SECTOR_BYTES);
      writeSectors(files, fd, file, image, contents);
    },
  };
}

/**
 * Loads an image. A hole is read as zeros through the one buffer, because Node cannot ask for holes, and is not kept; on Linux
 * past the system's cache, ten times as fast.
 * @throws CardImageError for a file that cannot be read, or has no whole number of sectors or another size than it must
 */
export function loadImage(
  file: string,
  contents: SectorContents,
  { sectors, files = nodeFiles }: LoadImageOptions = {},
): CardImage {
  try {
    const reader = new ImageReader(files, file);
    try {
      const image = imageOfSize(file, files.fstatSync(reader.fd).size, sectors);
      readSectors(reader, file, image, contents);
      return image;
    } finally {
      reader.close();
    }
  } catch (error) {
    if (error instanceof CardImageError) throw error;
    throw new CardImageError(`${file} can't be read: ${fileErrorMeaning(error)}`);
  }
}

function writeSectors(
  files: ImageFiles,
  fd: number,
  file: string,
  image: CardImage,
  contents: SectorContents,
): void {
  const buffer = new Uint8Array(BUFFER_BYTES);
  for (let first = image.nextWritten(0); first >= 0;) {
    // As many sectors as lie side by side and fit.
    let count = 0;
    let next = first;
    while (next === first + count && count < BUFFER_SECTORS) {
      const content = image.get(next);
      if (content === UNREADABLE) {
        throw new CardImageError(
          `${file} can't hold sector ${next}, which reads as an error: save it with the card's overlay, or write the sector first`,
        );
      }
      contents.copySector(content, buffer, count * SECTOR_BYTES);
      count++;
      next = image.nextWritten(next + 1);
    }
    writeWhole(files, fd, buffer, count * SECTOR_BYTES, first * SECTOR_BYTES);
    first = next;
  }
}

function imageOfSize(file: string, bytes: number, wanted: number | undefined): CardImage {
  const sectors = bytes / SECTOR_BYTES;
  if (wanted !== undefined && sectors !== wanted) {
    const how = sectors < wanted ? "was cut short" : "is too long";
    throw new CardImageError(
      `${file} ${how}: it has ${bytes} bytes, and its card ${wanted * SECTOR_BYTES}; copy it again`,
    );
  }
  if (!Number.isInteger(sectors)) {
    throw new CardImageError(
      `${file} has ${bytes} bytes, which are no whole sectors of ${SECTOR_BYTES}: it was cut short; copy it again`,
    );
  }
  try {
    return new CardImage(sectors);
  } catch (error) {
    throw new CardImageError(`${file} is no image of a card: ${(error as Error).message}; give another file`);
  }
}

function readSectors(reader: ImageReader, file: string, image: CardImage, contents: SectorContents): void {
  const { buffer } = reader;
  const zeros = Buffer.alloc(READ_BYTES);
  for (let first = 0; first < image.sectors; first += READ_SECTORS) {
    const count = Math.min(READ_SECTORS, image.sectors - first);
    const bytes = count * SECTOR_BYTES;
    if (reader.read(first * SECTOR_BYTES, bytes) < bytes)
      throw new CardImageError(`${file} became shorter while it was read; load it again`);
    if (buffer.compare(zeros, 0, bytes, 0, bytes) === 0) continue;
    for (let i = 0; i < count; i++) image.set(first + i, contents.internSector(buffer, i * SECTOR_BYTES));
  }
}
