import type { CardCommandListener } from "../../mirror/timed-mirror.js";
import {
  AREA_BITMAP_SLOT_0,
  CARD_OWN_BUFFER,
  CARD_WRITE,
  CARD_ZERO,
  MEMBERS,
  MEMBER_REBUILDING,
  STATUS_OK,
} from "../../../assembly/layout.js";
import type { SdCard } from "../../sdcard-emulator/card.js";
import type { CrashAxis } from "../../sdcard-emulator/crash-space.js";
import { UNREADABLE, type SectorContents } from "../../sdcard-emulator/sector-contents.js";
import type { BitmapRecord, BitmapRecords } from "../oracle/bitmap-record.js";
import type { ArrayGeometry } from "../world/array-geometry.js";
import { WRITE_KINDS, type FaultCoverage, type WriteKind } from "./fault-coverage.js";

/** A write command that a card has not answered. */
interface OpenWrite {
  readonly member: number;
  readonly sector: number;
  readonly count: number;
  readonly kind: WriteKind;
}

export interface WriteWatchOptions {
  readonly geometry: ArrayGeometry;
  readonly contents: SectorContents;
  readonly records: BitmapRecords;
  /** The driver's memory. */
  readonly memory: Uint8Array;
  /** MEMBER_... of the member in a slot. */
  readonly memberState: (slot: number) => number;
  readonly coverage: FaultCoverage;
}

/**
 * Knows what each write to the cards is for, and counts which faults they meet: at a cut every option of the crash
 * spaces, by the write that brought it; F5, when something happens to a card, and F6, when a card fails a write.
 */
export class WriteWatch {
  /** For each card and sector, what the last write to it was for, as an index of WRITE_KINDS. */
  private readonly kinds: readonly Uint8Array[];
  private readonly open = new Map<number, OpenWrite>();
  /** Of each card the write of a controller that was reset meanwhile, as long as the card is at it. */
  private readonly left: (OpenWrite | null)[] = [null, null];
  private readonly last: WriteKind[] = ["data", "data"];
  private readonly records = new Map<number, BitmapRecord>();
  /** What the newest record of each bitmap sector is for. */
  private readonly recordKinds = new Map<number, WriteKind>();

  constructor(private readonly options: WriteWatchOptions) {
    const { cardSectors } = options.geometry;
    this.kinds = Array.from({ length: MEMBERS }, () => new Uint8Array(cardSectors));
  }

  /**
   * A controller starts: it waits for nothing that went before. A card that kept its power still carries out what it was at.
   * @param cards what is in the slots now
   */
  booted(cards: readonly SdCard[]): void {
    const open = [...this.open.values()];
    for (const [slot, card] of cards.entries()) {
      this.left[slot] = open.find(({ member, sector }) => member === slot && card.inFlight(sector)) ?? null;
    }
    this.open.clear();
  }

  /** The driver gives a card a command. @param buffer address in the driver's memory, of a write from there */
  readonly commandGiven: CardCommandListener = (member, command, sector, count, buffer, token) => {
    const operation = command & ~CARD_OWN_BUFFER;
    if (operation !== CARD_WRITE && operation !== CARD_ZERO) return;
    const isOwn = operation === CARD_WRITE && operation !== command;
    const kind = this.kindOf(member, sector, isOwn, buffer >>> 0);
    this.kinds[member]!.fill(WRITE_KINDS.indexOf(kind), sector, sector + count);
    this.last[member] = kind;
    this.open.set(token, { member, sector, count, kind });
  };

  readonly answered = (token: number, status: number): void => {
    const write = this.open.get(token);
    if (write === undefined) return;
    this.open.delete(token);
    // A card answers in order.
    this.left[write.member] = null;
    if (status !== STATUS_OK) this.options.coverage.note("F6", write.kind);
  };

  /** F5: the card in a slot dies, is pulled out, initialises itself anew. */
  cardStruck(slot: number, card: SdCard): void {
    for (const { kind } of this.openOn(slot, card)) this.options.coverage.note("F5", kind);
  }

  /** The power may be cut now: counts what each option would do. */
  cut(cards: readonly [SdCard, SdCard], axes: readonly [readonly CrashAxis[], readonly CrashAxis[]]): void {
    for (const [member, card] of cards.entries()) {
      if (axes[member]!.length === 0) continue;
      const open = this.openOn(member, card);
      for (const axis of axes[member]!) this.countAxis(member, card, axis, open);
    }
  }

  private countAxis(member: number, card: SdCard, axis: CrashAxis, open: readonly OpenWrite[]): void {
    const { coverage } = this.options;
    for (let i = 1; i < axis.options.length; i++) {
      const { sectors, contents, destroys } = axis.options[i]!;
      if (destroys !== undefined) {
        coverage.note("F3", open[0]?.kind ?? this.last[member]!);
        continue;
      }
      for (let k = 0; k < sectors.length; k++) {
        const sector = sectors[k]!;
        const kind = WRITE_KINDS[this.kinds[member]![sector]!]!;
        const write = open.find((one) => sector >= one.sector && sector < one.sector + one.count);
        if (contents[k] === UNREADABLE || !card.received(sector, contents[k]!)) {
          // What was neither received nor is being received is an older version that came back.
          coverage.note(write === undefined && contents[k] !== UNREADABLE ? "F4" : "F1", kind);
        } else if (write === undefined) {
          coverage.note("F2", kind);
        } else {
          coverage.note("F0", kind);
          // Some sectors of a transfer without the others: shorn.
          if (write.count > 1) coverage.note("F1", kind);
        }
      }
    }
  }

  /** Writes that a card has not answered; a card that lost its power answers none. */
  private openOn(member: number, card: SdCard): OpenWrite[] {
    if (card.idle) return [];
    const open = [...this.open.values()].filter((write) => write.member === member);
    const left = this.left[member]!;
    return left !== null && card.inFlight(left.sector) ? [left, ...open] : open;
  }

  private kindOf(member: number, sector: number, isOwn: boolean, address: number): WriteKind {
    const { geometry, memberState } = this.options;
    if (sector >= geometry.dataStart) {
      if (!isOwn) return "data";
      return memberState(member) === MEMBER_REBUILDING ? "rebuild" : "resync";
    }
    const area = Math.floor((sector - geometry.baseSector) / geometry.metadataStride);
    return area < AREA_BITMAP_SLOT_0 ? "superblock" : this.kindOfRecord(address);
  }

  /** Both cards get the same record: what it is for was decided when the first one did. */
  private kindOfRecord(address: number): WriteKind {
    const { records, contents, memory } = this.options;
    const record = records.of(contents.internSector(memory, address));
    if (record === null) return "mark";
    const { index, sequence, marks } = record;
    const before = this.records.get(index);
    if (before?.sequence === sequence) return this.recordKinds.get(index)!;
    const marksMore = before === undefined || marks.some((mark, at) => mark > before.marks[at]!);
    const clears = before !== undefined && marks.some((mark, at) => mark < before.marks[at]!);
    const kind = clears && !marksMore ? "clear" : "mark";
    this.records.set(index, record);
    this.recordKinds.set(index, kind);
    return kind;
  }
}
