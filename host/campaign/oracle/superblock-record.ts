import {
  AREA_SUPERBLOCK_0,
  FORMAT_VERSION,
  SECTOR_BYTES,
  SUPERBLOCK_ARRAY_ID_AT,
  SUPERBLOCK_COPIES,
  SUPERBLOCK_CRC_AT,
  SUPERBLOCK_MAGIC,
  SUPERBLOCK_MAGIC_AT,
  SUPERBLOCK_VERSION_AT,
} from "../../../assembly/layout.js";
import { superblockFields, type CardSuperblock } from "../../mirror/card-superblock.js";
import { UNREADABLE, type SectorContents } from "../../sdcard-emulator/sector-contents.js";
import type { ArrayGeometry } from "../world/array-geometry.js";
import { crc32c } from "./bitmap-record.js";

/** A valid superblock, as the oracle reads it. */
export type SuperblockRecord = CardSuperblock;

/** Decodes superblocks by content id; each content is decoded once. */
export class SuperblockRecords {
  private readonly known = new Map<number, SuperblockRecord | null>();
  private readonly bytes = new Uint8Array(SECTOR_BYTES);
  private readonly view = new DataView(this.bytes.buffer);

  constructor(
    private readonly contents: SectorContents,
    private readonly geometry: ArrayGeometry,
  ) {}

  /** The superblock that counts on a card: the valid copy with the greater sequence; null if there is none. */
  onCard(read: (sector: number) => number): SuperblockRecord | null {
    let newest: SuperblockRecord | null = null;
    for (let copy = 0; copy < SUPERBLOCK_COPIES; copy++) {
      const { baseSector, metadataStride } = this.geometry;
      const record = this.of(read(baseSector + (AREA_SUPERBLOCK_0 + copy) * metadataStride));
      if (record === null) continue;
      if (newest === null || ((record.sequence - newest.sequence) | 0) > 0) newest = record;
    }
    return newest;
  }

  /** The same sector with another array id, if it is a superblock: changed in place, checksum included. */
  ofAnotherArray(bytes: Uint8Array): Uint8Array {
    const view = new DataView(bytes.buffer, bytes.byteOffset);
    if (view.getUint32(SUPERBLOCK_MAGIC_AT, true) !== SUPERBLOCK_MAGIC) return bytes;
    view.setUint32(SUPERBLOCK_ARRAY_ID_AT, ~view.getUint32(SUPERBLOCK_ARRAY_ID_AT, true) >>> 0, true);
    view.setUint32(SUPERBLOCK_CRC_AT, crc32c(bytes, SUPERBLOCK_CRC_AT), true);
    return bytes;
  }

  private of(content: number): SuperblockRecord | null {
    let record = this.known.get(content);
    if (record === undefined) {
      record = this.decode(content);
      this.known.set(content, record);
    }
    return record;
  }

  private decode(content: number): SuperblockRecord | null {
    if (content === UNREADABLE) return null;
    this.contents.copySector(content, this.bytes, 0);
    const word = (at: number): number => this.view.getUint32(at, true);
    if (word(SUPERBLOCK_MAGIC_AT) !== SUPERBLOCK_MAGIC) return null;
    if (word(SUPERBLOCK_VERSION_AT) !== FORMAT_VERSION) return null;
    if (word(SUPERBLOCK_CRC_AT) !== crc32c(this.bytes, SUPERBLOCK_CRC_AT)) return null;
    return superblockFields(word);
  }
}
