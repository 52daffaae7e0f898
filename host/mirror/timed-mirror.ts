import {
  CARD_FLUSH,
  CARD_OWN_BUFFER,
  CARD_READ,
  CARD_WRITE,
  CARD_ZERO,
  GEOMETRY_DATA_SECTORS,
  MEMBERS,
  MEMBER_REINITIALISED,
  OPTION_DEADLINE_MS,
  REQUESTS,
  REQUEST_DISCARD,
  REQUEST_FLUSH,
  REQUEST_READ,
  REQUEST_WRITE,
  STATUS_BUSY,
  STATUS_CARD_FAILED,
  STATUS_OK,
} from "../../assembly/layout.js";
import type { BlockCompletion, BlockDevice } from "../page-cache/block-device.js";
import type { SdCard, TransferBuffer } from "../sdcard-emulator/card.js";
import { ZEROS, ZERO_PIECE, type SectorContents } from "../sdcard-emulator/sector-contents.js";
import type { ClockHandler, VirtualClock } from "../sdcard-emulator/virtual-clock.js";
import type { DriverModule, DriverPort } from "./driver-module.js";
import { configureDriver, type DriverOptions } from "./driver-options.js";
import { LiveTransfers } from "./live-transfers.js";
import { LinearMemoryBuffers } from "./linear-memory-buffer.js";
import { MirrorError } from "./mirror-error.js";
import { RequestSlots } from "./request-slots.js";

/** The layer above the mirror, as far as clearing needs it. */
export interface SyncListener {
  /** The driver asks for a whole-device sync; answer by `TimedMirror.syncDone(epoch, status)`, not from inside. */
  onSyncRequested(epoch: number): void;
}

/** Hears a command to a card, CARD_..., as the driver gives it. */
export type CardCommandListener = (
  member: number,
  command: number,
  sector: number,
  count: number,
  buffer: number,
  token: number,
) => void;

export interface TimedMirrorOptions {
  readonly driver: DriverModule;
  readonly clock: VirtualClock;
  readonly contents: SectorContents;
  /** Time between two calls of the driver's tick, microseconds of virtual time. */
  readonly tickUs: number;
  readonly sync: SyncListener;
  /** Data sectors of the array on the cards; a boot that finds another number fails. */
  readonly dataSectors: number;
  /** Told of every write and discard before the driver is asked to take it; it may still answer busy. */
  readonly onWrite?: (sector: number, count: number, isDiscard: boolean) => void;
  /** Told of the end of each member command, and of each scrub; `tag` is that of the command. */
  readonly onCommandDone?: (isScrub: boolean, status: number, tag: number) => void;
  /** Told of every write of card sectors from the driver's own memory: metadata and copies. */
  readonly onOwnWrite?: (member: number, sector: number, count: number, address: number) => void;
  /** Told of every command to a card that is there, CARD_..., after `onOwnWrite`, flushes left out; and of each answer. */
  readonly onCardCommand?: CardCommandListener;
  readonly onCardAnswer?: (token: number, status: number) => void;
}

/** What CARD_ZERO writes. */
const NOTHING_WRITTEN: TransferBuffer = {
  samplePiece: () => ZERO_PIECE,
  storeSector: () => {
    throw new Error("a card reads into a buffer of zeros");
  },
};

/** Tags of mode changes lie above the slots of requests. */
const MODE_TAG = 0x1000;
const MEMBER_TAG = 0x1001;
const SCRUB_TAG = 0x1002;
/** Tags that a caller chooses for commands, to tell several apart, lie above it. */
export const COMMAND_TAGS = 0x1002;
const TICK = 0;
const EARLY_ANSWERS = 1;
/** Until the host gives up on a slot without a card: a command frame and the longest wait for an answer, 14 bytes. */
const EMPTY_SLOT_US = 10;

const ALWAYS = (): boolean => true;

/** The driver on two emulated cards in virtual time: what a controller is. */
export class TimedMirror implements BlockDevice, DriverPort, ClockHandler {
  /** Status of the last format, assemble or stop that ended; -1 while it is under way. */
  modeStatus = -1;
  private readonly cards: (SdCard | null)[] = new Array<SdCard | null>(MEMBERS).fill(null);
  /** Answers commands to a slot without a card: their tokens, as events of the clock. */
  private readonly emptySlot: ClockHandler = {
    onTime: (token) => this.complete(token, STATUS_CARD_FAILED, 0),
  };
  protected readonly slots = new RequestSlots(REQUESTS);
  private readonly ownBuffers: LinearMemoryBuffers;
  private readonly transfers = new LiveTransfers();
  private ticking = false;
  private submitting = false;
  /** Tags and statuses of requests that were answered while they were submitted. */
  private readonly early: number[] = [];

  constructor(protected readonly options: TimedMirrorOptions) {
    this.ownBuffers = new LinearMemoryBuffers(options.driver.memory, options.contents);
  }

  get sectors(): number {
    return this.options.dataSectors;
  }

  /** What both cards answer to. */
  readonly onCardDone = (token: number, status: number, fingerprint: number): void => {
    this.complete(token, status, fingerprint);
  };

  /** Puts two cards in; they must answer to `onCardDone`. */
  insertCards(a: SdCard, b: SdCard): void {
    this.insertCard(0, a);
    this.insertCard(1, b);
  }

  /**
   * Puts a card into a slot, which must answer to `onCardDone`, or leaves the slot empty: commands to it then end with
   * STATUS_CARD_FAILED. Whatever a card that is taken out has under way is its owner's affair: cut its power, or it
   * goes on and answers.
   * @throws Error for a slot that there is not
   */
  insertCard(slot: number, card: SdCard | null): void {
    if (this.cards[slot] === undefined) throw new Error(`there are slots 0 to ${MEMBERS - 1}, not ${slot}`);
    this.cards[slot] = card;
  }

  /** A fresh controller assembles the array. */
  boot(driverOptions: DriverOptions, policy: number, bootNonce: number): void {
    const { driver } = this.options;
    this.startController(driverOptions);
    this.onceCardsStarted(() =>
      this.guard(() => {
        const status = driver.exports.assemble(policy, bootNonce, MODE_TAG);
        if (status !== STATUS_OK) throw new MirrorError("assemble", status);
      }),
    );
  }

  /** A fresh controller makes a new array. */
  format(driverOptions: DriverOptions, regionShift: number, bootNonce: number): void {
    this.startController(driverOptions);
    this.onceCardsStarted(() =>
      this.guard(() => {
        const status = this.options.driver.exports.format(regionShift, bootNonce, MODE_TAG);
        if (status !== STATUS_OK) throw new MirrorError("format", status);
      }),
    );
  }

  /** Cards with a block face need no start. */
  protected onceCardsStarted(begin: () => void): void {
    begin();
  }

  /** Stops the array; `modeStatus` tells when it is over. */
  stop(): void {
    this.modeStatus = -1;
    this.guard(() => {
      const status = this.options.driver.exports.stop(MODE_TAG);
      if (status !== STATUS_OK) throw new MirrorError("stop", status);
    });
  }

  private startController(driverOptions: DriverOptions): void {
    const { driver, clock, tickUs } = this.options;
    driver.reset();
    driver.connect(this);
    configureDriver(driver.exports, driverOptions);
    this.transfers.controllerStarted(driverOptions.more?.get(OPTION_DEADLINE_MS) ?? 0);
    this.slots.releaseAll();
    this.modeStatus = -1;
    if (!this.ticking) clock.schedule(tickUs, this, TICK);
    this.ticking = true;
  }

  /** The controller is dead: no tick, no answer to any request. */
  halt(): void {
    this.options.clock.cancel(this);
    this.options.clock.cancel(this.emptySlot);
    this.ticking = false;
    this.early.length = 0;
    this.slots.releaseAll();
  }

  read(
    sector: number,
    count: number,
    buffer: TransferBuffer,
    bufferSector: number,
    done: BlockCompletion,
    tag: number,
  ): boolean {
    return this.submit(REQUEST_READ, sector, count, buffer, bufferSector, done, tag);
  }

  write(
    sector: number,
    count: number,
    buffer: TransferBuffer,
    bufferSector: number,
    done: BlockCompletion,
    tag: number,
  ): boolean {
    this.options.onWrite?.(sector, count, false);
    return this.submit(REQUEST_WRITE, sector, count, buffer, bufferSector, done, tag);
  }

  flush(done: BlockCompletion, tag: number): boolean {
    return this.submit(REQUEST_FLUSH, 0, 0, null, 0, done, tag);
  }

  /** Any request; `done` hears of it only if the answer is STATUS_OK. @returns what the driver says of it */
  request(
    operation: number,
    sector: number,
    count: number,
    buffer: TransferBuffer | null,
    bufferSector: number,
    done: BlockCompletion,
    tag: number,
  ): number {
    if (operation !== REQUEST_READ && operation !== REQUEST_FLUSH)
      this.options.onWrite?.(sector, count, operation === REQUEST_DISCARD);
    const slot = this.slots.take(buffer, bufferSector, done, tag);
    if (slot < 0) return STATUS_BUSY;
    try {
      const status = this.options.driver.exports.submit(operation, sector, count, slot, slot);
      if (status !== STATUS_OK) this.slots.release(slot);
      return status;
    } catch (error) {
      throw this.explain(error);
    }
  }

  /** A person's or the host's command; the option `onCommandDone` hears of its end. @returns what the driver says of it */
  memberCommand(command: number, member: number, tag = MEMBER_TAG): number {
    return this.guard(() => {
      const status = this.options.driver.exports.memberCommand(command, member, tag);
      if (command === MEMBER_REINITIALISED) this.transfers.dropped(member);
      return status;
    });
  }

  /** @returns what the driver says of it; its end is not waited for */
  scrub(mode: number, firstRegion: number, tag = SCRUB_TAG): number {
    return this.guard(() => this.options.driver.exports.scrub(mode, firstRegion, tag));
  }

  /** The layer above answers a sync request. */
  syncDone(epoch: number, status: number): void {
    this.guard(() => this.options.driver.exports.syncDone(epoch, status));
  }

  cardSubmit(
    member: number,
    command: number,
    sector: number,
    count: number,
    buffer: number,
    bufferSector: number,
    token: number,
  ): void {
    const card = this.cards[member]!;
    if (card === null) {
      this.options.clock.schedule(EMPTY_SLOT_US, this.emptySlot, token);
      return;
    }
    const operation = command & ~CARD_OWN_BUFFER;
    if (operation === CARD_FLUSH) {
      card.submit(CARD_FLUSH, 0, 0, null, 0, token);
    } else if (operation === CARD_ZERO) {
      this.options.onCardCommand?.(member, command, sector, count, buffer, token);
      card.submit(CARD_WRITE, sector, count, NOTHING_WRITTEN, 0, token);
    } else if (operation !== command) {
      const address = buffer >>> 0;
      if (operation === CARD_WRITE) this.options.onOwnWrite?.(member, sector, count, address);
      this.options.onCardCommand?.(member, command, sector, count, buffer, token);
      const own = this.ownBuffers.at(address);
      const target = operation === CARD_READ ? this.transfers.whileAwaited(member, own, ALWAYS) : own;
      card.submit(operation, sector, count, target, bufferSector, token);
    } else {
      this.options.onCardCommand?.(member, command, sector, count, buffer, token);
      const offset = this.slots.bufferSectorOf(buffer) + bufferSector;
      const callers = this.slots.bufferOf(buffer)!;
      const target =
        operation === CARD_READ
          ? this.transfers.whileAwaited(member, callers, () => this.slots.bufferOf(buffer) === callers)
          : callers;
      card.submit(operation, sector, count, target, offset, token);
    }
  }

  done(tag: number, status: number): void {
    if (tag > MODE_TAG) {
      this.options.onCommandDone?.(tag === SCRUB_TAG, status, tag);
      return;
    }
    if (tag !== MODE_TAG) {
      if (this.submitting) this.answerLater(tag, status);
      else this.slots.complete(tag, status);
      return;
    }
    this.modeStatus = status;
    if (status !== STATUS_OK) return;
    const found = this.options.driver.exports.geometry(GEOMETRY_DATA_SECTORS);
    if (found !== this.options.dataSectors) {
      throw new Error(`the array has ${found} data sectors, not ${this.options.dataSectors}`);
    }
  }

  zeros(buffer: number, bufferSector: number, count: number): void {
    const offset = this.slots.bufferSectorOf(buffer) + bufferSector;
    for (let i = 0; i < count; i++) this.slots.bufferOf(buffer)!.storeSector(offset + i, ZEROS);
  }

  requestSync(epoch: number): void {
    this.options.sync.onSyncRequested(epoch);
  }

  /** A read of what was never written is answered from inside its submit; callers expect an answer later. */
  private answerLater(tag: number, status: number): void {
    this.early.push(tag, status);
    this.options.clock.schedule(0, this, EARLY_ANSWERS);
  }

  onTime(what: number): void {
    if (what === EARLY_ANSWERS) {
      for (const early = this.early.splice(0); early.length > 0;)
        this.slots.complete(early.shift()!, early.shift()!);
      return;
    }
    const { clock, driver, tickUs } = this.options;
    clock.schedule(tickUs, this, TICK);
    const nowMs = Math.floor(clock.nowUs / 1000);
    this.transfers.ticked(nowMs);
    this.guard(() => driver.exports.tick(nowMs));
  }

  private complete(token: number, status: number, fingerprint: number): void {
    if (!this.ticking) return;
    this.options.onCardAnswer?.(token, status);
    try {
      this.options.driver.exports.complete(token, status, fingerprint);
      this.transfers.look(this.options.driver.exports);
    } catch (error) {
      throw this.explain(error);
    }
  }

  private submit(
    operation: number,
    sector: number,
    count: number,
    buffer: TransferBuffer | null,
    bufferSector: number,
    done: BlockCompletion,
    tag: number,
  ): boolean {
    const slot = this.slots.take(buffer, bufferSector, done, tag);
    if (slot < 0) return false;
    try {
      this.submitting = true;
      const status = this.options.driver.exports.submit(operation, sector, count, slot, slot);
      this.submitting = false;
      if (status === STATUS_OK) return true;
      this.slots.release(slot);
      if (status === STATUS_BUSY) return false;
      throw new MirrorError(`a request of ${count} sectors at sector ${sector}`, status);
    } catch (error) {
      throw this.explain(error);
    }
  }

  protected guard<T>(call: () => T): T {
    try {
      const result = call();
      this.transfers.look(this.options.driver.exports);
      return result;
    } catch (error) {
      throw this.explain(error);
    }
  }

  private explain(error: unknown): unknown {
    return error instanceof WebAssembly.RuntimeError ? this.options.driver.trap(error) : error;
  }
}
