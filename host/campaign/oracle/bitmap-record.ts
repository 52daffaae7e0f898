import {
  BITMAP_CRC_AT,
  BITMAP_INDEX_AT,
  BITMAP_MAGIC,
  BITMAP_MAGIC_AT,
  BITMAP_MARKED_AT,
  BITMAP_SEQUENCE_AT,
  BITMAP_VERSION_AT,
  FORMAT_VERSION,
  REGIONS_PER_BITMAP_SECTOR,
  SECTOR_BYTES,
} from "../../../assembly/layout.js";
import { UNREADABLE, type SectorContents } from "../../sdcard-emulator/sector-contents.js";

/** A valid bitmap record, as the oracle reads it. */
export interface BitmapRecord {
  readonly index: number;
  readonly sequence: number;
  /** One byte a region of this bitmap sector: 1 = marked. */
  readonly marks: Uint8Array;
}

/** The oracle's own CRC32C, bit by bit (RFC 3720 appendix B.4). */
export function crc32c(bytes: Uint8Array, length: number): number {
  let crc = 0xffffffff;
  for (let i = 0; i < length; i++) {
    crc ^= bytes[i]!;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ ((crc & 1) === 0 ? 0 : 0x82f63b78);
  }
  return ~crc >>> 0;
}

/** Decodes bitmap records by content id; each content is decoded once. */
export class BitmapRecords {
  private readonly known = new Map<number, BitmapRecord | null>();
  private readonly bytes = new Uint8Array(SECTOR_BYTES);
  private readonly view = new DataView(this.bytes.buffer);

  constructor(private readonly contents: SectorContents) {}

  /** The record that a content id stands for, or null if it is none. */
  of(content: number): BitmapRecord | null {
    let record = this.known.get(content);
    if (record === undefined) {
      record = this.decode(content);
      this.known.set(content, record);
    }
    return record;
  }

  private decode(content: number): BitmapRecord | null {
    if (content === UNREADABLE) return null;
    this.contents.copySector(content, this.bytes, 0);
    const word = (at: number): number => this.view.getUint32(at, true);
    if (word(BITMAP_MAGIC_AT) !== BITMAP_MAGIC || word(BITMAP_VERSION_AT) !== FORMAT_VERSION) return null;
    if (word(BITMAP_CRC_AT) !== crc32c(this.bytes, BITMAP_CRC_AT)) return null;
    const marks = new Uint8Array(REGIONS_PER_BITMAP_SECTOR);
    for (let region = 0; region < marks.length; region++) {
      marks[region] = (this.bytes[BITMAP_MARKED_AT + (region >> 3)]! >> (region & 7)) & 1;
    }
    return { index: word(BITMAP_INDEX_AT), sequence: word(BITMAP_SEQUENCE_AT), marks };
  }
}
