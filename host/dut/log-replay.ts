import { CARD_FLUSH, CARD_WRITE, SECTOR_BYTES } from "../../assembly/layout.js";
import type { CardImage } from "../sdcard-emulator/card-image.js";
import { SdCard, type TransferBuffer } from "../sdcard-emulator/card.js";
import type { CardCharacteristics } from "../sdcard-emulator/characteristics.js";
import {
  PIECES_PER_SECTOR,
  PIECE_BYTES,
  ZERO_PIECE,
  type SectorContents,
} from "../sdcard-emulator/sector-contents.js";
import { VirtualClock } from "../sdcard-emulator/virtual-clock.js";
import { sectorsWritten, type LogEvent, type WriteLog } from "./write-log.js";

/** How logs are replayed into cards. */
export interface ReplaySetting {
  readonly characteristics: CardCharacteristics;
  readonly contents: SectorContents;
  /** What the cards hold before the first event. */
  readonly base: readonly CardImage[];
  /** Of the cards' timing. */
  readonly seed: number;
}

/** Tokens of commands: whether a flush is to follow. */
const PLAIN = 0;
const FORCED = 1;

/** Commands under way at once, below what a card's queue holds. */
const JOINED_MAX = 32;

/** A moment at which a cut may leave something that no cut before it could. */
export interface CutPoint {
  /** Index in the log of the last event that was given to a card, or said; -1 before the first. */
  readonly event: number;
  /** Number of the moment among those of this event, from 0. */
  readonly phase: number;
  readonly cards: readonly SdCard[];
  /** What the firmware had said by then. */
  readonly marks: readonly string[];
}

/** Gives cards what a log holds, in virtual time, and stops at each moment at which their crash space has changed. */
export class LogReplay {
  private readonly clock = new VirtualClock();
  private readonly cards: readonly SdCard[];
  private readonly marks: string[] = [];
  private readonly pieces: readonly (Int32Array | null)[];
  private busy = 0;
  private event = -1;
  private phase = 0;
  private version = -1;

  /** @param kept indices of the events that are replayed, ascending; default: all */
  constructor(
    private readonly log: WriteLog,
    setting: ReplaySetting,
    private readonly kept: readonly number[] = log.events.map((_, i) => i),
  ) {
    const { characteristics, contents, base, seed } = setting;
    this.cards = base.map(
      (image, number) =>
        new SdCard({
          clock: this.clock,
          contents,
          media: image.fork(),
          characteristics,
          seed: seed + number,
          onComplete: (token) => this.answered(number, token),
        }),
    );
    this.pieces = piecesOf(log, contents);
  }

  /** The moments in their order. The cards go on only when the next one is asked for. To be used once. */
  *moments(): Generator<CutPoint> {
    yield* this.seen();
    for (const [at, index] of this.kept.entries()) {
      const event = this.log.events[index]!;
      if (event.kind === "mark") {
        this.marks.push(event.text);
        this.event = index;
        this.phase = 0;
        yield* this.seen();
        continue;
      }
      this.event = index;
      this.phase = 0;
      this.submit(event, index);
      const next = this.log.events[this.kept[at + 1] ?? -1];
      const isJoined = next !== undefined && next.kind !== "mark" && next.joined;
      if (isJoined && this.busy < JOINED_MAX) continue;
      while (this.busy > 0) {
        // A flush that never ends: the firmware would wait for ever, and the log says that it did not.
        if (!this.clock.step()) break;
        yield* this.seen();
      }
      this.busy = 0;
    }
    this.event = this.log.events.length;
    this.phase = 0;
    // What a card still settles after the last event.
    while (this.clock.step()) yield* this.seen();
  }

  /** What reads of the cards return now. */
  viewImages(): CardImage[] {
    return this.cards.map((card) => card.viewImage());
  }

  /** What the firmware has said until now. */
  get said(): readonly string[] {
    return this.marks;
  }

  private *seen(): Generator<CutPoint> {
    // What was said counts too: the check may ask for more from now on.
    const version = this.cards.reduce((sum, card) => sum + card.crashVersion, this.marks.length);
    if (version === this.version) return;
    this.version = version;
    const { event, cards, marks } = this;
    yield { event, phase: this.phase++, cards, marks };
  }

  private submit(event: Exclude<LogEvent, { kind: "mark" }>, index: number): void {
    const card = this.cards[event.card]!;
    if (event.kind === "flush") {
      this.busy++;
      card.submit(CARD_FLUSH, 0, 1, null, 0, PLAIN);
      return;
    }
    const pieces = this.pieces[index]!;
    const buffer: TransferBuffer = {
      samplePiece: (sector, piece) =>
        pieces === null ? ZERO_PIECE : pieces[sector * PIECES_PER_SECTOR + piece]!,
      storeSector: () => undefined,
    };
    this.busy++;
    card.submit(CARD_WRITE, event.sector, sectorsWritten(event), buffer, 0, event.fua ? FORCED : PLAIN);
  }

  /** An SD card has no write that bypasses its cache: force unit access is a flush once the write is answered. */
  private answered(number: number, token: number): void {
    if (token === FORCED) this.cards[number]!.submit(CARD_FLUSH, 0, 1, null, 0, PLAIN);
    else this.busy--;
  }
}

const known = new WeakMap<WriteLog, { contents: SectorContents; pieces: (Int32Array | null)[] }>();

/** The piece ids of each write of a log, interned once however often it is replayed. */
function piecesOf(log: WriteLog, contents: SectorContents): readonly (Int32Array | null)[] {
  const found = known.get(log);
  if (found?.contents === contents) return found.pieces;
  const pieces = log.events.map((event) => {
    if (event.kind !== "write") return null;
    const ids = new Int32Array((event.bytes.length / SECTOR_BYTES) * PIECES_PER_SECTOR);
    for (let i = 0; i < ids.length; i++) ids[i] = contents.internPiece(event.bytes, i * PIECE_BYTES);
    return ids;
  });
  known.set(log, { contents, pieces });
  return pieces;
}
