/** New files that are written aside first and then put in place: all of them, or none. */
import * as nodeFiles from "node:fs";
import { fileErrorMeaning } from "../../wasi/file-error.js";
import { CardImageError } from "./card-image-error.js";

/** The file functions that are used: Node's, or a test's that fail. Spelt out, so that users need no types of Node. */
export interface ImageFiles {
  closeSync(fd: number): void;
  fstatSync(fd: number): { readonly size: number };
  fsyncSync(fd: number): void;
  ftruncateSync(fd: number, length: number): void;
  openSync(path: string, flags: string | number): number;
  readSync(fd: number, bytes: Uint8Array, offset: number, length: number, position: number): number;
  renameSync(from: string, to: string): void;
  rmSync(path: string, options?: { readonly force: boolean }): void;
  writeSync(fd: number, bytes: Uint8Array, offset: number, length: number, position: number): number;
}

/** A file as it is to be. */
export interface FreshFile {
  readonly file: string;
  readonly write: (fd: number) => void;
}

/** Beside a file until it is complete. */
const UNFINISHED = ".unfinished";
/** The file that was there before, until all are replaced. */
const KEPT = ".kept";
const PERMISSIONS = 0o7777;

/**
 * Writes files aside, down to the disk, and then moves them in place in the same order.
 * @throws CardImageError that names the file, when the disk refuses or is full; all are then as they were
 */
export function replaceFiles(fresh: readonly FreshFile[], files: ImageFiles = nodeFiles): void {
  const leftovers: string[] = [];
  const undo: (() => void)[] = [];
  let at = "";
  try {
    for (const { file, write } of fresh) {
      at = file;
      const fd = files.openSync(file + UNFINISHED, "w");
      leftovers.push(file + UNFINISHED);
      try {
        takeMode(file, file + UNFINISHED);
        write(fd);
        files.fsyncSync(fd);
      } finally {
        files.closeSync(fd);
      }
    }
    for (const [index, { file }] of fresh.entries()) {
      at = file;
      // The last one needs no way back.
      const isLast = index === fresh.length - 1;
      const kept = isLast || !nodeFiles.existsSync(file) ? null : file + KEPT;
      if (kept !== null) {
        nodeFiles.linkSync(file, kept);
        leftovers.push(kept);
      }
      files.renameSync(file + UNFINISHED, file);
      undo.push(() => (kept === null ? files.rmSync(file) : nodeFiles.renameSync(kept, file)));
    }
  } catch (error) {
    for (const step of undo.toReversed()) step();
    if (error instanceof CardImageError) throw error;
    throw new CardImageError(`${at} can't be saved: ${fileErrorMeaning(error)}`);
  } finally {
    for (const name of leftovers) files.rmSync(name, { force: true });
  }
}

/** Who may read and write the new file is who might with the old one, if there is one. */
function takeMode(old: string, fresh: string): void {
  const mode = modeOf(old);
  if (mode !== null && mode !== modeOf(fresh)) nodeFiles.chmodSync(fresh, mode);
}

function modeOf(file: string): number | null {
  const stats = nodeFiles.statSync(file, { throwIfNoEntry: false });
  return stats === undefined ? null : stats.mode & PERMISSIONS;
}

/** Writes all bytes at a place of an open file. */
export function writeWhole(
  files: ImageFiles,
  fd: number,
  bytes: Uint8Array,
  length: number,
  position: number,
): void {
  for (let done = 0; done < length;) done += files.writeSync(fd, bytes, done, length - done, position + done);
}
