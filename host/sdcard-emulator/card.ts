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
 * | F3    | collateral: an interrupted program or erase destroys an earlier, durable page   | yes        |
 * |       | of the same erase block or paired page: it reads as an error; at most one       |            |
 * |       | metadata sector per card per cut, never both copies of one data sector in one   |            |
 * |       | cut                                                                             |            |
 * | F4    | lying or never-ending flush, silent rollback, misdirected write (measured and   | yes        |
 * |       | reported; no driver can win)                                                    |            |
 * | F5    | a card dies, re-initialises, returns stale, returns swapped, or is replaced     | yes        |
 * | F6    | transient: CRC errors, rejected writes, timeouts, endless busy, latent          | yes        |
 * |       | unreadable sectors                                                              |            |
 *
 * Where they are: F0 to F2 in crash-space.ts, F3 in collateral.ts, F4 in the characteristics and rollback.ts, F5 here
 * (`die`, `reinitialise`; a card that returns or is replaced is the same or another SdCard in a slot), F6 in
 * transient-faults.ts and `spoil`, wear in flash/. What both cards lose together, and when, is power-topology.ts's affair.
 *
 * Commands run one at a time in the order of submission. A write samples the caller's *live* buffer, piece by
 * piece, at the instants of the transfer. Contents are card-storage.ts's affair; here are commands, time and power.
 */
import {
  CARD_FLUSH,
  CARD_READ,
  CARD_WRITE,
  STATUS_CARD_FAILED,
  STATUS_OK,
  STATUS_READ_ERROR,
} from "../../assembly/layout.js";
import { BlockTiming } from "./block-timing.js";
import type { CardImage } from "./card-image.js";
import type { CardCompletion, DeadCard, SdCardOptions, TransferBuffer } from "./card-options.js";
import type { CardPhysics } from "./card-physics.js";
import { CardStorage } from "./card-storage.js";
import { checkCharacteristics, type CardCharacteristics } from "./characteristics.js";
import { CommandQueue } from "./command-queue.js";
import type { CrashAxis } from "./crash-space.js";
import { addBlock, type SectorFingerprints } from "./fingerprint.js";
import type { FaultOverlay } from "./fault-overlay.js";
import { meetLatentError } from "./latent-error.js";
import { Misdirections } from "./misdirection.js";
import { PIECES_PER_SECTOR, UNREADABLE } from "./sector-contents.js";
import type { TransientFaults, TransientKind } from "./transient-faults.js";
import type { ClockHandler, VirtualClock } from "./virtual-clock.js";

export type { CardCompletion, DeadCard, SdCardOptions, TransferBuffer } from "./card-options.js";

/** What a clock event means. Negative: all versions up to this write command (negated) have settled. */
const NEXT_PIECE = 0;
const COMMAND_ENDS = 1;
const COMMAND_FAILS = 2;

/** One card. A new one has power. */
export class SdCard implements ClockHandler {
  /** Durable contents. Only the card changes them. */
  readonly media: CardImage;
  readonly characteristics: CardCharacteristics;
  /** Sectors below it are metadata. */
  readonly metadataEnd: number;
  private readonly clock: VirtualClock;
  private readonly onComplete: CardCompletion;
  private readonly storage: CardStorage;
  private readonly timing: BlockTiming;
  private readonly queue = new CommandQueue();
  /** null: completions carry no fingerprint. */
  private readonly fingerprints: SectorFingerprints | null;
  /** Of the sectors accepted so far by the write under way. */
  private fingerprint = 0;
  private readonly transients: TransientFaults | null;
  /** null: the times are those of the characteristics. */
  private readonly physics: CardPhysics | null;
  private readonly misdirections: Misdirections;
  /** What befalls the command under way; drawn at its start. */
  private fault: TransientKind = "none";
  /** How far from its place the write under way lands, in sectors. */
  private misdirection = 0;
  /** Flushes that kept nothing or never end. */
  private lied = 0;
  /** Commands, from the one under way on, that are answered STATUS_CARD_FAILED and not carried out. */
  private toFail = 0;
  private death: DeadCard | null = null;
  private piecesSampled = 0;
  private submitted = 0;
  private completed = 0;
  private powered = true;

  /** @throws Error for characteristics outside their limits */
  constructor(options: SdCardOptions) {
    const { media, characteristics, contents, physics = null } = options;
    checkCharacteristics(characteristics);
    this.media = media;
    this.characteristics = characteristics;
    this.clock = options.clock;
    this.onComplete = options.onComplete;
    this.metadataEnd = options.metadataEnd ?? 0;
    this.storage = new CardStorage(media, characteristics, contents, options.onMediaChange ?? null, {
      seed: options.seed,
      metadataEnd: this.metadataEnd,
      mayDestroy: options.mayDestroy ?? ((programmed, victim) => this.liesBeside(programmed, victim)),
    });
    this.timing = new BlockTiming(characteristics, physics, options.seed, this.clock.nowUs);
    this.misdirections = new Misdirections(options.seed, characteristics.misdirectPerMille, media.sectors);
    this.transients = options.transients ?? null;
    this.physics = physics;
    const { fingerprint = "none" } = options;
    this.fingerprints = fingerprint === "none" ? null : contents.fingerprints(fingerprint);
  }

  /** Whether no command is under way or waiting. */
  get idle(): boolean {
    return this.queue.length === 0;
  }

  /** Whether this content was received whole for a sector, and may still be lost: else an option that has it is torn. */
  received(sector: number, content: number): boolean {
    return this.storage.received(sector, content);
  }

  /** Changes whenever the set of crash outcomes may have changed. */
  get crashVersion(): number {
    return this.storage.crashVersion;
  }

  /**
   * How often the card was dishonest (F4): answered a flush and left what it covered losable, began a flush that it never
   * answers, wrote to a wrong place, or could have lost a durable version at a moment whose crash space was looked at.
   */
  get lies(): number {
    return this.lied + this.misdirections.count + this.storage.rollbacks;
  }

  /** Whether a write that covers this sector is under way: begun, and not complete. */
  inFlight(sector: number): boolean {
    const queue = this.queue;
    if (queue.length === 0 || queue.op !== CARD_WRITE) return false;
    return sector >= queue.sector && sector < queue.sector + queue.count;
  }

  /**
   * Hands the card a command; its completion comes from a clock event, never from inside this call. A card
   * without power never answers, nor does a silent dead one: the driver has to notice by its deadline.
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
    if (!this.powered || this.death === "silent") return;
    this.submitted++;
    this.queue.push(op, sector, count, buffer, bufferSector, token, this.submitted, this.completed);
    if (this.death !== null) this.toFail = this.queue.length;
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
    this.physics?.powerLost?.();
    this.clock.cancel(this);
    this.queue.clear();
    this.toFail = 0;
    this.powered = false;
  }

  /**
   * The card re-initialises (F5): its cache is lost, which may leave any crash outcome; the command under way and all
   * that wait are answered STATUS_CARD_FAILED, one after another; then it goes on as if nothing had been.
   * @param choice as for cutPower
   * @throws Error, and nothing happens, for a choice that does not fit the crash space, or without power
   */
  reinitialise(choice: readonly number[]): void {
    if (!this.powered) throw new Error("the card has no power: it re-initialises by powerUp");
    this.storage.crash(choice);
    this.physics?.powerLost?.();
    this.failQueue();
  }

  /**
   * The card dies (F5), for good: power does not bring it back. What it had under way is lost as in a cut.
   * @param answers whether it never answers again, or fails everything, what it had under way included
   * @param choice  as for cutPower
   * @throws Error, and nothing happens, for a choice that does not fit the crash space
   */
  die(answers: DeadCard, choice: readonly number[]): void {
    this.storage.crash(choice);
    this.death = answers;
    if (answers === "silent") this.queue.clear();
    this.failQueue();
  }

  /** Whether the card has died. */
  get dead(): boolean {
    return this.death !== null;
  }

  /**
   * A latent error (F6): the durable content of a sector reads as an error, or is another one, until the sector is
   * written again. What the cache holds of it stays.
   * @param content a content id; default: it reads as an error
   * @throws Error outside the card
   */
  spoil(sector: number, content = UNREADABLE): void {
    this.storage.spoil(sector, content);
  }

  /** Which sectors faults have made unreadable, and what they held; only the card changes it. */
  get overlay(): FaultOverlay {
    return this.storage.overlay;
  }

  /** Gives the card its power back: empty cache, idle. @throws Error if it has power */
  powerUp(): void {
    if (this.powered) throw new Error("the card has power already: cutPower comes first");
    this.powered = true;
    this.timing.end(this.clock.nowUs);
  }

  /**
   * The controller dies and the card keeps its power. Waiting commands vanish. The one under way finishes and
   * is answered, STATUS_OK, with its old token: a write with the sectors received so far (a half-received one
   * keeps its old content), a read into nowhere. Cached data stay, and stay losable.
   */
  controllerReset(): void {
    const queue = this.queue;
    if (queue.length === 0) return;
    this.toFail = Math.min(this.toFail, 1);
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
    else if (what === COMMAND_ENDS) this.endCommand();
    else this.failCommand();
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
    const { queue, timing } = this;
    this.piecesSampled = 0;
    this.fingerprint = 0;
    timing.begin(this.clock.nowUs);
    if (this.toFail > 0 || (queue.op === CARD_WRITE && this.physics?.worn === true)) {
      this.after(timing.refusalUs(), COMMAND_FAILS);
      return;
    }
    if (this.transients !== null) {
      this.meetTransients(this.transients);
      if (this.fault === "endless-busy") return;
    }
    if (queue.op === CARD_WRITE) {
      this.misdirection = this.misdirections.draw(queue.sector, queue.count);
      this.after(timing.firstPieceUs(), NEXT_PIECE);
    } else if (queue.op === CARD_READ) this.after(timing.readUs(queue.sector, queue.count), COMMAND_ENDS);
    else if (this.characteristics.flush !== "never-ends") this.after(timing.flushUs(), COMMAND_ENDS);
    else this.lied++;
  }

  private meetTransients(transients: TransientFaults): void {
    const { queue } = this;
    this.fault = transients.draw(queue.number, queue.op, queue.count);
    if (queue.op === CARD_WRITE && this.fault !== "none") queue.truncate(transients.accepted);
    meetLatentError(transients, this.storage);
  }

  /** Every command under way or waiting fails, one after another. */
  private failQueue(): void {
    this.clock.cancel(this);
    this.toFail = this.queue.length;
    if (this.toFail > 0) this.startCommand();
  }

  private failCommand(): void {
    const token = this.queue.token;
    this.timing.end(this.clock.nowUs);
    if (this.toFail > 0) this.toFail--;
    this.queue.pop();
    if (this.queue.length > 0) this.startCommand();
    this.onComplete(token, STATUS_CARD_FAILED, 0);
  }

  private liesBeside(sector: number, other: number): boolean {
    if (this.physics !== null) return this.physics.mayDestroy(sector, other);
    const { eraseBlockSectors } = this.characteristics;
    return Math.floor(sector / eraseBlockSectors) === Math.floor(other / eraseBlockSectors);
  }

  private after(us: number, what: number): void {
    this.clock.schedule(us, this, what);
  }

  /** The transfer of a write is over. @param pieceUs until the last piece is in */
  private afterWrite(pieceUs: number): void {
    const { sector, count } = this.queue;
    this.after(this.timing.writeEndUs(pieceUs, sector + this.misdirection, count), COMMAND_ENDS);
  }

  private nextPiece(): void {
    const queue = this.queue;
    const pieces = queue.count * PIECES_PER_SECTOR;
    if (this.piecesSampled >= pieces) {
      // A controller reset cut the transfer short while this event was waiting.
      this.afterWrite(0);
      return;
    }
    const piece = this.piecesSampled % PIECES_PER_SECTOR;
    const offset = (this.piecesSampled - piece) / PIECES_PER_SECTOR;
    const id = queue.buffer!.samplePiece(queue.bufferSector + offset, piece);
    this.piecesSampled++;
    if (piece === 0) this.storage.beginSector(queue.sector + this.misdirection + offset, id);
    else this.receive(id);
    if (this.piecesSampled < pieces) this.after(this.timing.nextPieceUs(), NEXT_PIECE);
    else this.afterWrite(this.characteristics.pieceUs);
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
    const fault = this.fault;
    let status: number = STATUS_OK;
    if (queue.op === CARD_WRITE) this.endWrite();
    else if (queue.op === CARD_READ) status = fault === "none" ? this.deliverRead() : STATUS_READ_ERROR;
    else if (fault !== "rejected") this.endFlush(queue.coverage);
    if (fault === "rejected") status = STATUS_CARD_FAILED;
    this.timing.end(this.clock.nowUs);
    if (this.physics !== null) this.spoilLost(this.physics);
    this.completed = queue.number;
    queue.pop();
    if (queue.length > 0) this.startCommand();
    // Last, because the answer may submit, cut the power or reset the controller.
    if (fault !== "timeout") this.onComplete(token, status, fingerprint);
  }

  /** What wear and read disturb took meanwhile reads as an error from now on. */
  private spoilLost(physics: CardPhysics): void {
    for (let lost = physics.takeLost?.() ?? -1; lost >= 0; lost = physics.takeLost?.() ?? -1) {
      if (lost < this.media.sectors) this.storage.spoil(lost);
    }
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

  private endFlush(coverage: number): void {
    if (this.characteristics.flush === "honest") this.keep(coverage);
    else if (this.storage.mayLose(coverage)) this.lied++;
  }

  /** The card has done what it can for every version up to this command: durable after the settle time. */
  private keep(command: number): void {
    if (!this.storage.mayLose(command)) return;
    const settleUs = this.characteristics.settleUs;
    if (settleUs === 0) this.storage.settle(command);
    else this.clock.schedule(settleUs, this, -command);
  }
}
