import {
  CARD_FLUSH,
  CARD_READ,
  MEMBER_ADD,
  MEMBER_FAIL,
  MEMBER_REINITIALISED,
  MEMBER_REMOVE,
  MEMBER_REPLACE,
  REGIONS_PER_BITMAP_SECTOR,
  SCRUB_STOP,
  STATUS_OK,
} from "../../../assembly/layout.js";
import {
  SYNC_DIRTY_ONLY,
  SYNC_FAILS,
  SYNC_WITHOUT_FLUSH,
  SYNC_WITH_FLUSH,
} from "../../page-cache/whole-sync.js";
import { UNREADABLE, ZERO_PIECE, type SectorContents } from "../../sdcard-emulator/sector-contents.js";
import type { ArrayGeometry } from "../world/array-geometry.js";
import { BitmapRecords } from "../oracle/bitmap-record.js";
import { isBitmapSector } from "./record-writes.js";
import type { ScenarioEvent } from "../world/scenario-event.js";
import {
  ACTION_CARD,
  ACTION_DIRECT,
  ACTION_DIRECT_STORE,
  ACTION_DISCARD,
  ACTION_FORGET,
  ACTION_FUA,
  ACTION_MEMBER,
  ACTION_OVERWRITE,
  ACTION_READ,
  ACTION_SCRUB,
  ACTION_STORE,
  ACTION_SYNC,
  END_ONE,
  END_POWER,
  END_RESET,
  END_SKEW,
  END_STOP,
  HAPPENS_FAILS,
  HAPPENS_INSERTED,
  HAPPENS_PULLED,
  HAPPENS_REINITIALISES,
  HAPPENS_SILENT,
  HAPPENS_SPOILS,
  type Action,
} from "../world/scenario.js";
import type { ValueNames } from "./value-names.js";

/** Where in a timeline an event stands: in the layer above, or at a card (its member number). */
export type EventColumn = "above" | 0 | 1;

/** An event in a few plain words. */
export interface WordedEvent {
  readonly column: EventColumn;
  readonly text: string;
}

/** Names of the cards, by member. */
export const CARD_NAMES = ["card A", "card B"] as const;

const SYNC_WORDS = new Map([
  [SYNC_WITH_FLUSH, "sync"],
  [SYNC_WITHOUT_FLUSH, "sync without flush"],
  [SYNC_FAILS, "failing sync"],
  [SYNC_DIRTY_ONLY, "sync of dirty pages"],
]);

const END_WORDS = new Map([
  [END_POWER, "power cut"],
  [END_RESET, "controller reset, cards keep power"],
  [END_STOP, "array stopped, then power off"],
  [END_SKEW, "power cut, one card later than the other"],
  [END_ONE, "controller reset, one card loses power"],
]);
const HAPPENING_WORDS = new Map([
  [HAPPENS_SILENT, "falls silent"],
  [HAPPENS_FAILS, "dies, and fails every command"],
  [HAPPENS_REINITIALISES, "initialises itself anew"],
  [HAPPENS_SPOILS, "has a sector gone bad"],
  [HAPPENS_PULLED, "is pulled out"],
  [HAPPENS_INSERTED, "is put in"],
]);
const COMMAND_WORDS = new Map([
  [MEMBER_FAIL, "fail"],
  [MEMBER_REMOVE, "remove"],
  [MEMBER_ADD, "add"],
  [MEMBER_REPLACE, "replace"],
  [MEMBER_REINITIALISED, "drop, for it was initialised anew,"],
]);

/** Says in words what happened. The events of one run must be given in their order. */
export class EventWords {
  private readonly records: BitmapRecords;
  /** What the buffer of each data sector that was written held last. */
  private readonly buffers = new Map<number, number>();
  /** The first half of the sector that each card takes. */
  private readonly firstPieces = [ZERO_PIECE, ZERO_PIECE];

  constructor(
    private readonly geometry: ArrayGeometry,
    private readonly contents: SectorContents,
    private readonly names: ValueNames,
  ) {
    this.records = new BitmapRecords(contents);
  }

  /** null for what says nothing to a person. */
  of(event: ScenarioEvent): WordedEvent | null {
    switch (event.kind) {
      case "boot":
        this.buffers.clear();
        return above(`boot ${event.boot} begins`);
      case "assembled":
        return above(event.status === STATUS_OK ? "array assembled" : `assembly: status ${event.status}`);
      case "boot-end":
        return above(END_WORDS.get(event.topology) ?? "the boot ends");
      case "action":
        return above(actionWords(event.action, event.done));
      case "write": {
        event.contents.forEach((content, i) => this.buffers.set(event.sector + i, content));
        const values = event.contents.map((content, i) => this.names.name(event.sector + i, content));
        return above(`write ${sectors(event.sector, values.length)} begins: ${values.join(", ")}`);
      }
      case "modified":
        this.buffers.set(event.sector, event.content);
        return above(`buffer of sector ${event.sector} now ${this.names.name(event.sector, event.content)}`);
      case "write-done":
        return above(`write ${sectors(event.sector, event.count)} done${failed(event.status)}`);
      case "flush":
        return above("flush begins");
      case "flush-done":
        return above(`flush done${failed(event.status)}`);
      case "read":
        return above(`sector ${event.sector} reads ${this.names.name(event.sector, event.content)}`);
      case "sync-request":
        return above("driver asks for a sync");
      case "sync-done":
        return above(`${SYNC_WORDS.get(event.syncKind) ?? "sync"} done${failed(event.status)}`);
      case "sample":
        return this.sampleWords(event);
      case "card-done":
        return this.cardWords(event);
    }
  }

  private sampleWords(event: Extract<ScenarioEvent, { kind: "sample" }>): WordedEvent | null {
    const { member, cardSector, piece, pieceId } = event;
    const column = columnOf(member);
    if (piece === 0) this.firstPieces[member] = pieceId;
    const sector = cardSector - this.geometry.dataStart;
    if (sector >= 0)
      return { column, text: `takes half ${piece + 1} of ${this.takenName(sector, piece, pieceId)}` };
    if (piece === 0 || !isBitmapSector(this.geometry, cardSector)) return null;
    const content = this.contents.sectorOf(this.firstPieces[member]!, pieceId);
    return { column, text: `takes ${this.recordName(content)}` };
  }

  /** Named by what the buffer holds at this moment, because other contents may have the same piece. */
  private takenName(sector: number, piece: number, pieceId: number): string {
    const content = this.buffers.get(sector);
    const isBuffer = content !== undefined && this.contents.pieceOf(content, piece) === pieceId;
    return isBuffer ? `sector ${sector}: ${this.names.name(sector, content)}` : `sector ${sector}`;
  }

  private cardWords(event: Extract<ScenarioEvent, { kind: "card-done" }>): WordedEvent | null {
    const column = columnOf(event.member);
    const { cardSector, count, contents } = event;
    const sector = cardSector - this.geometry.dataStart;
    if (event.operation === CARD_FLUSH) return { column, text: `flush done${failed(event.status)}` };
    if (event.operation === CARD_READ) {
      return sector < 0 ? null : { column, text: `read ${sectors(sector, count)}${failed(event.status)}` };
    }
    if (sector >= 0) {
      const values = contents.map((content, i) => this.names.name(sector + i, content));
      return { column, text: `has ${sectors(sector, count)}: ${values.join(", ")}` };
    }
    if (!isBitmapSector(this.geometry, cardSector)) return { column, text: "has a superblock" };
    return { column, text: `has ${this.recordName(contents[0]!)}` };
  }

  private recordName(content: number): string {
    const record = content === UNREADABLE ? null : this.records.of(content);
    if (record === null) return "an invalid record";
    const marked: number[] = [];
    record.marks.forEach((mark, i) => {
      if (mark === 1) marked.push(record.index * REGIONS_PER_BITMAP_SECTOR + i);
    });
    const marks = marked.length === 0 ? "no region marked" : `marks ${marked.join(" ")}`;
    return `record ${record.sequence}: ${marks}`;
  }
}

function actionWords({ kind, page, sector, piece, amount }: Action, done: boolean): string {
  const half = `half ${piece + 1}`;
  switch (kind) {
    case ACTION_STORE: {
      const late = amount === 0 ? "" : `, dirty flag ${amount} us late`;
      const place = sector === 0 ? `page ${page}` : `page ${page}, sector ${sector}`;
      return `thread stores ${half} of ${place}${late}${done ? "" : " (waits)"}`;
    }
    case ACTION_OVERWRITE:
      return `thread stores the whole of page ${page}${done ? "" : " (waits)"}`;
    case ACTION_FORGET:
      return `page ${page} is forgotten${amount === 0 ? " if settled" : ""}`;
    case ACTION_SYNC:
      return `application: ${SYNC_WORDS.get(amount) ?? "sync"}`;
    case ACTION_READ:
      return `thread reads page ${page}`;
    case ACTION_DIRECT:
      return `direct write of ${sectors(page, amount)}`;
    case ACTION_DIRECT_STORE:
      return `thread stores ${half} of direct sector ${sector}`;
    case ACTION_MEMBER:
      return `person: ${COMMAND_WORDS.get(amount) ?? "command for"} ${CARD_NAMES[page === 0 ? 0 : 1]}`;
    case ACTION_CARD: {
      const card =
        amount === HAPPENS_INSERTED ? `card ${sector} in slot ${page}` : CARD_NAMES[page === 0 ? 0 : 1];
      return `${card} ${HAPPENING_WORDS.get(amount) ?? "changes"}`;
    }
    case ACTION_DISCARD:
      return `discard of ${sectors(page, amount)}${done ? "" : " (refused)"}`;
    case ACTION_FUA:
      return `durable write of ${sectors(page, amount)}${done ? "" : " (refused)"}`;
    case ACTION_SCRUB:
      return amount === SCRUB_STOP ? "scrub ends" : `scrub from region ${page} on`;
    default:
      throw new Error(`action kind ${kind} has no words`);
  }
}

function sectors(first: number, count: number): string {
  return count === 1 ? `sector ${first}` : `sectors ${first}-${first + count - 1}`;
}

function failed(status: number): string {
  return status === STATUS_OK ? "" : `, status ${status}`;
}

function above(text: string): WordedEvent {
  return { column: "above", text };
}

function columnOf(member: number): EventColumn {
  return member === 0 ? 0 : 1;
}
