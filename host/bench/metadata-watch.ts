import { SECTOR_BYTES } from "../../assembly/layout.js";
import { BitmapRecords, type BitmapRecord } from "../campaign/oracle/bitmap-record.js";
import type { ArrayGeometry } from "../campaign/world/array-geometry.js";
import type { SectorContents } from "../sdcard-emulator/sector-contents.js";

/** Writes of metadata, as whoever carries the driver's commands to the cards sees them. */
export interface MetadataCounts {
  /** Sectors written in front of the data, on both cards together. */
  sectors: number;
  /** Different bitmap records among them. */
  records: number;
  /** Records that mark nothing which the record before had not marked, so that they were written only to clear. */
  clearRecords: number;
}

/** Counts the metadata that a driver writes. It asks the driver nothing: it reads what the cards are told to store. */
export class MetadataWatch {
  private counted: MetadataCounts = { sectors: 0, records: 0, clearRecords: 0 };
  private readonly records: BitmapRecords;
  private readonly newest = new Map<number, BitmapRecord>();

  /** @param memory of the driver: its own writes are sent from there */
  constructor(
    private readonly geometry: ArrayGeometry,
    private readonly contents: SectorContents,
    private readonly memory: Uint8Array,
  ) {
    this.records = new BitmapRecords(contents);
  }

  /** A card is told to write sectors of the driver's own. */
  ownWrite(sector: number, count: number, address: number): void {
    if (sector >= this.geometry.dataStart) return;
    this.counted.sectors += count;
    for (let at = 0; at < count; at++) {
      const record = this.records.of(this.contents.internSector(this.memory, address + at * SECTOR_BYTES));
      if (record !== null) this.noteRecord(record);
    }
  }

  /** What was counted since the last call. */
  take(): MetadataCounts {
    const { counted } = this;
    this.counted = { sectors: 0, records: 0, clearRecords: 0 };
    return counted;
  }

  private noteRecord(record: BitmapRecord): void {
    const before = this.newest.get(record.index);
    // In the serial scheme the second card gets the same record.
    if (before?.sequence === record.sequence) return;
    this.newest.set(record.index, record);
    this.counted.records++;
    const marksMore = record.marks.some((mark, region) => mark > (before?.marks[region] ?? 0));
    if (!marksMore) this.counted.clearRecords++;
  }
}
