import {
  closeSync,
  ftruncateSync,
  lstatSync,
  mkdtempSync,
  openSync,
  realpathSync,
  renameSync,
  rmSync,
} from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { fileErrorMeaning } from "./file-error.js";
import { ImageRefusal } from "./image-refusal.js";

/**
 * New files that are made aside, in a folder beside the place where they belong, and moved there when all of them are
 * complete. Until then nothing at those places is touched.
 */
export class FilesAside {
  private readonly places: string[] = [];
  /** Folder aside by the real folder that it lies in. */
  private readonly asides = new Map<string, string>();

  /**
   * @param files paths as the user gave them
   * @param overwrite whether files that exist may be replaced
   * @throws ImageRefusal when a path can't be used
   */
  constructor(
    private readonly files: readonly string[],
    private readonly overwrite: boolean,
  ) {
    for (const file of files) {
      const folder = attempt(file, () => realpathSync(resolve(dirname(file))));
      const place = join(folder, basename(file));
      if (this.places.includes(place)) throw new ImageRefusal(`${file} is given twice; give two paths`);
      this.refuseTaken(file, place);
      this.places.push(place);
    }
  }

  /**
   * Makes every file, sparse.
   * @throws ImageRefusal when the disk refuses
   */
  make(sizeBytes: number): void {
    this.places.forEach((place, i) => {
      attempt(this.files[i]!, () => {
        const folder = dirname(place);
        if (!this.asides.has(folder)) this.asides.set(folder, mkdtempSync(join(folder, ".syncgate-")));
        const fd = openSync(this.asideOf(place), "wx");
        try {
          ftruncateSync(fd, sizeBytes);
        } finally {
          closeSync(fd);
        }
      });
    });
  }

  /** The folders aside, by the name that the user wrote for the place of each. */
  folders(): Record<string, string> {
    return Object.fromEntries(
      this.files.map((file, i) => [dirname(file), this.asides.get(dirname(this.places[i]!))!]),
    );
  }

  /**
   * Moves every file to its place, or none.
   * @throws ImageRefusal when one can't be moved
   */
  moveIntoPlace(): void {
    const undo: (() => void)[] = [];
    this.places.forEach((place, i) => {
      try {
        const aside = this.asideOf(place);
        // Once more: somebody may have taken the place meanwhile, and what is moved away is removed later.
        if (this.refuseTaken(this.files[i]!, place)) {
          renameSync(place, `${aside}.replaced`);
          undo.push(() => renameSync(`${aside}.replaced`, place));
        }
        renameSync(aside, place);
        undo.push(() => renameSync(place, aside));
      } catch (error) {
        for (const step of undo.toReversed()) step();
        if (error instanceof ImageRefusal) throw error;
        throw new ImageRefusal(`${this.files[i]!} can't be put in place: ${fileErrorMeaning(error)}`);
      }
    });
  }

  /** Removes what lies aside: the new files if they were not moved, else those that they replaced. */
  cleanUp(): void {
    for (const aside of this.asides.values()) rmSync(aside, { recursive: true, force: true });
  }

  /** Whether a file that may be replaced is at the place. @throws ImageRefusal when something else is */
  private refuseTaken(file: string, place: string): boolean {
    const there = attempt(file, () => lstatSync(place, { throwIfNoEntry: false }));
    if (there === undefined) return false;
    if (!there.isFile()) {
      throw new ImageRefusal(`${file} is there and is no plain file; give another path or remove it`);
    }
    if (!this.overwrite) {
      throw new ImageRefusal(`${file} exists; give another path, or --force to replace it`);
    }
    return true;
  }

  private asideOf(place: string): string {
    return join(this.asides.get(dirname(place))!, basename(place));
  }
}

function attempt<T>(file: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    throw new ImageRefusal(`${file} can't be made: ${fileErrorMeaning(error)}`);
  }
}
