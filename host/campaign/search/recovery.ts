import {
  CARD_FLUSH,
  CARD_OWN_BUFFER,
  CARD_READ,
  CARD_ZERO,
  COUNTER_REGIONS_TO_SYNC,
  COUNTER_REGIONS_UNPROVEN,
  COUNTER_SECTORS_RESYNCED,
  REGION_CLEAN,
  REGION_NEEDS_SYNC,
  REQUEST_READ,
  REQUEST_SECTORS_MAX,
  STATUS_OK,
  STATUS_READ_ERROR,
} from "../../../assembly/layout.js";
import type { DriverModule, DriverPort } from "../../mirror/driver-module.js";
import { configureDriver, type DriverOptions } from "../../mirror/driver-options.js";
import { LinearMemoryBuffers } from "../../mirror/linear-memory-buffer.js";
import { UNREADABLE, ZEROS, type SectorContents } from "../../sdcard-emulator/sector-contents.js";
import type { ArrayGeometry } from "../world/array-geometry.js";
import { CommandList } from "./command-list.js";
import {
  FAULT_CLEAN_AND_FLIPS,
  FAULT_CLEAN_BUT_DIFFERENT,
  FAULT_FLIPPED,
  FAULT_NONE,
  FAULT_NO_END,
  FAULT_STATUS,
  FAULT_STILL_DIFFERENT,
  FAULT_TRAP,
} from "./recovery-fault.js";
import { assemblyTicksMax, cleanTicksMax, resyncTicksMax } from "./recovery-bounds.js";
import type { ScratchPair } from "./scratch-pair.js";

/** What became of one pair of images; a pure function of the two. */
export interface Recovered {
  readonly fault: number;
  /** Data sector that shows the fault; -1 when none does. */
  readonly faultSector: number;
  /** What a trap or a wrong status said. */
  readonly faultText: string;
  /** Regions that recovery found marked, ascending. */
  readonly marked: Int32Array;
  /** The data sectors that were read, ascending, and the content that each read returned. */
  readonly sectors: Int32Array;
  readonly values: Int32Array;
  /** Whether everything marked was resynchronised and found equal. */
  readonly resynced: boolean;
  readonly sectorsResynced: number;
}

export interface RecoveryOptions {
  readonly driver: DriverModule;
  readonly contents: SectorContents;
  readonly geometry: ArrayGeometry;
  readonly driverOptions: DriverOptions;
  readonly policy: number;
  /** Whether the array must become CLEAN as a whole when writes stop and syncs succeed (every policy but never). */
  readonly becomesClean: boolean;
}

const ASSEMBLE_TAG = 0x1000;
const READ_TAG = 0x2000;
/** A read needs no tick: its commands are answered at once; some are granted for a driver that waits. */
const READ_TICKS_MAX = 16;
const BOOT_NONCE = 0x5eed;

/**
 * Recovers a pair of images with the real driver, at once instead of in virtual time: a command is answered as soon
 * as the driver has returned. Assembly, reads of every given sector, resync, and the way back to CLEAN.
 */
export class Recovery implements DriverPort {
  private readonly commands = new CommandList();
  private readonly ownBuffers: LinearMemoryBuffers;
  private readonly configured: Uint8Array;
  private pair: ScratchPair | null = null;
  private assembleStatus = -1;
  private readStatus = -1;
  private epochAsked = -1;
  private epochKnown = false;
  private nowMs = 0;
  /** What the read under way has delivered, by its sector offset. */
  private readonly delivered = new Int32Array(REQUEST_SECTORS_MAX);
  private readonly assemblyTicksMax: number;
  private readonly cleanTicksMax: number;

  constructor(private readonly options: RecoveryOptions) {
    const { driver, contents, geometry, driverOptions } = options;
    this.assemblyTicksMax = assemblyTicksMax(geometry, driverOptions.settleMs ?? 0);
    this.cleanTicksMax = cleanTicksMax(geometry, driverOptions.settleMs ?? 0);
    this.ownBuffers = new LinearMemoryBuffers(driver.memory, contents);
    driver.reset();
    configureDriver(driver.exports, options.driverOptions);
    this.configured = driver.memory.slice(0, driver.exports.staticBytes());
  }

  /**
   * @param sectors data sectors to read, ascending
   * @param readsFirst whether they are read before resync starts, or after it
   * @param resyncSectorsMax if more sectors are to be resynchronised, recovery ends after assembly and reads
   */
  recover(
    pair: ScratchPair,
    sectors: Int32Array,
    readsFirst: boolean,
    resyncSectorsMax = Infinity,
  ): Recovered {
    this.pair = pair;
    this.commands.clear();
    this.options.driver.connect(this);
    try {
      return this.run(sectors, readsFirst, resyncSectorsMax);
    } catch (error) {
      if (!(error instanceof WebAssembly.RuntimeError)) throw error;
      return this.broken(FAULT_TRAP, -1, this.options.driver.trap(error).message, EMPTY);
    }
  }

  private run(sectors: Int32Array, readsFirst: boolean, resyncSectorsMax: number): Recovered {
    const { driver, policy, geometry } = this.options;
    driver.memory.set(this.configured);
    this.assembleStatus = -1;
    this.epochKnown = false;
    this.nowMs = 0;
    driver.exports.assemble(policy, BOOT_NONCE, ASSEMBLE_TAG);
    this.drain();
    for (let ticks = 0; this.assembleStatus < 0; ticks++) {
      if (ticks === this.assemblyTicksMax)
        return this.broken(FAULT_NO_END, -1, "assembly does not end", EMPTY);
      this.tick(1);
    }
    if (this.assembleStatus !== STATUS_OK) {
      return this.broken(FAULT_STATUS, -1, `assembly ended with status ${this.assembleStatus}`, EMPTY);
    }
    const marked = this.markedRegions();
    const different = this.cleanButDifferent();
    if (different >= 0) return this.readInTurn(different, marked);
    const values = new Int32Array(sectors.length);
    const resyncs = marked.length * geometry.regionSectors <= resyncSectorsMax;
    if ((readsFirst || !resyncs) && !this.readAll(sectors, values)) return this.wrongStatus(marked);
    if (!resyncs) return { ...this.broken(FAULT_NONE, -1, "", marked), sectors, values };
    if (!this.resync(marked.length)) return this.broken(FAULT_NO_END, -1, "resync does not end", marked);
    const sectorsResynced = driver.exports.counter(COUNTER_SECTORS_RESYNCED);
    if (!readsFirst && !this.readAll(sectors, values)) return this.wrongStatus(marked);
    const remaining = this.firstDifference();
    if (remaining >= 0) return this.broken(FAULT_STILL_DIFFERENT, remaining, "", marked);
    const flipped = this.firstFlip(sectors, values);
    if (flipped >= 0) return this.broken(FAULT_FLIPPED, flipped, "", marked);
    if (!this.becomesClean()) return this.broken(FAULT_NO_END, -1, "regions stay unproven", marked);
    return {
      ...this.broken(FAULT_NONE, -1, "", marked),
      sectors,
      values,
      resynced: true,
      sectorsResynced,
    };
  }

  private broken(fault: number, sector: number, text: string, marked: Int32Array): Recovered {
    return {
      fault,
      faultSector: sector,
      faultText: text,
      marked,
      sectors: EMPTY,
      values: EMPTY,
      resynced: false,
      sectorsResynced: 0,
    };
  }

  /** A region called clean differs: reads the sector twice, as a newcomer would, and sees whether it flips. */
  private readInTurn(sector: number, marked: Int32Array): Recovered {
    const values = new Int32Array(2);
    const read = this.readRun(sector, 1, values, 0) && this.readRun(sector, 1, values, 1);
    if (!read) return this.wrongStatus(marked);
    const fault = values[0] === values[1] ? FAULT_CLEAN_BUT_DIFFERENT : FAULT_CLEAN_AND_FLIPS;
    return { ...this.broken(fault, sector, "", marked), sectors: new Int32Array([sector, sector]), values };
  }

  private wrongStatus(marked: Int32Array): Recovered {
    return this.broken(FAULT_STATUS, -1, `a read ended with status ${this.readStatus}`, marked);
  }

  private markedRegions(): Int32Array {
    const { driver, geometry } = this.options;
    const count = driver.exports.counter(COUNTER_REGIONS_TO_SYNC);
    if (count === 0) return EMPTY;
    const marked = new Int32Array(count);
    let found = 0;
    for (let region = 0; region < geometry.regions; region++) {
      if (driver.exports.regionState(region) === REGION_NEEDS_SYNC) marked[found++] = region;
    }
    return marked;
  }

  /** First data sector that differs in a region that is CLEAN now, or -1. */
  private cleanButDifferent(): number {
    const { driver, geometry } = this.options;
    const differences = this.pair!.differences;
    for (let region = 0; region < geometry.regions; region++) {
      if (differences[region] !== 0 && driver.exports.regionState(region) === REGION_CLEAN) {
        return this.differenceIn(region);
      }
    }
    return -1;
  }

  private firstDifference(): number {
    const differences = this.pair!.differences;
    for (let region = 0; region < differences.length; region++) {
      if (differences[region] !== 0) return this.differenceIn(region);
    }
    return -1;
  }

  private differenceIn(region: number): number {
    const { regionShift, regionSectors, dataStart } = this.options.geometry;
    const first = region << regionShift;
    for (let sector = first; sector < first + regionSectors; sector++) {
      if (this.pair!.get(0, dataStart + sector) !== this.pair!.get(1, dataStart + sector)) return sector;
    }
    throw new Error(`region ${region} is counted as different, but no sector of it differs`);
  }

  private firstFlip(sectors: Int32Array, values: Int32Array): number {
    const { dataStart } = this.options.geometry;
    for (let i = 0; i < sectors.length; i++) {
      if (this.pair!.get(0, dataStart + sectors[i]!) !== values[i]) return sectors[i]!;
    }
    return -1;
  }

  private resync(marked: number): boolean {
    const { driver, geometry, driverOptions } = this.options;
    const { exports } = driver;
    const ticksMax = resyncTicksMax(geometry, driverOptions.settleMs ?? 0, marked);
    for (let ticks = 0; exports.counter(COUNTER_REGIONS_TO_SYNC) !== 0; ticks++) {
      if (ticks === ticksMax) return false;
      this.tick(1);
    }
    return true;
  }

  private becomesClean(): boolean {
    const { driver, driverOptions, becomesClean } = this.options;
    if (!becomesClean) return true;
    const { exports } = driver;
    for (let ticks = 0; exports.counter(COUNTER_REGIONS_UNPROVEN) !== 0; ticks++) {
      if (ticks === this.cleanTicksMax) return false;
      this.tick(Math.max(driverOptions.epochMs, driverOptions.cooldownMs ?? 0, 1));
    }
    return true;
  }

  /** Reads the sectors in runs; a run with an unreadable sector is read again one by one. */
  private readAll(sectors: Int32Array, values: Int32Array): boolean {
    let i = 0;
    while (i < sectors.length) {
      let count = 1;
      while (
        i + count < sectors.length &&
        sectors[i + count] === sectors[i]! + count &&
        count < REQUEST_SECTORS_MAX
      ) {
        count++;
      }
      if (!this.readRun(sectors[i]!, count, values, i)) return false;
      i += count;
    }
    return true;
  }

  private readRun(sector: number, count: number, values: Int32Array, at: number): boolean {
    const status = this.read(sector, count);
    if (status === STATUS_OK) {
      for (let k = 0; k < count; k++) values[at + k] = this.delivered[k]!;
      return true;
    }
    if (status !== STATUS_READ_ERROR) return false;
    if (count === 1) {
      values[at] = UNREADABLE;
      return true;
    }
    for (let k = 0; k < count; k++) {
      if (!this.readRun(sector + k, 1, values, at + k)) return false;
    }
    return true;
  }

  private read(sector: number, count: number): number {
    this.readStatus = -1;
    const accepted = this.options.driver.exports.submit(REQUEST_READ, sector, count, 0, READ_TAG);
    if (accepted !== STATUS_OK) return accepted;
    this.drain();
    for (let ticks = 0; this.readStatus < 0 && ticks < READ_TICKS_MAX; ticks++) this.tick(1);
    return this.readStatus;
  }

  private tick(ms: number): void {
    this.nowMs += ms;
    this.options.driver.exports.tick(this.nowMs);
    this.drain();
  }

  /** Answers commands in the order they came until the driver asks for nothing more. */
  private drain(): void {
    const { driver } = this.options;
    const commands = this.commands;
    for (;;) {
      while (commands.next()) {
        const status = this.execute();
        driver.exports.complete(commands.token, status, 0);
      }
      if (!this.epochKnown) return;
      this.epochKnown = false;
      driver.exports.syncDone(this.epochAsked, STATUS_OK);
    }
  }

  private execute(): number {
    const { command, member, sector, count, buffer, bufferSector } = this.commands;
    const pair = this.pair!;
    const operation = command & ~CARD_OWN_BUFFER;
    if (operation === CARD_FLUSH) return STATUS_OK;
    if (operation === CARD_ZERO) {
      for (let i = 0; i < count; i++) pair.set(member, sector + i, ZEROS);
      return STATUS_OK;
    }
    const own = operation === command ? null : this.ownBuffers.at(buffer >>> 0);
    if (operation === CARD_READ) {
      for (let i = 0; i < count; i++)
        if (pair.get(member, sector + i) === UNREADABLE) return STATUS_READ_ERROR;
      for (let i = 0; i < count; i++) {
        const content = pair.get(member, sector + i);
        if (own === null) this.delivered[bufferSector + i] = content;
        else own.storeSector(bufferSector + i, content);
      }
      return STATUS_OK;
    }
    if (own === null) throw new Error("recovery writes no caller's data, yet the driver sent some to a card");
    for (let i = 0; i < count; i++) pair.set(member, sector + i, own.sampleSector(bufferSector + i));
    return STATUS_OK;
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
    this.commands.push(member, command, sector, count, buffer, bufferSector, token);
  }

  zeros(_buffer: number, bufferSector: number, count: number): void {
    this.delivered.fill(ZEROS, bufferSector, bufferSector + count);
  }

  done(tag: number, status: number): void {
    if (tag === ASSEMBLE_TAG) this.assembleStatus = status;
    else this.readStatus = status;
  }

  requestSync(epoch: number): void {
    this.epochAsked = epoch;
    this.epochKnown = true;
  }
}

const EMPTY = new Int32Array(0);
