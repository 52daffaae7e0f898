import { REGIONS_PER_BITMAP_SECTOR } from "../../assembly/layout.js";
import { Prng } from "../sdcard-emulator/prng.js";
import type { CallArray } from "./call-array.js";

/** What calls of the driver are timed apart. */
export const CALL_KINDS = [
  "submit, mark needed",
  "submit, mark there",
  "complete",
  "tick, regions unproven",
  "tick, clearing pass",
  "tick, pass over all",
  "tick, at rest",
] as const;

export type CallKind = (typeof CALL_KINDS)[number];

/** Calls of each kind and the time that they took together. */
export class CallTimes {
  private readonly sums = new Map<CallKind, { calls: number; ms: number }>();

  note(kind: CallKind, calls: number, ms: number): void {
    const sum = this.sums.get(kind) ?? { calls: 0, ms: 0 };
    sum.calls += calls;
    sum.ms += ms;
    this.sums.set(kind, sum);
  }

  /** Calls of a kind so far. */
  calls(kind: CallKind): number {
    return this.sums.get(kind)?.calls ?? 0;
  }

  /** Nanoseconds for one call of a kind; NaN without any. */
  nanoseconds(kind: CallKind): number {
    const { calls, ms } = this.sums.get(kind) ?? { calls: 0, ms: 0 };
    return (ms / calls) * 1e6;
  }
}

/**
 * The regions of a cycle lie in a window of so many, in one bitmap sector, so that arrays of any size have the same to
 * do; only how much there is beside it differs.
 */
export const WINDOW_REGIONS = 256;
const WINDOWS_PER_BITMAP_SECTOR = Math.floor(REGIONS_PER_BITMAP_SECTOR / WINDOW_REGIONS);
/** Regions written in a cycle: fewer than the driver has requests for callers. */
const WRITES = 8;
const TICKS = 64;
/** More than the epoch of a CallArray, ms. */
const EPOCH_OVER_MS = 2000;

/**
 * The life of a few regions, from clean to clean, over and over: written, written again, waited for, cleared. At its
 * end the first and the last region of the array are written, so that one clearing pass goes through all others too.
 */
export class CallCycle {
  private readonly prng: Prng;
  private readonly chosen = new Int32Array(WRITES);

  /** @param now a clock in ms, or anything else that grows with work: times are its differences */
  constructor(
    private readonly array: CallArray,
    private readonly now: () => number,
    seed: number,
  ) {
    this.prng = new Prng(seed);
  }

  /** One cycle. @param times gets what it took */
  run(times: CallTimes): void {
    this.choose();
    this.writeAll(times, "submit, mark needed");
    this.writeAll(times, "submit, mark there");
    this.tickMany(times, "tick, regions unproven");
    this.pass(times, "tick, clearing pass");
    this.tickMany(times, "tick, at rest");
    this.array.write(0, 0);
    this.array.write(this.array.regions - 1, 1);
    this.array.answerAll();
    this.pass(times, "tick, pass over all");
  }

  /** Different regions, ascending, the ends of the window always among them. */
  private choose(): void {
    const { chosen, prng, array } = this;
    const whole = Math.floor(array.regions / REGIONS_PER_BITMAP_SECTOR);
    const rest = array.regions % REGIONS_PER_BITMAP_SECTOR;
    const windows = whole * WINDOWS_PER_BITMAP_SECTOR + Math.floor(rest / WINDOW_REGIONS);
    const window = prng.next() % windows;
    const inSector = window % WINDOWS_PER_BITMAP_SECTOR;
    const bitmapSector = (window - inSector) / WINDOWS_PER_BITMAP_SECTOR;
    const first = bitmapSector * REGIONS_PER_BITMAP_SECTOR + inSector * WINDOW_REGIONS;
    const part = WINDOW_REGIONS / WRITES;
    for (let at = 0; at < WRITES; at++) chosen[at] = first + at * part + (prng.next() % part);
    chosen[0] = first;
    chosen[WRITES - 1] = first + WINDOW_REGIONS - 1;
  }

  private writeAll(times: CallTimes, kind: CallKind): void {
    const { array, chosen, now } = this;
    const startMs = now();
    for (let at = 0; at < WRITES; at++) array.write(chosen[at]!, at);
    const submittedMs = now();
    const completions = array.answerAll();
    const endMs = now();
    times.note(kind, WRITES, submittedMs - startMs);
    times.note("complete", completions, endMs - submittedMs);
  }

  private tickMany(times: CallTimes, kind: CallKind): void {
    const { array, now } = this;
    const startMs = now();
    for (let ticks = 0; ticks < TICKS; ticks++) array.tick(1);
    times.note(kind, TICKS, now() - startMs);
    if (array.isWaiting) throw new Error(`the driver began something in "${kind}": nothing was due`);
  }

  /** A clearing pass: only the ticks are timed, and what happens between them is answered at once. */
  private pass(times: CallTimes, kind: CallKind): void {
    const { array, now } = this;
    for (let elapsedMs = EPOCH_OVER_MS; array.notClean > 0; elapsedMs = 1) {
      const startMs = now();
      let ticks = 0;
      do {
        array.tick(ticks === 0 ? elapsedMs : 1);
        ticks++;
      } while (!array.isWaiting && array.notClean > 0);
      times.note(kind, ticks, now() - startMs);
      array.answerAll();
    }
    array.becomeUnmarked();
  }
}
