import {
  CARD_FLUSH,
  CARD_OWN_BUFFER,
  CARD_WRITE,
  GEOMETRY_DATA_SECTORS,
  REQUESTS,
  REQUEST_FLUSH,
  REQUEST_READ,
  REQUEST_WRITE,
  STATUS_BUSY,
  STATUS_OK,
} from "../../assembly/layout.js";
import type { BlockCompletion, BlockDevice } from "../page-cache/block-device.js";
import type { SdCard, TransferBuffer } from "../sdcard-emulator/card.js";
import type { SectorContents } from "../sdcard-emulator/sector-contents.js";
import type { ClockHandler, VirtualClock } from "../sdcard-emulator/virtual-clock.js";
import type { DriverModule, DriverPort } from "./driver-module.js";
import { configureDriver, type DriverOptions } from "./driver-options.js";
import { LinearMemoryBuffers } from "./linear-memory-buffer.js";
import { MirrorError } from "./mirror-error.js";
import { RequestSlots } from "./request-slots.js";

/** The layer above the mirror, as far as clearing needs it. */
export interface SyncListener {
  /** The driver asks for a whole-device sync; answer by `TimedMirror.syncDone(epoch, status)`, not from inside. */
  onSyncRequested(epoch: number): void;
}

export interface TimedMirrorOptions {
  readonly driver: DriverModule;
  readonly clock: VirtualClock;
  readonly contents: SectorContents;
  /** Time between two calls of the driver's tick, microseconds of virtual time. */
  readonly tickUs: number;
  readonly sync: SyncListener;
  /** Data sectors of the array on the cards; a boot that finds another number fails. */
  readonly dataSectors: number;
  /** Told of every write before the driver is asked to take it; it may still answer busy. */
  readonly onWrite?: (sector: number, count: number) => void;
  /** Told of the end of each member command, and of each scrub. */
  readonly onCommandDone?: (isScrub: boolean, status: number) => void;
  /** Told of every write of card sectors from the driver's own memory: metadata and copies. */
  readonly onOwnWrite?: (member: number, sector: number, count: number, address: number) => void;
}

/** Tags of mode changes lie above the slots of requests. */
const MODE_TAG = 0x1000;
const MEMBER_TAG = 0x1001;
const SCRUB_TAG = 0x1002;
const TICK = 0;

/** What takes commands: a card, or a slot without one. */
export type CardSlot = Pick<SdCard, "submit">;

/** The driver on two emulated cards in virtual time: what a controller is. */
export class TimedMirror implements BlockDevice, DriverPort, ClockHandler {
  /** Status of the last format, assemble or stop that ended; -1 while it is under way. */
  modeStatus = -1;
  private cards: readonly [CardSlot, CardSlot] | null = null;
  private readonly slots = new RequestSlots(REQUESTS);
  private readonly ownBuffers: LinearMemoryBuffers;
  private ticking = false;

  constructor(private readonly options: TimedMirrorOptions) {
    this.ownBuffers = new LinearMemoryBuffers(options.driver.memory, options.contents);
  }

  get sectors(): number {
    return this.options.dataSectors;
  }

  /** What both cards answer to. */
  readonly onCardDone = (token: number, status: number, fingerprint: number): void => {
    this.complete(token, status, fingerprint);
  };

  /** Puts two cards in, or what stands for an empty slot; they must answer to `onCardDone`. */
  insertCards(a: CardSlot, b: CardSlot): void {
    this.cards = [a, b];
  }

  /** A fresh controller assembles the array. */
  boot(driverOptions: DriverOptions, policy: number, bootNonce: number): void {
    const { driver } = this.options;
    this.startController(driverOptions);
    this.guard(() => {
      const status = driver.exports.assemble(policy, bootNonce, MODE_TAG);
      if (status !== STATUS_OK) throw new MirrorError("assemble", status);
    });
  }

  /** A fresh controller makes a new array. */
  format(driverOptions: DriverOptions, regionShift: number, bootNonce: number): void {
    this.startController(driverOptions);
    this.guard(() => {
      const status = this.options.driver.exports.format(regionShift, bootNonce, MODE_TAG);
      if (status !== STATUS_OK) throw new MirrorError("format", status);
    });
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
    this.slots.releaseAll();
    this.modeStatus = -1;
    if (!this.ticking) clock.schedule(tickUs, this, TICK);
    this.ticking = true;
  }

  /** The controller is dead: no tick, no answer to any request. */
  halt(): void {
    this.options.clock.cancel(this);
    this.ticking = false;
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
    this.options.onWrite?.(sector, count);
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
    if (operation !== REQUEST_READ && operation !== REQUEST_FLUSH) this.options.onWrite?.(sector, count);
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
  memberCommand(command: number, member: number): number {
    let status: number = STATUS_OK;
    this.guard(() => {
      status = this.options.driver.exports.memberCommand(command, member, MEMBER_TAG);
    });
    return status;
  }

  /** @returns what the driver says of it; its end is not waited for */
  scrub(mode: number, firstRegion: number): number {
    let status: number = STATUS_OK;
    this.guard(() => {
      status = this.options.driver.exports.scrub(mode, firstRegion, SCRUB_TAG);
    });
    return status;
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
    const card = this.cards![member]!;
    const operation = command & ~CARD_OWN_BUFFER;
    if (operation === CARD_FLUSH) {
      card.submit(CARD_FLUSH, 0, 0, null, 0, token);
    } else if (operation !== command) {
      const address = buffer >>> 0;
      if (operation === CARD_WRITE) this.options.onOwnWrite?.(member, sector, count, address);
      card.submit(operation, sector, count, this.ownBuffers.at(address), bufferSector, token);
    } else {
      const offset = this.slots.bufferSectorOf(buffer) + bufferSector;
      card.submit(operation, sector, count, this.slots.bufferOf(buffer), offset, token);
    }
  }

  done(tag: number, status: number): void {
    if (tag === MEMBER_TAG || tag === SCRUB_TAG) {
      this.options.onCommandDone?.(tag === SCRUB_TAG, status);
      return;
    }
    if (tag !== MODE_TAG) {
      this.slots.complete(tag, status);
      return;
    }
    this.modeStatus = status;
    if (status !== STATUS_OK) return;
    const found = this.options.driver.exports.geometry(GEOMETRY_DATA_SECTORS);
    if (found !== this.options.dataSectors) {
      throw new Error(`the array has ${found} data sectors, not ${this.options.dataSectors}`);
    }
  }

  requestSync(epoch: number): void {
    this.options.sync.onSyncRequested(epoch);
  }

  onTime(): void {
    const { clock, driver, tickUs } = this.options;
    clock.schedule(tickUs, this, TICK);
    this.guard(() => driver.exports.tick(Math.floor(clock.nowUs / 1000)));
  }

  private complete(token: number, status: number, fingerprint: number): void {
    if (!this.ticking) return;
    try {
      this.options.driver.exports.complete(token, status, fingerprint);
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
      const status = this.options.driver.exports.submit(operation, sector, count, slot, slot);
      if (status === STATUS_OK) return true;
      this.slots.release(slot);
      if (status === STATUS_BUSY) return false;
      throw new MirrorError(`a request of ${count} sectors at sector ${sector}`, status);
    } catch (error) {
      throw this.explain(error);
    }
  }

  private guard(call: () => void): void {
    try {
      call();
    } catch (error) {
      throw this.explain(error);
    }
  }

  private explain(error: unknown): unknown {
    return error instanceof WebAssembly.RuntimeError ? this.options.driver.trap(error) : error;
  }
}
