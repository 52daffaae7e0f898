import { REGIONS_MAX, REGION_SHIFT_MAX, SECTOR_BYTES } from "../../assembly/layout.js";
import { FilesAside } from "./files-aside.js";
import { EXIT_BAD_INPUT, ImageRefusal } from "./image-refusal.js";
import { runIn, type ImageCommand, type ImageToolOptions, type ImageToolRun } from "./image-tool.js";

export interface NewImages {
  /** Of each image, bytes; whole sectors. */
  readonly sizeBytes: number;
  /** Of a region, bytes; without it the smallest of 64 KiB or more with which the bitmap covers the image. */
  readonly regionBytes?: number;
  /** Between two metadata areas, bytes; without it 64 KiB. */
  readonly strideBytes?: number;
  /** 32 hexadecimal digits; random without it. */
  readonly arrayId?: string;
  /** Whether files that exist may be replaced. */
  readonly overwrite?: boolean;
}

const REGION_BYTES_DEFAULT = 64 * 1024;
const REGION_BYTES_MAX = SECTOR_BYTES << REGION_SHIFT_MAX;
/** Sector numbers are 32 bits wide. */
const SIZE_BYTES_MAX = 0xffff_ffff * SECTOR_BYTES;

/**
 * Makes two sparse files of the same size and a new array on them. They are made aside and moved into place when
 * complete: on any failure nothing is left behind, and a file that was there before is still there.
 * @returns what the tool printed; exit code 2 and one sentence for everything that can't be done
 */
export async function createImages(
  images: readonly [string, string],
  wanted: NewImages,
  options: ImageToolOptions = {},
): Promise<ImageToolRun> {
  let files: FilesAside | undefined;
  try {
    const command = formatCommand(images[0], wanted);
    files = new FilesAside(images, wanted.overwrite ?? false);
    files.make(wanted.sizeBytes);
    const run = await runIn({ paths: images, folders: files.folders() }, command, options);
    if (run.exitCode === 0) files.moveIntoPlace();
    return run;
  } catch (error) {
    if (!(error instanceof ImageRefusal)) throw error;
    return { exitCode: EXIT_BAD_INPUT, stdout: new Uint8Array(0), stderr: `${error.message}\n` };
  } finally {
    files?.cleanUp();
  }
}

function formatCommand(image: string, wanted: NewImages): ImageCommand {
  const { sizeBytes, regionBytes = defaultRegionBytes(sizeBytes), strideBytes, arrayId } = wanted;
  if (sizeBytes > SIZE_BYTES_MAX) {
    throw new ImageRefusal(`${image} can't have ${sizeBytes} bytes; take at most ${SIZE_BYTES_MAX} bytes`);
  }
  sectorsOf(image, "a size", sizeBytes);
  const command: [string, ...string[]] = ["format", "--region-sectors"];
  command.push(String(sectorsOf(image, "regions", regionBytes)));
  if (strideBytes !== undefined) {
    command.push("--stride", String(sectorsOf(image, "a stride", strideBytes)));
  }
  if (arrayId !== undefined) command.push("--array-id", arrayId);
  return command;
}

function defaultRegionBytes(sizeBytes: number): number {
  let bytes = REGION_BYTES_DEFAULT;
  while (bytes < REGION_BYTES_MAX && sizeBytes / bytes > REGIONS_MAX) bytes *= 2;
  return bytes;
}

function sectorsOf(image: string, what: string, bytes: number): number {
  const sectors = bytes / SECTOR_BYTES;
  if (Number.isInteger(sectors) && sectors > 0) return sectors;
  throw new ImageRefusal(
    `${image} can't have ${what} of ${bytes} bytes; take whole sectors of ${SECTOR_BYTES} bytes, at least one`,
  );
}
