import { AREA_BITMAP_SLOT_0, AREA_DATA, CARD_WRITE, MEMBERS } from "../../../assembly/layout.js";
import { UNREADABLE, ZERO_PIECE, type SectorContents } from "../../sdcard-emulator/sector-contents.js";
import type { ArrayGeometry } from "../world/array-geometry.js";
import type { BitmapRecord, BitmapRecords } from "../oracle/bitmap-record.js";
import type { CutMoment } from "../search/cut-explorer.js";
import type { ScenarioEvent } from "../world/scenario-event.js";

/** A bitmap record on its way to both cards. */
export interface RecordWrite {
  readonly record: BitmapRecord;
  /** When each card had taken it whole; null for a card that had not. */
  readonly taken: [CutMoment | null, CutMoment | null];
  /** When each card answered; null for a card that had not: a cut may then leave it or not. */
  readonly ended: [CutMoment | null, CutMoment | null];
}

/** Whether a card sector belongs to a bitmap slot. */
export function isBitmapSector(geometry: ArrayGeometry, cardSector: number): boolean {
  const area = Math.floor((cardSector - geometry.baseSector) / geometry.metadataStride);
  return area >= AREA_BITMAP_SLOT_0 && area < AREA_DATA;
}

/**
 * The bitmap records that a card took, in the order in which one first did. Those of one `records` can be compared by
 * identity.
 */
export function recordWrites(
  events: readonly ScenarioEvent[],
  records: BitmapRecords,
  contents: SectorContents,
  geometry: ArrayGeometry,
): RecordWrite[] {
  const writes: RecordWrite[] = [];
  const writeOf = (content: number): RecordWrite | null => {
    const record = content === UNREADABLE ? null : records.of(content);
    if (record === null) return null;
    // The same bytes are the same object; a sequence number can come again when a cut took the first record with it.
    let write = writes.find(({ record: known }) => known === record);
    if (write === undefined) writes.push((write = { record, taken: [null, null], ended: [null, null] }));
    return write;
  };
  const firstPieces = [ZERO_PIECE, ZERO_PIECE];
  for (const event of events) {
    if (event.kind !== "sample" && event.kind !== "card-done") continue;
    if (!isBitmapSector(geometry, event.cardSector)) continue;
    if (event.kind === "card-done") {
      if (event.operation !== CARD_WRITE) continue;
      for (const content of event.contents) {
        const write = writeOf(content);
        if (write !== null) write.ended[event.member] ??= event;
      }
    } else if (event.piece === 0) {
      firstPieces[event.member] = event.pieceId;
    } else {
      const write = writeOf(contents.sectorOf(firstPieces[event.member]!, event.pieceId));
      if (write !== null) write.taken[event.member] ??= event;
    }
  }
  return writes;
}

/** The newest valid record of a bitmap sector on two images, and the cards that hold it. */
export function newestRecord(
  read: (member: number, sector: number) => number,
  records: BitmapRecords,
  geometry: ArrayGeometry,
  bitmapSector: number,
): { readonly record: BitmapRecord; readonly members: readonly number[] } | null {
  let newest: BitmapRecord | null = null;
  let members: number[] = [];
  for (let member = 0; member < MEMBERS; member++) {
    for (let sector = geometry.baseSector; sector < geometry.dataStart; sector++) {
      if (!isBitmapSector(geometry, sector)) continue;
      const record = records.of(read(member, sector));
      if (record === null || record.index !== bitmapSector) continue;
      if (newest !== null && record.sequence < newest.sequence) continue;
      if (newest === null || record.sequence > newest.sequence) members = [];
      newest = record;
      members.push(member);
    }
  }
  return newest === null ? null : { record: newest, members };
}
