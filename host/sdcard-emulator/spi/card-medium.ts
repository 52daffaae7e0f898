/**
 * The memory behind the SPI face: the same storage, crash space and passing faults as the block face has, moved on by
 * looking at the time instead of by events. Knows nothing of bytes on a bus.
 */
import { CARD_FLUSH, CARD_READ, CARD_WRITE } from "../../../assembly/layout.js";
import { CardImage } from "../card-image.js";
import type { CardPhysics } from "../card-physics.js";
import { CardStorage, type MediaObserver } from "../card-storage.js";
import { checkCharacteristics, type CardCharacteristics } from "../characteristics.js";
import { meetLatentError } from "../latent-error.js";
import { Misdirections } from "../misdirection.js";
import { PIECE_BYTES, ZERO_PIECE, type SectorContents } from "../sector-contents.js";
import type { TransientFaults, TransientKind } from "../transient-faults.js";
import type { BusyLine } from "./busy-line.js";
import { Durability } from "./durability.js";
import { MediumTiming } from "./medium-timing.js";
import { DATA_ACCEPTED, DATA_CRC_ERROR, DATA_WRITE_ERROR } from "./tokens.js";

/** What a medium is made of. */
export interface CardMediumOptions {
  readonly time: { readonly nowNs: number };
  readonly contents: SectorContents;
  readonly media: CardImage;
  readonly characteristics: CardCharacteristics;
  readonly seed: number;
  readonly physics?: CardPhysics;
  /** What an erased sector's bytes read as; default 0x00. */
  readonly erasedByte?: number;
  readonly transients?: TransientFaults;
  readonly onMediaChange?: MediaObserver;
  readonly metadataEnd?: number;
  readonly mayDestroy?: (programmed: number, victim: number) => boolean;
}

/** Nothing is said of this block, not now and not later. */
export const NO_ANSWER = -1;
/** Sectors that a stream without an announced length counts as for the chance of faults (assumed). */
export const STREAM_SECTORS = 8;
const NS_PER_US = 1000;

export class CardMedium {
  readonly storage: CardStorage;
  readonly timing: MediumTiming;
  readonly durability: Durability;
  /** What befalls the command under way. */
  fault: TransientKind = "none";
  private readonly options: CardMediumOptions;
  private readonly transients: TransientFaults | null;
  private readonly physics: CardPhysics | null;
  /** Piece id of erased cells. */
  private readonly erasedPiece: number;
  private readonly misdirections: Misdirections;
  /** How far from its place the write under way lands, in sectors. */
  private misdirection = 0;
  private command = 0;
  /** Of a faulty write: blocks still taken before the fault shows. */
  private acceptLeft = 0;
  private answersCrc = false;
  /** Sectors that the write under way has taken. */
  private accepted = 0;

  /** @throws Error for characteristics outside their limits */
  constructor(
    options: CardMediumOptions,
    private readonly busy: BusyLine,
  ) {
    const { characteristics, physics = null } = options;
    checkCharacteristics(characteristics);
    this.options = options;
    this.transients = options.transients ?? null;
    this.physics = physics;
    const { erasedByte = 0 } = options;
    this.erasedPiece =
      erasedByte === 0
        ? ZERO_PIECE
        : options.contents.internPiece(new Uint8Array(PIECE_BYTES).fill(erasedByte), 0);
    this.misdirections = new Misdirections(
      options.seed,
      characteristics.misdirectPerMille,
      options.media.sectors,
    );
    this.timing = new MediumTiming(options.time, characteristics, physics, options.seed);
    const { eraseBlockSectors } = characteristics;
    const sameBlock = (a: number, b: number): boolean =>
      Math.floor(a / eraseBlockSectors) === Math.floor(b / eraseBlockSectors);
    const besides = physics === null ? sameBlock : (a: number, b: number) => physics.mayDestroy(a, b);
    this.storage = new CardStorage(
      options.media,
      characteristics,
      options.contents,
      options.onMediaChange ?? null,
      {
        seed: options.seed,
        metadataEnd: options.metadataEnd ?? 0,
        mayDestroy: options.mayDestroy ?? besides,
      },
    );
    this.durability = new Durability(this.storage, characteristics);
  }

  /** How often the card was dishonest (F4). */
  get lies(): number {
    return this.durability.lied + this.misdirections.count + this.storage.rollbacks;
  }

  get sectors(): number {
    return this.options.media.sectors;
  }

  get contents(): SectorContents {
    return this.options.contents;
  }

  /** Blocks that a faulty command still carries out before its fault shows. */
  get soundBlocks(): number {
    return this.acceptLeft;
  }

  /** Content id of what a read returns now. */
  view(sector: number): number {
    return this.storage.view(sector);
  }

  /** Does what has come due: the end of a transfer, of a flush, of a settle time. */
  advance(): void {
    this.durability.advance(this.options.time.nowNs);
  }

  /**
   * A read begins.
   * @param count sectors, STREAM_SECTORS for a stream without end
   * @returns what befalls it
   */
  beginRead(count: number): TransientKind {
    this.begin(CARD_READ, count);
    return this.fault;
  }

  /** A write begins; its blocks come one by one. @param count as for a read */
  beginWrite(sector: number, count: number): void {
    this.begin(CARD_WRITE, count);
    this.misdirection = this.misdirections.draw(sector, Math.min(count, this.sectors - sector));
  }

  /** The first half of a block has arrived: a cut tears the sector from now on, unless it is going to be refused. */
  receiveHalf(sector: number, bytes: Uint8Array): void {
    if (this.refuses) return;
    this.storage.beginSector(this.landing(sector), this.contents.internPiece(bytes, 0));
  }

  /** The whole block has arrived intact. @returns the data response, or NO_ANSWER; unless accepted it leaves nothing */
  receiveWhole(sector: number, bytes: Uint8Array): number {
    if (this.refuses) return this.refusal();
    this.storage.receiveSector(this.contents.internPiece(bytes, PIECE_BYTES), this.command);
    this.accepted++;
    if (this.fault !== "none") this.acceptLeft--;
    this.busy.extend(this.timing.blockUs(sector));
    return this.fault === "timeout" && this.acceptLeft === 0 ? NO_ANSWER : DATA_ACCEPTED;
  }

  /** The block that was arriving is refused or forgotten. */
  dropBlock(): void {
    this.storage.dropHalfReceived();
  }

  /** The last block of a write has come: what was accepted is programmed while the card is busy. */
  endWrite(): void {
    this.storage.dropHalfReceived();
    // A write of which nothing was accepted has nothing to program.
    if (this.accepted > 0) this.busy.extend(this.timing.writeEndUs());
    const endsNs = Math.max(this.options.time.nowNs, this.busy.endsNs);
    this.durability.transferEndsAt(endsNs, this.command);
    this.timing.endsAt(endsNs);
  }

  /**
   * Erases whole sectors: they read as erased cells from then on, those that a cut interrupts as whatever a write leaves.
   * @param runs ranges of sectors, ascending, each up to but without its end
   */
  erase(runs: readonly (readonly [from: number, end: number])[]): void {
    this.begin(null, 0);
    // Where erased cells read as zeros, only what holds anything changes.
    const written = this.erasedPiece === ZERO_PIECE ? this.written() : null;
    for (const [from, end] of runs) {
      if (written === null) for (let sector = from; sector < end; sector++) this.eraseSector(sector);
      else for (const sector of written) if (sector >= from && sector < end) this.eraseSector(sector);
      this.busy.extend(this.timing.eraseUs(from, end - from));
    }
    this.endWrite();
  }

  /** A flush begins. @returns the data response to the block that asked for it, or NO_ANSWER */
  beginFlush(): number {
    this.begin(CARD_FLUSH, 0);
    if (this.fault === "rejected") return DATA_WRITE_ERROR;
    if (this.fault === "endless-busy") {
      this.busy.holdForEver();
      return DATA_ACCEPTED;
    }
    const us = this.timing.flushUs();
    const endsNs = this.options.time.nowNs + us * NS_PER_US;
    // Busy ends before the flush does, so that a host has to read the bit back (assumed: half way).
    this.busy.extend(us >> 1);
    this.durability.flushEndsAt(endsNs, this.command, this.fault === "timeout");
    this.timing.endsAt(endsNs);
    return DATA_ACCEPTED;
  }

  /** The card was reset: what it had accepted it finishes by itself, what was arriving is forgotten. */
  reset(): void {
    this.fault = "none";
    this.storage.dropHalfReceived();
    this.durability.reset(this.options.time.nowNs, this.command);
  }

  /** The power goes. @throws Error, and nothing happens, for a choice that does not fit the crash space */
  crash(choice: readonly number[]): void {
    this.storage.crash(choice);
    this.durability.clear();
    this.physics?.powerLost?.();
  }

  /** Where a block lands; a stream that was misdirected comes back to its place at the end of the card. */
  private landing(sector: number): number {
    const landing = sector + this.misdirection;
    return landing < this.sectors ? landing : sector;
  }

  private get refuses(): boolean {
    if (this.physics?.worn === true) return true;
    return this.fault !== "none" && (this.fault === "endless-busy" || this.acceptLeft === 0);
  }

  private refusal(): number {
    this.storage.dropHalfReceived();
    if (this.physics?.worn === true) return DATA_WRITE_ERROR;
    if (this.fault === "timeout") return NO_ANSWER;
    if (this.fault === "rejected") return this.answersCrc ? DATA_CRC_ERROR : DATA_WRITE_ERROR;
    this.busy.holdForEver();
    return DATA_ACCEPTED;
  }

  private begin(op: number | null, count: number): void {
    // A host that ignores busy or resets the card: the earlier write is over before the next one begins.
    this.durability.endTransfer();
    this.command++;
    this.accepted = 0;
    this.fault = "none";
    this.timing.begin();
    if (this.physics !== null) this.spoilLost(this.physics);
    if (op === null || this.transients === null) return;
    this.fault = this.transients.draw(this.command, op, count);
    this.acceptLeft = this.fault === "none" ? 0 : this.transients.accepted;
    this.answersCrc = this.transients.answersCrc(this.command);
    meetLatentError(this.transients, this.storage);
  }

  private eraseSector(sector: number): void {
    this.storage.beginSector(sector, this.erasedPiece);
    this.storage.receiveSector(this.erasedPiece, this.command);
    this.accepted++;
  }

  /** What wear and read disturb took since the last command reads as an error from now on. */
  private spoilLost(physics: CardPhysics): void {
    for (let lost = physics.takeLost?.() ?? -1; lost >= 0; lost = physics.takeLost?.() ?? -1) {
      if (lost < this.sectors) this.storage.spoil(lost);
    }
  }

  /** Sectors that hold anything: few, even on a card of many. */
  private written(): number[] {
    return [...this.storage.viewImage().written()];
  }
}
