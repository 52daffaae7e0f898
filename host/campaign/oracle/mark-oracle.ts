import {
  AREA_BITMAP_SLOT_0,
  BITMAP_SERIAL,
  BITMAP_SINGLE,
  BITMAP_SLOTS,
  MEMBERS,
  REGIONS_PER_BITMAP_SECTOR,
} from "../../../assembly/layout.js";
import type { ArrayGeometry } from "../world/array-geometry.js";
import type { BitmapRecord, BitmapRecords } from "./bitmap-record.js";

/** Reads a sector of a member's image. */
export type ImageReader = (member: number, sector: number) => number;

/** Card sector of a slot of a bitmap sector. */
export function slotSector(geometry: ArrayGeometry, bitmapSector: number, slot: number): number {
  return geometry.baseSector + (AREA_BITMAP_SLOT_0 + slot) * geometry.metadataStride + bitmapSector;
}

/**
 * P6 from the outside. Three questions:
 * - which regions may a recovery of these images resynchronise? Those of the newest valid record on either card. With
 *   both cards present no fault up to F2 leaves that record in doubt, so a whole bitmap sector is never the answer;
 * - may the driver mark this region? Only if something was written to it since it was last seen unmarked;
 * - may the driver copy into this region? Only if the newest record that it has begun to write marks it.
 */
export class MarkOracle {
  /** 1 for each region written since a record left it unmarked. */
  private readonly written: Uint8Array;
  /** Marks of the newest record that the driver has begun to write. */
  private readonly marked: Uint8Array;
  private readonly newest: Int32Array;
  /** 1 for each region that was ever empty: its first write waits for zeros, and for a record of its own. */
  private readonly emptied: Uint8Array;
  /** A member is missing or being rebuilt, or sectors go bad: marks have reasons beyond what was written. */
  excused = false;
  /** A member is missing or being rebuilt: copies have too. A bad sector is none, what mends it is marked like any write. */
  copiesExcused = false;

  constructor(
    private readonly geometry: ArrayGeometry,
    private readonly records: BitmapRecords,
    /** Whether a cut may destroy records that were durable (F3): then a whole bitmap sector may be in doubt. */
    private readonly destroys = false,
    /** BITMAP_... of the array. */
    private readonly scheme: number = BITMAP_SERIAL,
  ) {
    this.written = new Uint8Array(geometry.regions);
    this.marked = new Uint8Array(geometry.regions);
    this.emptied = new Uint8Array(geometry.regions);
    this.newest = new Int32Array(geometry.bitmapSectors);
  }

  /** A boot begins on these images: what they say is marked may stay so. */
  bootedFrom(read: ImageReader): void {
    for (let region = 0; region < this.geometry.regions; region++) {
      this.marked[region] = this.mayResync(read, region) ? 1 : 0;
    }
    this.written.fill(0);
    this.newest.fill(0);
  }

  /** The array was formatted empty: no region was ever written. */
  unwritten(): void {
    this.emptied.fill(1);
  }

  /** Sectors are given back: a write that waits for that has its region marked anew. */
  discardSubmitted(sector: number, count: number): void {
    const shift = this.geometry.regionShift;
    for (let region = sector >> shift; region <= (sector + count - 1) >> shift; region++)
      this.emptied[region] = 1;
  }

  /** The layer above is about to submit a write. */
  writeSubmitted(sector: number, count: number): void {
    const shift = this.geometry.regionShift;
    for (let region = sector >> shift; region <= (sector + count - 1) >> shift; region++)
      this.written[region] = 1;
  }

  /**
   * The driver begins to write a record (to its first card; the second is the same one).
   * @returns a region marked for no reason, or -1
   */
  recordWritten(record: BitmapRecord): number {
    if (record.sequence === this.newest[record.index]) return -1;
    this.newest[record.index] = record.sequence;
    const first = record.index * REGIONS_PER_BITMAP_SECTOR;
    const end = Math.min(first + REGIONS_PER_BITMAP_SECTOR, this.geometry.regions);
    for (let region = first; region < end; region++) {
      const mark = record.marks[region - first]!;
      if (mark === 1 && this.marked[region] === 0 && this.written[region] === 0 && !this.excused)
        return region;
      if (mark === 0 && this.emptied[region] === 0) this.written[region] = 0;
      this.marked[region] = mark;
    }
    return -1;
  }

  /**
   * The driver copies data sectors from one card to the other.
   * @returns a region of them that the newest record begun does not mark, or -1
   */
  copyWritten(sector: number, count: number): number {
    if (this.copiesExcused) return -1;
    const shift = this.geometry.regionShift;
    for (let region = sector >> shift; region <= (sector + count - 1) >> shift; region++) {
      if (this.marked[region] === 0 && this.emptied[region] === 0) return region;
    }
    return -1;
  }

  /** Whether a recovery of the images may resynchronise the region. */
  mayResync(read: ImageReader, region: number): boolean {
    const bitmapSector = Math.floor(region / REGIONS_PER_BITMAP_SECTOR);
    let newest: BitmapRecord | null = null;
    for (let member = 0; member < MEMBERS; member++) {
      for (let slot = 0; slot < BITMAP_SLOTS; slot++) {
        const record = this.recordIn(read, member, bitmapSector, slot);
        if (record !== null && (newest === null || record.sequence > newest.sequence)) newest = record;
      }
    }
    if (
      (this.destroys || this.excused) &&
      (newest === null || this.isInDoubt(read, bitmapSector, newest.sequence + 1))
    )
      return true;
    return newest !== null && newest.marks[region % REGIONS_PER_BITMAP_SECTOR] === 1;
  }

  /** Whether a record of this sequence may have been durable, and is destroyed. */
  private isInDoubt(read: ImageReader, bitmapSector: number, sequence: number): boolean {
    for (let member = 0; member < MEMBERS; member++) {
      if (this.recordIn(read, member, bitmapSector, this.slotOf(sequence)) !== null) return false;
    }
    return true;
  }

  /** In the scheme `single` the cards take turns, and each of them has two slots. */
  private slotOf(sequence: number): number {
    const turn = this.scheme === BITMAP_SINGLE ? Math.floor(sequence / MEMBERS) : sequence;
    return turn % BITMAP_SLOTS;
  }

  private recordIn(
    read: ImageReader,
    member: number,
    bitmapSector: number,
    slot: number,
  ): BitmapRecord | null {
    const record = this.records.of(read(member, slotSector(this.geometry, bitmapSector, slot)));
    if (record === null || record.index !== bitmapSector) return null;
    return this.slotOf(record.sequence) === slot ? record : null;
  }
}
