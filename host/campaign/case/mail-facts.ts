import { CARD_WRITE, REGIONS_PER_BITMAP_SECTOR } from "../../../assembly/layout.js";
import { BitmapRecords, type BitmapRecord } from "../oracle/bitmap-record.js";
import type { CutMoment } from "../search/cut-explorer.js";
import { newestRecord, recordWrites, type RecordWrite } from "./record-writes.js";
import type { Replayed } from "./replay.js";
import type { ScenarioEvent } from "../world/scenario-event.js";

type WriteEvent = Extract<ScenarioEvent, { kind: "write" }>;
type ModifiedEvent = Extract<ScenarioEvent, { kind: "modified" }>;

/** What one card did with the sector in one write. */
export interface SectorOnCard {
  /** When it took the first half of the sector. */
  readonly taken: CutMoment;
  /** When it answered. */
  readonly ended: CutMoment;
  /** What it took, and what was left of that after the cut. */
  readonly tookContent: number;
  readonly keptContent: number;
}

/** The facts of a region that was cleared although its cards differ, or came to differ. */
export interface MailFacts {
  readonly sector: number;
  readonly region: number;
  /** The last write of the sector before the region was cleared. */
  readonly write: WriteEvent;
  readonly cards: readonly [SectorOnCard, SectorOnCard];
  /** The store that made the cards take different bytes; null if they took the same. */
  readonly store: ModifiedEvent | null;
  /** The record that cleared the region. */
  readonly clear: RecordWrite;
  /** The record that recovery believes, and the cards that hold it. */
  readonly believed: BitmapRecord;
  readonly believedOn: readonly number[];
  /** A later write of the sector that had begun before the cut, if there was one. */
  readonly nextWrite: WriteEvent | null;
}

/**
 * Reads the facts out of a replay; null when it is no story of a cleared region: no cut, no clear after a finished
 * write, or the region was marked.
 */
export function mailFacts(replayed: Replayed): MailFacts | null {
  const { violation, outcome, events, geometry, contents } = replayed;
  if (violation === null || outcome === null || violation.sector < 0) return null;
  if (!violation.promises.includes("P1")) return null;
  const { sector } = violation;
  const region = sector >> geometry.regionShift;
  const bitmapSector = Math.floor(region / REGIONS_PER_BITMAP_SECTOR);
  const records = new BitmapRecords(contents);
  const read = (member: number, at: number): number => outcome.images[member]!.get(at);
  const newest = newestRecord(read, records, geometry, bitmapSector);
  if (newest === null) return null;
  const isMarked = ({ record }: RecordWrite): boolean =>
    record.marks[region % REGIONS_PER_BITMAP_SECTOR] === 1;
  const all = recordWrites(events, records, contents, geometry);
  const upToBelieved = all.slice(0, all.findIndex(({ record }) => record === newest.record) + 1);
  const ofSector = upToBelieved.filter(({ record }) => record.index === bitmapSector);
  const at = ofSector.findLastIndex((write, i) => i > 0 && !isMarked(write) && isMarked(ofSector[i - 1]!));
  if (at < 0 || ofSector.slice(at).some(isMarked)) return null;
  const clear = ofSector[at]!;
  const clearedAt = events.indexOf(firstOf(clear.taken) as ScenarioEvent);
  const writes = events.filter(
    (event): event is WriteEvent =>
      event.kind === "write" && covers(event.sector, event.contents.length, sector),
  );
  const isDone = (write: WriteEvent): boolean => {
    const doneAt = events.findIndex(
      (event) => event.kind === "write-done" && event.writeId === write.writeId,
    );
    return doneAt >= 0 && doneAt < clearedAt;
  };
  const write = writes.findLast(isDone);
  if (write === undefined) return null;
  const during = events.slice(events.indexOf(write), clearedAt);
  const a = onCard(replayed, during, 0, sector);
  const b = onCard(replayed, during, 1, sector);
  if (a === null || b === null) return null;
  return {
    sector,
    region,
    write,
    cards: [a, b],
    store: a.tookContent === b.tookContent ? null : decisiveStore(during, write, sector, a, b),
    clear,
    believed: newest.record,
    believedOn: newest.members,
    nextWrite: writes.find((later) => events.indexOf(later) > events.indexOf(write)) ?? null,
  };
}

function onCard(
  { geometry, outcome }: Replayed,
  during: readonly ScenarioEvent[],
  member: number,
  sector: number,
): SectorOnCard | null {
  const cardSector = geometry.dataStart + sector;
  const taken = during.find(
    (event) => event.kind === "sample" && event.member === member && event.cardSector === cardSector,
  );
  const ended = during.find(
    (event) =>
      event.kind === "card-done" &&
      event.member === member &&
      event.operation === CARD_WRITE &&
      covers(event.cardSector, event.count, cardSector),
  );
  if (taken === undefined || ended?.kind !== "card-done") return null;
  const tookContent = ended.contents[cardSector - ended.cardSector]!;
  return { taken, ended, tookContent, keptContent: outcome!.images[member]!.get(cardSector) };
}

/** The first store after which the buffer held what the later card took; without one, the first of the write. */
function decisiveStore(
  during: readonly ScenarioEvent[],
  write: WriteEvent,
  sector: number,
  a: SectorOnCard,
  b: SectorOnCard,
): ModifiedEvent | null {
  const stores = during.filter(
    (event): event is ModifiedEvent =>
      event.kind === "modified" && event.writeId === write.writeId && event.sector === sector,
  );
  const isTaken = ({ content }: ModifiedEvent): boolean =>
    content === a.tookContent || content === b.tookContent;
  return stores.findLast(isTaken) ?? stores[0] ?? null;
}

function firstOf([a, b]: RecordWrite["taken"]): CutMoment {
  if (a === null || b === null) return (a ?? b)!;
  return a.timeUs <= b.timeUs ? a : b;
}

function covers(first: number, count: number, sector: number): boolean {
  return sector >= first && sector < first + count;
}
