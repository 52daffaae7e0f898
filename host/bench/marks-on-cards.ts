import { BITMAP_SLOTS } from "../../assembly/layout.js";
import { BitmapRecords, type BitmapRecord } from "../campaign/oracle/bitmap-record.js";
import { slotSector } from "../campaign/oracle/mark-oracle.js";
import type { ArrayGeometry } from "../campaign/world/array-geometry.js";
import type { CardImage } from "../sdcard-emulator/card-image.js";
import type { SectorContents } from "../sdcard-emulator/sector-contents.js";

/**
 * What a power cut now would make recovery resynchronise: the marks of the newest durable record of each bitmap sector
 * on either card. The states in the driver's memory do not matter.
 */
export class MarksOnCards {
  private readonly records: BitmapRecords;
  private readonly counts = new WeakMap<BitmapRecord, number>();

  /** @param media durable contents of both cards, with ids of `contents` */
  constructor(
    private readonly geometry: ArrayGeometry,
    private readonly media: readonly CardImage[],
    contents: SectorContents,
  ) {
    this.records = new BitmapRecords(contents);
  }

  /** Marked regions. @throws Error for a bitmap sector without any valid record */
  count(): number {
    let marked = 0;
    for (let bitmapSector = 0; bitmapSector < this.geometry.bitmapSectors; bitmapSector++)
      marked += this.marksOf(this.newestRecord(bitmapSector));
    return marked;
  }

  private newestRecord(bitmapSector: number): BitmapRecord {
    let newest: BitmapRecord | null = null;
    for (const card of this.media) {
      for (let slot = 0; slot < BITMAP_SLOTS; slot++) {
        const record = this.records.of(card.get(slotSector(this.geometry, bitmapSector, slot)));
        if (record !== null && (newest === null || record.sequence > newest.sequence)) newest = record;
      }
    }
    if (newest === null) throw new Error(`bitmap sector ${bitmapSector} has no valid record on either card`);
    return newest;
  }

  private marksOf(record: BitmapRecord): number {
    let count = this.counts.get(record);
    if (count === undefined) {
      count = record.marks.reduce((sum, mark) => sum + mark, 0);
      this.counts.set(record, count);
    }
    return count;
  }
}
