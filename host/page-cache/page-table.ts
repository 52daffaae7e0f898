import type { SectorContents } from "../sdcard-emulator/sector-contents.js";
import { Page } from "./page.js";

/** Pages of one cache at most: the tables are walked by syncs and write-back passes. */
const PAGES_MAX = 65536;

/** The pages of one device, made when first needed, and the number of dirty ones. */
export class PageTable {
  readonly count: number;
  dirtyPages = 0;
  private pages: (Page | undefined)[];

  constructor(
    readonly sectors: number,
    readonly sectorsPerPage: number,
    private readonly contents: SectorContents,
  ) {
    if (!(Number.isInteger(sectorsPerPage) && sectorsPerPage > 0 && sectors > 0)) {
      throw new Error(
        `a page cache needs sectors and a whole page size, not ${sectors} in ${sectorsPerPage}s`,
      );
    }
    this.count = Math.ceil(sectors / sectorsPerPage);
    if (this.count > PAGES_MAX) {
      throw new Error(
        `${this.count} pages are more than the ${PAGES_MAX} of a page cache: take larger pages`,
      );
    }
    this.pages = Array.from({ length: this.count }, () => undefined);
  }

  /** The page, if anything ever happened to it. */
  find(number: number): Page | undefined {
    return this.pages[number];
  }

  page(number: number): Page {
    const known = this.pages[number];
    if (known !== undefined) return known;
    if (!(Number.isInteger(number) && number >= 0 && number < this.count)) {
      throw new Error(`page ${number} is outside the ${this.count} pages of the device`);
    }
    const sectors = Math.min(this.sectorsPerPage, this.sectors - number * this.sectorsPerPage);
    const page = new Page(number, sectors, this.sectorsPerPage, this.contents);
    this.pages[number] = page;
    return page;
  }

  markDirty(page: Page, nowUs: number): void {
    if (page.dirty) return;
    page.dirty = true;
    page.dirtySinceUs = nowUs;
    this.dirtyPages++;
  }

  markClean(page: Page): void {
    if (!page.dirty) return;
    page.dirty = false;
    this.dirtyPages--;
  }

  /** Memory is gone. Buffers that a card still transfers live on outside the table, so that they disturb nobody. */
  forgetAll(): void {
    this.pages.fill(undefined);
    this.dirtyPages = 0;
  }
}
