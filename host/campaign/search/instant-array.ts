import {
  CARD_FLUSH,
  CARD_OWN_BUFFER,
  CARD_READ,
  CARD_ZERO,
  REQUEST_FLUSH,
  REQUEST_READ,
  REQUEST_SECTORS_MAX,
  REQUEST_WRITE,
  STATUS_CARD_FAILED,
  STATUS_OK,
  STATUS_READ_ERROR,
} from "../../../assembly/layout.js";
import type { DriverModule, DriverPort } from "../../mirror/driver-module.js";
import { configureDriver, type DriverOptions } from "../../mirror/driver-options.js";
import { LinearMemoryBuffers } from "../../mirror/linear-memory-buffer.js";
import { UNREADABLE, ZEROS, type SectorContents } from "../../sdcard-emulator/sector-contents.js";
import { requestTicksMax } from "./recovery-bounds.js";
import { CommandList } from "./command-list.js";
import { KnownAssemblies, type Assembled, type RecoveryCourse } from "./known-assemblies.js";
import { RunReads, type KnownRuns } from "./known-runs.js";
import { RunLog, repeatRun } from "./run-log.js";
import { NoteCredit } from "./note-credit.js";
import type { ScratchPair } from "./scratch-pair.js";

/** Both slots hold a card. */
export const PRESENT_BOTH = 3;

const ASSEMBLE_TAG = 0x1000;
const REQUEST_TAG = 0x2000;
const EMPTY = new Int32Array(0);

/**
 * The driver on a pair of images, at once instead of in virtual time: a command is answered as soon as the driver has
 * returned. A slot without a card fails every command.
 */
export class InstantArray implements DriverPort {
  /** Status of the assembly; -1 while it is under way. */
  assembleStatus = -1;
  /** Status of the last request; -1 if it was never answered. */
  requestStatus = -1;
  /** Memory of a driver that was configured and has not been used. */
  private readonly configured: Uint8Array;
  private readonly commands = new CommandList();
  private readonly assemblies: KnownAssemblies;
  /** Whether the run under way is noted, because it was not known. */
  private notes = false;
  private courses: KnownRuns<RecoveryCourse> | null = null;
  private readonly assemblyCredit = new NoteCredit();
  private readonly courseCredit = new NoteCredit();
  private readonly log = new RunLog();
  private readonly reads = new RunReads();
  /** An assembly that was known, as long as the driver itself is not needed in the state at its end. */
  private suspended: Assembled | null = null;
  private readonly ownBuffers: LinearMemoryBuffers;
  private readonly requestTicksMax: number;
  private pair: ScratchPair | null = null;
  private present = PRESENT_BOTH;
  private epochAsked = -1;
  private epochKnown = false;
  private nowMs = 0;
  /** What the caller's buffer holds: what the read under way has delivered, or what a write sends. */
  private readonly buffer = new Int32Array(REQUEST_SECTORS_MAX);

  constructor(
    private readonly driver: DriverModule,
    contents: SectorContents,
    driverOptions: DriverOptions,
  ) {
    this.assemblies = new KnownAssemblies(driver);
    this.ownBuffers = new LinearMemoryBuffers(driver.memory, contents);
    this.requestTicksMax = requestTicksMax(driverOptions.settleMs ?? 0);
    driver.reset();
    configureDriver(driver.exports, driverOptions);
    this.configured = driver.memory.slice(0, driver.exports.staticBytes());
  }

  /**
   * A fresh controller assembles what is in the slots.
   * @param present one bit for each slot that holds a card
   * @returns null if the assembly has not ended within `ticksMax` ticks of 1 ms
   */
  boot(
    pair: ScratchPair,
    present: number,
    policy: number,
    nonce: number,
    ticksMax: number,
  ): Assembled | null {
    const { driver, assemblies } = this;
    this.pair = pair;
    this.present = present;
    this.commands.clear();
    driver.connect(this);
    this.epochKnown = false;
    const runs = assemblies.runs(present, policy, nonce);
    const known = this.begin(runs, this.assemblyCredit);
    if (known !== undefined) {
      this.suspended = known;
      this.assembleStatus = known.status;
      this.nowMs = known.nowMs;
      this.repeat(known.log, EMPTY);
      return known;
    }
    this.suspended = null;
    driver.memory.set(this.configured);
    this.assembleStatus = -1;
    this.nowMs = 0;
    driver.exports.assemble(policy, nonce, ASSEMBLE_TAG);
    this.drain();
    for (let ticks = 0; this.assembleStatus < 0; ticks++) {
      if (ticks === ticksMax) return null;
      this.tick(1);
    }
    const assembled = assemblies.ended(this.assembleStatus, this.nowMs, this.takeLog(), this.notes);
    if (this.notes) runs.keep(this.reads, assembled);
    this.notes = false;
    return assembled;
  }

  /**
   * The recovery goes on from the end of this assembly, which is the last one here.
   * @param sectors data sectors that it will read, ascending: the same object for the same sectors
   * @param readsFirst whether before it resynchronises
   * @returns how it goes on, if that is known: nothing is done yet. Else it is to be done, and told to `courseEnded`
   */
  courseFrom(assembled: Assembled, sectors: Int32Array, readsFirst: boolean): RecoveryCourse | undefined {
    this.courses = this.assemblies.courses(assembled, sectors, readsFirst);
    return this.begin(this.courses, this.courseCredit);
  }

  /** What was done since `courseFrom`, or since this was last called. */
  takeLog(): Int32Array {
    const log = this.log.copy();
    this.log.clear();
    return log;
  }

  /** The recovery that was to be done has come to its end. */
  courseEnded(course: RecoveryCourse): void {
    if (!this.notes) return;
    this.assemblies.courseEnded(course);
    this.courses!.keep(this.reads, course);
    this.notes = false;
  }

  /** Does again what a log says. @param values get what its reads come to */
  repeat(log: Int32Array, values: Int32Array): void {
    repeatRun(log, this.pair!, this.buffer, values);
  }

  /** REGION_... of every region now. */
  regionStates(): Uint8Array {
    this.resume();
    return this.assemblies.regionStates();
  }

  counter(key: number): number {
    this.resume();
    return this.driver.exports.counter(key);
  }

  memberState(member: number): number {
    this.resume();
    return this.driver.exports.memberState(member);
  }

  tick(ms: number): void {
    this.resume();
    this.nowMs += ms;
    this.driver.exports.tick(this.nowMs);
    this.drain();
  }

  private begin<T>(runs: KnownRuns<T>, credit: NoteCredit): T | undefined {
    const known = runs.find(this.pair!);
    this.notes = known === undefined && credit.missed();
    if (known !== undefined) {
      credit.hit();
      return known;
    }
    this.log.clear();
    this.reads.clear();
    return undefined;
  }

  /** The driver itself goes on from the end of an assembly that was known. */
  private resume(): void {
    if (this.suspended === null) return;
    this.driver.memory.set(this.suspended.state);
    this.suspended = null;
  }

  /** Reads the sectors in runs; a run with an unreadable sector is read again one by one. @returns whether all was answered */
  readAll(sectors: Int32Array, values: Int32Array): boolean {
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

  /** Reads a run; a sector that no card can give counts as UNREADABLE. @returns whether it was answered so */
  readRun(sector: number, count: number, values: Int32Array, at: number): boolean {
    const status = this.request(REQUEST_READ, sector, count);
    if (status === STATUS_OK) {
      for (let k = 0; k < count; k++) {
        values[at + k] = this.buffer[k]!;
        if (this.notes) this.log.takes(at + k, k);
      }
      return true;
    }
    if (status !== STATUS_READ_ERROR) return false;
    if (count === 1) {
      values[at] = UNREADABLE;
      if (this.notes) this.log.loses(at);
      return true;
    }
    for (let k = 0; k < count; k++) {
      if (!this.readRun(sector + k, 1, values, at + k)) return false;
    }
    return true;
  }

  /** Writes one sector and flushes. @returns whether both were answered well */
  writeDurably(sector: number, content: number): boolean {
    this.buffer[0] = content;
    return (
      this.request(REQUEST_WRITE, sector, 1) === STATUS_OK && this.request(REQUEST_FLUSH, 0, 0) === STATUS_OK
    );
  }

  private request(operation: number, sector: number, count: number): number {
    this.resume();
    this.requestStatus = -1;
    const accepted = this.driver.exports.submit(operation, sector, count, 0, REQUEST_TAG);
    if (accepted !== STATUS_OK) return (this.requestStatus = accepted);
    this.drain();
    for (let ticks = 0; this.requestStatus < 0 && ticks < this.requestTicksMax; ticks++) this.tick(1);
    return this.requestStatus;
  }

  /** Answers commands in the order they came until the driver asks for nothing more. */
  private drain(): void {
    const { driver, commands } = this;
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
    if (((this.present >> member) & 1) === 0) return STATUS_CARD_FAILED;
    const operation = command & ~CARD_OWN_BUFFER;
    if (operation === CARD_FLUSH) return STATUS_OK;
    if (operation === CARD_ZERO) {
      for (let i = 0; i < count; i++) this.write(member, sector + i, ZEROS);
      return STATUS_OK;
    }
    const own = operation === command ? null : this.ownBuffers.at(buffer >>> 0);
    if (operation === CARD_READ) {
      let readable = true;
      for (let i = 0; i < count; i++) {
        const content = pair.get(member, sector + i);
        if (this.notes) this.reads.reads(member, sector + i, content, own !== null);
        if (content === UNREADABLE) readable = false;
      }
      if (!readable) return STATUS_READ_ERROR;
      for (let i = 0; i < count; i++) {
        const content = pair.get(member, sector + i);
        if (own === null) this.load(bufferSector + i, member, sector + i, content);
        else own.storeSector(bufferSector + i, content);
      }
      return STATUS_OK;
    }
    // What the caller's buffer held before decides this run too, and nobody has noted that.
    if (own === null) this.notes = false;
    for (let i = 0; i < count; i++) {
      const content = own === null ? this.buffer[bufferSector + i]! : own.sampleSector(bufferSector + i);
      this.write(member, sector + i, content);
    }
    return STATUS_OK;
  }

  private write(member: number, sector: number, content: number): void {
    if (this.notes) {
      this.log.writes(member, sector, content);
      this.reads.writes(member, sector);
    }
    this.pair!.set(member, sector, content);
  }

  private load(bufferSector: number, member: number, sector: number, content: number): void {
    if (this.notes) this.log.loads(bufferSector, member, sector);
    this.buffer[bufferSector] = content;
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
    if (this.notes) this.log.clears(bufferSector, count);
    this.buffer.fill(ZEROS, bufferSector, bufferSector + count);
  }

  done(tag: number, status: number): void {
    if (tag === ASSEMBLE_TAG) this.assembleStatus = status;
    else this.requestStatus = status;
  }

  requestSync(epoch: number): void {
    this.epochAsked = epoch;
    this.epochKnown = true;
  }
}
