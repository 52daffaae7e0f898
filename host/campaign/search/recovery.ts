import {
  COUNTER_REGIONS_TO_SYNC,
  COUNTER_REGIONS_UNPROVEN,
  COUNTER_SECTORS_RESYNCED,
  MEMBER_FAULTY,
  MEMBER_IN_SYNC,
  STATUS_OK,
} from "../../../assembly/layout.js";
import type { DriverModule } from "../../mirror/driver-module.js";
import type { DriverOptions } from "../../mirror/driver-options.js";
import { UNREADABLE, type SectorContents } from "../../sdcard-emulator/sector-contents.js";
import type { Checks } from "../oracle/checks.js";
import { expectedAssembly, WINNER_BOTH, type AssemblyExpectation } from "../oracle/assembly-expectation.js";
import { SuperblockRecords, type SuperblockRecord } from "../oracle/superblock-record.js";
import type { ArrayGeometry } from "../world/array-geometry.js";
import { InstantArray, PRESENT_BOTH } from "./instant-array.js";
import type { RecoveryCourse } from "./known-assemblies.js";
import { cleanButDifferent, flippedSector, stillDifferent } from "./mirror-differences.js";
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
import { assemblyTicksMax, cleanTicksMax, rebuildTicksMax, resyncTicksMax } from "./recovery-bounds.js";
import type { ScratchPair } from "./scratch-pair.js";

/** What became of one pair of images; a pure function of the two. */
export interface Recovered {
  readonly fault: number;
  /** Data sector that shows the fault; -1 when none does. */
  readonly faultSector: number;
  /** What a trap or a wrong status said. */
  readonly faultText: string;
  /** How the superblocks of the images say that an assembly must end. */
  readonly expected: AssemblyExpectation;
  /** Regions that recovery found marked, ascending. */
  readonly marked: Int32Array;
  /** The data sectors that were read, ascending, and the content that each read returned. */
  readonly sectors: Int32Array;
  readonly values: Int32Array;
  /** Whether everything marked was resynchronised and found equal. */
  readonly resynced: boolean;
  readonly sectorsResynced: number;
}

/** What became of one card of a pair without the other one; a pure function of the two images. */
export interface LoneRecovered {
  readonly member: number;
  /** The superblock of the card that stayed away. */
  readonly other: SuperblockRecord | null;
  readonly fault: number;
  readonly faultSector: number;
  readonly faultText: string;
  /** Whether the card was assembled alone, as it must be or must not be by its superblock. */
  readonly accepted: boolean;
  /** What both cards together would have led to. */
  readonly expected: AssemblyExpectation;
  readonly sectors: Int32Array;
  readonly values: Int32Array;
}

export interface RecoveryOptions {
  readonly driver: DriverModule;
  readonly contents: SectorContents;
  readonly geometry: ArrayGeometry;
  readonly driverOptions: DriverOptions;
  /** The promises that are looked at: what only shows that another one is broken is not looked for. */
  readonly checks: Checks;
  readonly policy: number;
  /** Whether the array must become CLEAN as a whole when writes stop and syncs succeed (every policy but never). */
  readonly becomesClean: boolean;
  /** Whether driverOptions let one card that never ran alone be assembled (OPTION_START_DEGRADED); default false. */
  readonly startDegraded?: boolean;
  /** Whether a cut may destroy a sector that was durable (F3); default false. */
  readonly destroys?: boolean;
}

const BOOT_NONCE = 0x5eed;
/** Even, and odd again: no two boots in a row have the same parity. */
const LONE_NONCE = 0x6eec;
const RETURN_NONCE = 0x7eed;
/** What is written by an array of one card: a value that no thread stores. */
const LONE_STAMP = 0x10e0001;

/**
 * Recovers a pair of images with the real driver, at once instead of in virtual time: assembly, reads of every given
 * sector, resync or rebuild, and the way back to CLEAN; with both cards, or with one of them, and then with both.
 */
export class Recovery {
  private readonly array: InstantArray;
  private readonly superblocks: SuperblockRecords;
  private readonly loneContent: number;
  /** Whether a cut may destroy a sector that was durable (F3). */
  readonly destroys: boolean;
  /** Whether one card that never ran alone may be assembled. */
  readonly startDegraded: boolean;
  private pair: ScratchPair | null = null;
  private lastSectors: Int32Array = EMPTY;
  private readonly assemblyTicksMax: number;
  private readonly cleanTicksMax: number;

  constructor(private readonly options: RecoveryOptions) {
    const { driver, contents, geometry, driverOptions } = options;
    const settleMs = driverOptions.settleMs ?? 0;
    this.destroys = options.destroys ?? false;
    this.startDegraded = options.startDegraded ?? false;
    this.assemblyTicksMax = assemblyTicksMax(geometry, settleMs);
    this.cleanTicksMax = cleanTicksMax(geometry, settleMs);
    this.array = new InstantArray(driver, contents, driverOptions);
    this.superblocks = new SuperblockRecords(contents, geometry);
    const piece = contents.stamp(LONE_STAMP);
    this.loneContent = contents.sectorOf(piece, piece);
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
    try {
      return this.run(BOOT_NONCE, sectors, readsFirst, resyncSectorsMax);
    } catch (error) {
      if (!(error instanceof WebAssembly.RuntimeError)) throw error;
      return this.broken(FAULT_TRAP, -1, this.options.driver.trap(error).message, EMPTY);
    }
  }

  /**
   * Boots one card of the pair without the other, reads, writes a sector, and boots both: what the lone card said must
   * still be so, on both cards.
   * @param written index into `sectors` of the sector to write
   */
  recoverAlone(pair: ScratchPair, member: number, sectors: Int32Array, written: number): LoneRecovered {
    this.pair = pair;
    const result: LoneRecovered = {
      member,
      other: this.superblockOf(1 - member),
      fault: FAULT_NONE,
      faultSector: -1,
      faultText: "",
      expected: this.expectation(PRESENT_BOTH),
      accepted: false,
      sectors: EMPTY,
      values: EMPTY,
    };
    try {
      return { ...result, ...this.runAlone(member, sectors, written) };
    } catch (error) {
      if (!(error instanceof WebAssembly.RuntimeError)) throw error;
      return { ...result, ...faulty(FAULT_TRAP, -1, this.options.driver.trap(error).message) };
    }
  }

  private runAlone(member: number, sectors: Int32Array, written: number): Partial<LoneRecovered> {
    const { policy, checks } = this.options;
    const { array } = this;
    const pair = this.pair!;
    const { status } = this.expectation(1 << member);
    const untouched = pair.mark();
    const assembled = array.boot(pair, 1 << member, policy, LONE_NONCE, this.assemblyTicksMax);
    if (assembled === null) return faulty(FAULT_NO_END, -1, "assembly does not end");
    if (assembled.status !== status) {
      return faulty(FAULT_STATUS, -1, `assembly ended with status ${assembled.status}, not ${status}`);
    }
    if (status !== STATUS_OK) {
      return pair.mark() === untouched || !checks.has("P7")
        ? {}
        : faulty(FAULT_STATUS, -1, "it was refused, and written to");
    }
    const values = new Int32Array(sectors.length);
    const again = new Int32Array(sectors.length);
    if (!array.readAll(sectors, values) || !array.readAll(sectors, again)) {
      return faulty(FAULT_STATUS, -1, `a read ended with status ${array.requestStatus}`);
    }
    const flipped = checks.has("P3") ? values.findIndex((value, i) => value !== again[i]) : -1;
    if (flipped >= 0) return faulty(FAULT_FLIPPED, sectors[flipped]!, "");
    if (!array.writeDurably(sectors[written]!, this.loneContent)) {
      return faulty(FAULT_STATUS, -1, `a write ended with status ${array.requestStatus}`);
    }
    again[written] = this.loneContent;
    return { accepted: true, sectors, values, ...this.runReturn(member, sectors, again) };
  }

  /** The other card is back: the survivor wins, or both are refused. `survived` is what the sectors must still hold. */
  private runReturn(member: number, sectors: Int32Array, survived: Int32Array): Partial<LoneRecovered> {
    const other = this.superblockOf(1 - member);
    const { fault, faultSector, faultText, expected, values } = this.run(
      RETURN_NONCE,
      sectors,
      true,
      Infinity,
    );
    if (fault !== FAULT_NONE) {
      const text = faultText === "" ? `sector ${faultSector} differs between the cards` : faultText;
      return faulty(fault, faultSector, `and then both: ${text}`);
    }
    if (other === null || expected.status !== STATUS_OK) return {};
    const { checks } = this.options;
    if (expected.winner !== member && checks.has("P7"))
      return faulty(FAULT_STATUS, -1, "and then both: the other card wins");
    if (!checks.has("P3")) return {};
    const changed = values.findIndex((value, i) => value !== survived[i] && survived[i] !== UNREADABLE);
    if (changed < 0) return {};
    return faulty(FAULT_FLIPPED, sectors[changed]!, `and then both: sector ${sectors[changed]} changes`);
  }

  private run(nonce: number, sectors: Int32Array, readsFirst: boolean, resyncSectorsMax: number): Recovered {
    const { policy, geometry, checks } = this.options;
    const { array } = this;
    const pair = this.pair!;
    const expected = this.expectation(PRESENT_BOTH);
    const untouched = pair.mark();
    const assembled = array.boot(pair, PRESENT_BOTH, policy, nonce, this.assemblyTicksMax);
    if (assembled === null) return this.broken(FAULT_NO_END, -1, "assembly does not end", EMPTY);
    if (assembled.status !== expected.status) {
      const text = `assembly ended with status ${assembled.status}, not ${expected.status}`;
      return this.broken(FAULT_STATUS, -1, text, EMPTY);
    }
    if (expected.status !== STATUS_OK) {
      if (pair.mark() === untouched || !checks.has("P7"))
        return { ...this.broken(FAULT_NONE, -1, "", EMPTY), expected };
      return this.broken(FAULT_STATUS, -1, "cards that were refused were written to", EMPTY);
    }
    const { marked } = assembled;
    const isPair = expected.winner === WINNER_BOTH || expected.rebuilds;
    const different =
      isPair && checks.has("P1") ? cleanButDifferent(pair, geometry, assembled.regionStates) : -1;
    if (different >= 0) return this.readInTurn(different, marked);
    const values = new Int32Array(sectors.length);
    if (marked.length * geometry.regionSectors > resyncSectorsMax) {
      if (!array.readAll(sectors, values)) return this.wrongStatus(marked);
      return { ...this.broken(FAULT_NONE, -1, "", marked), expected, sectors, values };
    }
    const isShort = Math.max(sectors.length, marked.length * geometry.regionSectors) <= NOTED_SECTORS_MAX;
    const known = isShort ? array.courseFrom(assembled, this.sameSectors(sectors), readsFirst) : undefined;
    if (known !== undefined) array.repeat(known.log, values);
    const course = known ?? this.readAndResync(marked, expected.rebuilds, sectors, values, readsFirst);
    if ("fault" in course) return course;
    const { whole, regionStates, sectorsResynced } = course;
    const done: Recovered = {
      fault: FAULT_NONE,
      faultSector: -1,
      faultText: "",
      expected,
      marked,
      sectors,
      values,
      resynced: true,
      sectorsResynced,
    };
    // A sector that the winner cannot read ends the rebuild; it is no reason for anything else.
    if (!whole && checks.has("P5") && !values.includes(UNREADABLE))
      return this.broken(FAULT_NO_END, -1, "rebuild does not end", marked);
    if (whole && isPair) {
      if (checks.has("P3")) {
        const remaining = stillDifferent(pair, geometry, regionStates, marked, expected.rebuilds);
        if (remaining >= 0) return this.broken(FAULT_STILL_DIFFERENT, remaining, "", marked);
        const flips = flippedSector(pair, geometry, regionStates, sectors, values, expected.rebuilds);
        if (flips >= 0) return this.broken(FAULT_FLIPPED, flips, "", marked);
      }
      if (known !== undefined) array.repeat(known.cleaning, values);
      else if (checks.has("P5") && !this.becomesClean())
        return this.broken(FAULT_NO_END, -1, "regions stay unproven", marked);
    }
    if (known === undefined) array.courseEnded({ ...course, cleaning: array.takeLog() });
    return done;
  }

  /**
   * Reads, and resynchronises or rebuilds, in one order or the other.
   * @param values get what the reads come to
   * @returns how it went, or the fault that it ended with
   */
  private readAndResync(
    marked: Int32Array,
    rebuilds: boolean,
    sectors: Int32Array,
    values: Int32Array,
    readsFirst: boolean,
  ): Recovered | Omit<RecoveryCourse, "cleaning"> {
    const { array } = this;
    if (readsFirst && !array.readAll(sectors, values)) return this.wrongStatus(marked);
    if (!this.resync(marked.length, rebuilds))
      return this.broken(FAULT_NO_END, -1, "resync does not end", marked);
    const whole = !rebuilds || this.rebuild();
    const sectorsResynced = array.counter(COUNTER_SECTORS_RESYNCED);
    if (!readsFirst && !array.readAll(sectors, values)) return this.wrongStatus(marked);
    return { log: array.takeLog(), whole, sectorsResynced, regionStates: array.regionStates() };
  }

  /** The same object for the same sectors. */
  private sameSectors(sectors: Int32Array): Int32Array {
    const { lastSectors } = this;
    if (sectors === lastSectors) return sectors;
    const isSame =
      sectors.length === lastSectors.length && sectors.every((sector, i) => sector === lastSectors[i]);
    if (!isSame) this.lastSectors = sectors;
    return this.lastSectors;
  }

  /** What the superblocks lead to, as an assembly of these slots finds them. */
  private expectation(present: number): AssemblyExpectation {
    const found = (member: number): SuperblockRecord | null =>
      ((present >> member) & 1) === 1 ? this.superblockOf(member) : null;
    return expectedAssembly(found(0), found(1), this.startDegraded);
  }

  private superblockOf(member: number): SuperblockRecord | null {
    return this.superblocks.onCard((sector) => this.pair!.get(member, sector));
  }

  private broken(fault: number, sector: number, text: string, marked: Int32Array): Recovered {
    return {
      fault,
      faultSector: sector,
      faultText: text,
      expected: NORMAL,
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
    const read = this.array.readRun(sector, 1, values, 0) && this.array.readRun(sector, 1, values, 1);
    if (!read) return this.wrongStatus(marked);
    const fault = values[0] === values[1] ? FAULT_CLEAN_BUT_DIFFERENT : FAULT_CLEAN_AND_FLIPS;
    return { ...this.broken(fault, sector, "", marked), sectors: new Int32Array([sector, sector]), values };
  }

  private wrongStatus(marked: Int32Array): Recovered {
    return this.broken(FAULT_STATUS, -1, `a read ended with status ${this.array.requestStatus}`, marked);
  }

  private resync(marked: number, rebuilds: boolean): boolean {
    const { geometry, driverOptions } = this.options;
    const { array } = this;
    const settleMs = driverOptions.settleMs ?? 0;
    const ticksMax = rebuilds
      ? rebuildTicksMax(geometry, settleMs)
      : resyncTicksMax(geometry, settleMs, marked);
    for (let ticks = 0; array.counter(COUNTER_REGIONS_TO_SYNC) !== 0; ticks++) {
      if (ticks === ticksMax) return false;
      array.tick(1);
    }
    return true;
  }

  /** @returns whether both members are in sync in the end */
  private rebuild(): boolean {
    const { geometry, driverOptions } = this.options;
    const { array } = this;
    const ticksMax = rebuildTicksMax(geometry, driverOptions.settleMs ?? 0);
    for (let ticks = 0; ticks < ticksMax; ticks++) {
      const [a, b] = [array.memberState(0), array.memberState(1)];
      if (a === MEMBER_FAULTY || b === MEMBER_FAULTY) return false;
      if (a === MEMBER_IN_SYNC && b === MEMBER_IN_SYNC) return true;
      array.tick(1);
    }
    return false;
  }

  private becomesClean(): boolean {
    const { driverOptions, becomesClean } = this.options;
    const { array } = this;
    if (!becomesClean) return true;
    for (let ticks = 0; array.counter(COUNTER_REGIONS_UNPROVEN) !== 0; ticks++) {
      if (ticks === this.cleanTicksMax) return false;
      array.tick(Math.max(driverOptions.epochMs, driverOptions.cooldownMs ?? 0, 1));
    }
    return true;
  }
}

/** Sectors read or resynchronised by a recovery that is noted: to note a longer one costs more than to run it again. */
const NOTED_SECTORS_MAX = 32;
const EMPTY = new Int32Array(0);
const NORMAL: AssemblyExpectation = { status: STATUS_OK, winner: WINNER_BOTH, rebuilds: false };

function faulty(fault: number, faultSector: number, faultText: string): Partial<LoneRecovered> {
  return { fault, faultSector, faultText };
}
