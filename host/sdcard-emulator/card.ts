/**
 * The emulated SD card, block face: command in, completion out, in virtual time.
 *
 * The fault model. A cut or a fault may do this, and nothing worse, to a card of the class that its
 * characteristics describe:
 *
 * | level | what a cut or fault may do                                                      | block face |
 * |-------|---------------------------------------------------------------------------------|------------|
 * | F0    | in-flight sectors are old or new; nothing else                                  | yes        |
 * | F1    | torn and shorn: any subset of an in-flight transfer's sectors landed; the       | yes        |
 * |       | sector in flight is old, new, a mix, or unreadable                              |            |
 * | F2    | volatile cache: any subset of unflushed sectors is lost, in any order; loss     | yes        |
 * |       | after the acknowledgement for a settle time                                     |            |
 * | F3    | collateral: an interrupted program or erase destroys an earlier, durable page   | no         |
 * |       | of the same erase block or paired page: it reads as an error                    |            |
 * | F4    | lying or never-ending flush, silent rollback, misdirected write                 | no         |
 * | F5    | a card dies, re-initialises, returns stale, returns swapped, or is replaced     | no         |
 * | F6    | transient: CRC errors, rejected writes, timeouts, endless busy, latent          | no         |
 * |       | unreadable sectors                                                              |            |
 *
 * Commands run one at a time in the order of submission. A write samples the caller's *live* buffer, piece by
 * piece, at the instants of the transfer. Contents are card-storage.ts's affair; here are commands, time and power.
 */
import { CARD_FLUSH, CARD_READ, CARD_WRITE, STATUS_OK, STATUS_READ_ERROR } from "../../assembly/layout.js";
import type { CardImage } from "./card-image.js";
import { CardStorage, type MediaObserver } from "./card-storage.js";
import { checkCharacteristics, type CardCharacteristics } from "./characteristics.js";
import { CommandQueue } from "./command-queue.js";
import type { CrashAxis } from "./crash-space.js";
import { addBlock, type FingerprintKind, type SectorFingerprints } from "./fingerprint.js";
import { Prng } from "./prng.js";
import { PIECES_PER_SECTOR, UNREADABLE, type SectorContents } from "./sector-contents.js";
import type { ClockHandler, VirtualClock } from "./virtual-clock.js";

/** A live buffer: sampled while the transfer runs, never copied beforehand. */
export interface TransferBuffer {
  /** Piece id (SectorContents) that the buffer holds right now. Must not call the card. */
  samplePiece(sector: number, piece: number): number;
  /** A read delivers the content id of one sector. Must not call the card. */
  storeSector(sector: number, content: number): void;
}

/**
 * Answer to a command: its token, STATUS_OK or STATUS_READ_ERROR, and for a write the fingerprint of the bytes that
 * this card accepted, 32 bits unsigned (0: this card gives none). May call the card.
 */
export type CardCompletion = (token: number, status: number, fingerprint: number) => void;

/** How a card is made. */
export interface SdCardOptions {
  readonly clock: VirtualClock;
  readonly contents: SectorContents;
  /** The card's durable contents; the card owns it from now on. */
  readonly media: CardImage;
  readonly characteristics: CardCharacteristics;
  /** Seed of the card's timing; only its low 32 bits count. */
  readonly seed: number;
  readonly onComplete: CardCompletion;
  readonly onMediaChange?: MediaObserver;
  /** What the completions of writes say of the bytes accepted; default none. Both cards of an array have the same. */
  readonly fingerprint?: FingerprintKind;
}

/** What a clock event means. Negative: all versions up to this write command (negated) have settled. */
const NEXT_PIECE = 0;
const COMMAND_ENDS = 1;

/** One card. A new one has power. */
export class SdCard implements ClockHandler {
  /** Durable contents. Only the card changes them. */
  readonly media: CardImage;
  readonly characteristics: CardCharacteristics;
  private readonly clock: VirtualClock;
  private readonly onComplete: CardCompletion;
  private readonly storage: CardStorage;
  private readonly prng: Prng;
  private readonly queue = new CommandQueue();
  /** null: completions carry no fingerprint. */
  private readonly fingerprints: SectorFingerprints | null;
  /** Of the sectors accepted so far by the write under way. */
  private fingerprint = 0;
  private piecesSampled = 0;
  private submitted = 0;
  private completed = 0;
  private powered = true;

  /** @throws Error for characteristics outside their limits */
  constructor(options: SdCardOptions) {
    const { media, characteristics, contents } = options;
    checkCharacteristics(characteristics);
    this.media = media;
    this.characteristics = characteristics;
    this.clock = options.clock;
    this.onComplete = options.onComplete;
    this.storage = new CardStorage(media, characteristics, contents, options.onMediaChange ?? null);
    this.prng = new Prng(options.seed);
    const { fingerprint = "none" } = options;
    this.fingerprints = fingerprint === "none" ? null : contents.fingerprints(fingerprint);
  }

  /** Whether no command is under way or waiting. */
  get idle(): boolean {
    return this.queue.length === 0;
  }

  /** Changes whenever the set of crash outcomes may have changed. */
  get crashVersion(): number {
    return this.storage.crashVersion;
  }

  /** Whether a write that covers this sector is under way: begun, and not complete. */
  inFlight(sector: number): boolean {
    const queue = this.queue;
    if (queue.length === 0 || queue.op !== CARD_WRITE) return false;
    return sector >= queue.sector && sector < queue.sector + queue.count;
  }

  /**
   * Hands the card a command; its completion comes from a clock event, never from inside this call. A card
   * without power never answers: the driver has to notice by its deadline.
   * @param op CARD_READ, CARD_WRITE or CARD_FLUSH, without flags
   * @param sector first sector on the card; a flush ignores it, and all but the token
   * @param count sectors, 1 or more
   * @param buffer what a read fills and a write samples, from its sector `bufferSector` on
   * @param token handed back unchanged
   * @throws Error for an unknown op, a range outside the card, a missing buffer, or a 65th command
   */
  submit(
    op: number,
    sector: number,
    count: number,
    buffer: TransferBuffer | null,
    bufferSector: number,
    token: number,
  ): void {
    if (op === CARD_READ || op === CARD_WRITE) this.checkTransfer(sector, count, buffer);
    else if (op !== CARD_FLUSH) throw new Error(`${op} is no card command: strip the flags before submit`);
    if (!this.powered) return;
    this.submitted++;
    this.queue.push(op, sector, count, buffer, bufferSector, token, this.submitted, this.completed);
    if (this.queue.length === 1) this.startCommand();
  }

  /** What a read of this sector would return now: the newest version received, else what is durable. */
  view(sector: number): number {
    return this.storage.view(sector);
  }

  /** An independent image of what reads return now: what a controller finds after its reset. */
  viewImage(): CardImage {
    return this.storage.viewImage();
  }

  /** All crash outcomes of this moment; see crash-space.ts. The same array until crashVersion changes. */
  crashSpace(): readonly CrashAxis[] {
    return this.storage.crashSpace();
  }

  /**
   * Cuts the power: media becomes the chosen outcome; cache, queue and the command under way are gone.
   * @param choice for each axis of crashSpace(), in its order, the index of one of its options
   * @throws Error, and nothing happens, for a choice that does not fit the crash space
   */
  cutPower(choice: readonly number[]): void {
    this.storage.crash(choice);
    this.clock.cancel(this);
    this.queue.clear();
    this.powered = false;
  }

  /** Gives the card its power back: empty cache, idle. @throws Error if it has power */
  powerUp(): void {
    if (this.powered) throw new Error("the card has power already: cutPower comes first");
    this.powered = true;
  }

  /**
   * The controller dies and the card keeps its power. Waiting commands vanish. The one under way finishes and
   * is answered, STATUS_OK, with its old token: a write with the sectors received so far (a half-received one
   * keeps its old content), a read into nowhere. Cached data stay, and stay losable.
   */
  controllerReset(): void {
    const queue = this.queue;
    if (queue.length === 0) return;
    if (queue.op !== CARD_WRITE) {
      queue.orphan(queue.count);
      return;
    }
    this.storage.dropHalfReceived();
    queue.orphan(Math.floor(this.piecesSampled / PIECES_PER_SECTOR));
  }

  /** The clock's call; nobody else's. */
  onTime(what: number): void {
    if (what < 0) this.storage.settle(-what);
    else if (what === NEXT_PIECE) this.nextPiece();
    else this.endCommand();
  }

  private checkTransfer(sector: number, count: number, buffer: TransferBuffer | null): void {
    const sectors = this.media.sectors;
    if (!(Number.isInteger(sector) && Number.isInteger(count) && sector >= 0 && count >= 1)) {
      throw new Error(`sector ${sector}, count ${count}: a transfer is one or more whole sectors`);
    }
    if (sector + count > sectors) {
      throw new Error(`sectors ${sector} to ${sector + count - 1} lie outside a card of ${sectors} sectors`);
    }
    if (buffer === null) throw new Error(`the transfer at sector ${sector} has no buffer`);
  }

  private startCommand(): void {
    const { readSectorUs, flushUs, stallUs, stallPercent } = this.characteristics;
    const op = this.queue.op;
    const commandUs = this.characteristics.commandUs + this.prng.stallUs(stallUs, stallPercent);
    this.piecesSampled = 0;
    this.fingerprint = 0;
    if (op === CARD_WRITE) this.after(commandUs, NEXT_PIECE);
    else if (op === CARD_READ) this.after(commandUs + this.queue.count * readSectorUs, COMMAND_ENDS);
    else this.after(commandUs + flushUs, COMMAND_ENDS);
  }

  private after(us: number, what: number): void {
    this.clock.schedule(this.prng.jitterUs(us, this.characteristics.jitterPercent), this, what);
  }

  private nextPiece(): void {
    const queue = this.queue;
    const { cache, pieceUs, programUs } = this.characteristics;
    const busyUs = cache === "none" ? programUs : 0;
    const pieces = queue.count * PIECES_PER_SECTOR;
    if (this.piecesSampled >= pieces) {
      // A controller reset cut the transfer short while this event was waiting.
      this.after(busyUs, COMMAND_ENDS);
      return;
    }
    const piece = this.piecesSampled % PIECES_PER_SECTOR;
    const offset = (this.piecesSampled - piece) / PIECES_PER_SECTOR;
    const id = queue.buffer!.samplePiece(queue.bufferSector + offset, piece);
    this.piecesSampled++;
    if (piece === 0) this.storage.beginSector(queue.sector + offset, id);
    else this.receive(id);
    if (this.piecesSampled < pieces) this.after(pieceUs, NEXT_PIECE);
    else this.after(pieceUs + busyUs, COMMAND_ENDS);
  }

  private receive(secondPiece: number): void {
    const content = this.storage.receiveSector(secondPiece, this.queue.number);
    if (this.fingerprints === null) return;
    this.fingerprint = addBlock(this.fingerprint, this.fingerprints.crcOf(content));
  }

  private endCommand(): void {
    const queue = this.queue;
    const token = queue.token;
    const fingerprint = this.fingerprint >>> 0;
    let status: number = STATUS_OK;
    if (queue.op === CARD_READ) status = this.deliverRead();
    else if (queue.op === CARD_WRITE) this.endWrite();
    else this.keep(queue.coverage);
    this.completed = queue.number;
    queue.pop();
    if (queue.length > 0) this.startCommand();
    // Last, because the answer may submit, cut the power or reset the controller.
    this.onComplete(token, status, fingerprint);
  }

  private deliverRead(): number {
    const { sector, count, buffer, bufferSector } = this.queue;
    for (let i = 0; i < count; i++)
      if (this.storage.view(sector + i) === UNREADABLE) return STATUS_READ_ERROR;
    if (buffer !== null) {
      for (let i = 0; i < count; i++) buffer.storeSector(bufferSector + i, this.storage.view(sector + i));
    }
    return STATUS_OK;
  }

  private endWrite(): void {
    this.storage.endTransfer();
    if (this.characteristics.cache === "none") this.keep(this.queue.number);
  }

  /** The card has done what it can for every version up to this command: durable after the settle time. */
  private keep(command: number): void {
    if (!this.storage.mayLose(command)) return;
    const settleUs = this.characteristics.settleUs;
    if (settleUs === 0) this.storage.settle(command);
    else this.clock.schedule(settleUs, this, -command);
  }
}
