import { closeSync, ftruncateSync, openSync, readFileSync, statSync, writeSync } from "node:fs";
import { SECTOR_BYTES } from "../../assembly/layout.js";
import { CardImage } from "../sdcard-emulator/card-image.js";
import { UNREADABLE, type SectorContents } from "../sdcard-emulator/sector-contents.js";
import { InputError } from "../input-error.js";

/** An image file that cannot be used: one sentence with the remedy. */
export class ImageFileError extends InputError {
  override readonly name = "ImageFileError";
}

/** What fills an unreadable sector in an image file, which has no way to say that a sector reads as an error. */
export const UNREADABLE_FILL = 0xdb;
/** Larger images do not fit a table of contents anyway. */
const FILE_BYTES_MAX = 2 ** 31;

/** Reads a whole image; what the file has less than `sectors` reads as zeros. @throws ImageFileError */
export function readImageFile(file: string, sectors: number, contents: SectorContents): CardImage {
  let bytes: Uint8Array;
  try {
    const { size } = statSync(file);
    if (size > FILE_BYTES_MAX)
      throw new ImageFileError(`${file} has ${size} bytes: images of at most 2 GiB are read`);
    bytes = readFileSync(file);
  } catch (error) {
    if (error instanceof ImageFileError) throw error;
    throw new ImageFileError(
      `${file} cannot be read (${(error as Error).message}): give the path of an image`,
    );
  }
  if (bytes.length % SECTOR_BYTES !== 0) {
    throw new ImageFileError(
      `${file} has ${bytes.length} bytes: an image is whole sectors of ${SECTOR_BYTES}`,
    );
  }
  if (bytes.length > sectors * SECTOR_BYTES) {
    throw new ImageFileError(
      `${file} has ${bytes.length / SECTOR_BYTES} sectors and the card ${sectors}: take a larger card`,
    );
  }
  const image = new CardImage(sectors);
  for (let at = 0; at < bytes.length; at += SECTOR_BYTES) {
    image.set(at / SECTOR_BYTES, contents.internSector(bytes, at));
  }
  return image;
}

/**
 * Writes an image as a new, sparse file. @returns the sectors that read as errors; UNREADABLE_FILL is in their place
 */
export function writeImageFile(file: string, image: CardImage, contents: SectorContents): number[] {
  const unreadable: number[] = [];
  const bytes = new Uint8Array(SECTOR_BYTES);
  const handle = openSync(file, "w");
  try {
    ftruncateSync(handle, image.sectors * SECTOR_BYTES);
    for (const sector of image.written()) {
      const content = image.get(sector);
      if (content === UNREADABLE) {
        unreadable.push(sector);
        bytes.fill(UNREADABLE_FILL);
      } else {
        contents.copySector(content, bytes, 0);
      }
      writeSync(handle, bytes, 0, SECTOR_BYTES, sector * SECTOR_BYTES);
    }
  } finally {
    closeSync(handle);
  }
  return unreadable;
}
