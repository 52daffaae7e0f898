import type { FatListing } from "./fat-listing.js";
import { FILE_ABSENT } from "./file-contents.js";

interface KnownFile {
  /** FileContents number, or FILE_ABSENT for a file that was removed or renamed. */
  contents: number;
  /** Nothing has touched the file or its directory entry since it was synced. */
  settled: boolean;
}

/**
 * What must be on a FAT volume after a power cut: files whose last change was synced, and nothing more. FAT has no
 * journal: a file that is being changed, renamed or removed at the cut may be old, new, or damaged, on a perfect disk
 * too. All others must be untouched, because a change of one file rewrites what it shares with others (sectors of the
 * FAT and of the directory) with the others' part unchanged.
 */
export class FatModel {
  /** Changes whenever an answer of `complaint` may have changed. */
  version = 0;
  private readonly files = new Map<string, KnownFile>();

  /** Files that are there and settled. */
  get settledFiles(): number {
    let count = 0;
    for (const file of this.files.values()) if (file.settled && file.contents !== FILE_ABSENT) count++;
    return count;
  }

  /** A change of the file or its entry begins. */
  touch(name: string): void {
    this.version++;
    const file = this.files.get(name);
    if (file === undefined) this.files.set(name, { contents: FILE_ABSENT, settled: false });
    else file.settled = false;
  }

  /** A sync was acknowledged that makes these contents of the file safe: a FileContents number or FILE_ABSENT. */
  settle(name: string, contents: number): void {
    this.version++;
    this.files.set(name, { contents, settled: true });
  }

  /** What is missing or wrong on a volume that was mounted after a cut now, in one sentence; empty if nothing is. */
  complaint(listing: FatListing): string {
    for (const [name, { contents, settled }] of this.files) {
      if (!settled) continue;
      const found = listing.files.get(name) ?? FILE_ABSENT;
      if (found === contents) continue;
      if (listing.mountError !== 0)
        return `the volume cannot be mounted: FatFs answers ${listing.mountError}`;
      if (contents === FILE_ABSENT) return `${name} was removed and synced, and is there again`;
      if (found === FILE_ABSENT) return `${name} was synced, and is gone`;
      return `${name} was synced, and holds other bytes`;
    }
    return "";
  }
}
