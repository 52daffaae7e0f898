import {
  GEOMETRY_REGIONS,
  GEOMETRY_STATE_BYTES,
  MEMBERS,
  REGION_NEEDS_SYNC,
  STATUS_OK,
} from "../../../assembly/layout.js";
import type { DriverModule } from "../../mirror/driver-module.js";
import { KnownRuns } from "./known-runs.js";

/** An assembly that has ended. */
export interface Assembled {
  readonly status: number;
  /** Time at the end, ms. */
  readonly nowMs: number;
  /** The driver's whole state at the end. */
  readonly state: Uint8Array;
  /** What it has done to the cards: a copy of a RunLog. */
  readonly log: Int32Array;
  /** REGION_... of every region; of none if the array was refused. */
  readonly regionStates: Uint8Array;
  /** Regions to resynchronise, ascending. */
  readonly marked: Int32Array;
  /** How recoveries go on from here that read the sectors first, and that read them last; null until one has. */
  readonly courses: [KnownCourses | null, KnownCourses | null];
}

/** How recoveries go on after one assembly, if they read these sectors. */
export interface KnownCourses {
  readonly sectors: Int32Array;
  readonly runs: KnownRuns<RecoveryCourse>;
}

/** A recovery from the end of its assembly to an array that is CLEAN. */
export interface RecoveryCourse {
  /** What it does to the cards, to the end of resync, rebuild and reads, and from there to CLEAN: copies of a RunLog. */
  readonly log: Int32Array;
  readonly cleaning: Int32Array;
  /** Whether both members are in sync in the end. */
  readonly whole: boolean;
  readonly sectorsResynced: number;
  /** REGION_... of every region after resync and rebuild. */
  readonly regionStates: Uint8Array;
}

/** Of what is kept, about; beyond it all is dropped. */
const KEPT_BYTES_MAX = 1 << 26;
/** Of the objects that hold a course. */
const COURSE_BYTES = 400;

/** More than there are. */
const POLICIES_MAX = 256;

const EMPTY = new Int32Array(0);
const NO_STATE = new Uint8Array(0);

/** Assemblies that are known, and how recoveries went on from their ends, for a driver with the same options. */
export class KnownAssemblies {
  /** By slots with a card, policy and boot nonce. */
  private readonly bySlots = new Map<number, KnownRuns<Assembled>>();
  private keptBytes = 0;

  constructor(private readonly driver: DriverModule) {}

  /** Assemblies that differ only in what is on the cards. */
  runs(present: number, policy: number, nonce: number): KnownRuns<Assembled> {
    const key = (nonce * POLICIES_MAX + policy) * (1 << MEMBERS) + present;
    let runs = this.bySlots.get(key);
    if (runs === undefined) this.bySlots.set(key, (runs = new KnownRuns()));
    return runs;
  }

  /**
   * An assembly has ended, with nothing left to be answered.
   * @param log copy of what it did
   * @param isNoted whether it will be known: only then is the driver's state ever needed again
   */
  ended(status: number, nowMs: number, log: Int32Array, isNoted: boolean): Assembled {
    const { exports, memory } = this.driver;
    const regionStates = status === STATUS_OK ? this.regionStates() : new Uint8Array(0);
    const assembled: Assembled = {
      status,
      nowMs,
      state: isNoted ? memory.slice(0, exports.geometry(GEOMETRY_STATE_BYTES)) : NO_STATE,
      log,
      regionStates,
      marked: regionsIn(REGION_NEEDS_SYNC, regionStates),
      courses: [null, null],
    };
    this.count(assembled.state.length + regionStates.length + 4 * log.length);
    return assembled;
  }

  /** REGION_... of every region now. */
  regionStates(): Uint8Array {
    const { geometry, regionState } = this.driver.exports;
    const states = new Uint8Array(geometry(GEOMETRY_REGIONS));
    for (let region = 0; region < states.length; region++) states[region] = regionState(region);
    return states;
  }

  /** How recoveries go on from here that read these sectors. */
  courses({ courses }: Assembled, sectors: Int32Array, readsFirst: boolean): KnownRuns<RecoveryCourse> {
    const order = readsFirst ? 0 : 1;
    let known = courses[order];
    if (known?.sectors !== sectors) courses[order] = known = { sectors, runs: new KnownRuns() };
    return known.runs;
  }

  /** A recovery has come to its end, and is kept. */
  courseEnded({ regionStates, log, cleaning }: RecoveryCourse): void {
    this.count(COURSE_BYTES + regionStates.length + 4 * (log.length + cleaning.length));
  }

  private count(bytes: number): void {
    this.keptBytes += bytes;
    if (this.keptBytes <= KEPT_BYTES_MAX) return;
    this.keptBytes = bytes;
    for (const runs of this.bySlots.values()) runs.forget();
  }
}

function regionsIn(state: number, states: Uint8Array): Int32Array {
  let count = 0;
  for (const found of states) if (found === state) count++;
  if (count === 0) return EMPTY;
  const regions = new Int32Array(count);
  let at = 0;
  for (let region = 0; region < states.length; region++) if (states[region] === state) regions[at++] = region;
  return regions;
}
