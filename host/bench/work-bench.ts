import { profile } from "../sdcard-emulator/characteristics.js";
import { BITMAP_SETTINGS_USUAL } from "./bitmap-settings.js";
import { CallArray } from "./call-array.js";
import { NO_WORK, largerWork, type CallWork } from "./call-work.js";
import { campaignWork } from "./campaign-work.js";
import { benchMetadata } from "./metadata-bench.js";
import { loadPool } from "./pool-load.js";
import { WatchedDriver } from "./watched-driver.js";

/** The largest work of one call while something ran. */
export interface WorkRow {
  readonly name: string;
  /** Calls that were looked at; null where only the driver's own counters were read at the end. */
  readonly calls: number | null;
  readonly work: CallWork;
}

export interface WorkBenchOptions {
  /** Random scenarios of the campaign. */
  readonly scenarios: number;
  /** Bursts of requests on each array. */
  readonly bursts: number;
  /** Sizes of arrays, regions. */
  readonly sizes: readonly number[];
  /** Writes of each trace; null for all. */
  readonly writes: number | null;
}

/** Whoever builds the driver from two binaries: production runs, the rig is what the campaign needs. */
export interface WorkBinaries {
  readonly production: Uint8Array;
  readonly rig: Uint8Array;
}

const SEED = 1;

/** Gathers the largest work of a call from runs of every kind, one row after the other. */
export function* benchWork(binaries: WorkBinaries, options: WorkBenchOptions): Generator<WorkRow> {
  const { scenarios, bursts, sizes, writes } = options;
  yield campaignWork(binaries.rig, scenarios);
  for (const regions of sizes) yield poolWork(binaries.production, regions, bursts);
  const settings = [BITMAP_SETTINGS_USUAL];
  const characteristics = profile("mlc");
  const traces = ["seq", "rand"] as const;
  for (const row of benchMetadata(binaries.production, { settings, traces, characteristics, writes })) {
    yield { name: `trace ${row.trace}`, calls: null, work: row.work };
  }
}

/** The largest of all rows, each figure for itself. */
export function largestWork(rows: readonly WorkRow[]): CallWork {
  return rows.reduce((work, row) => largerWork(work, row.work), NO_WORK);
}

function poolWork(binary: Uint8Array, regions: number, bursts: number): WorkRow {
  const driver = new WatchedDriver(binary);
  const array = CallArray.marked(driver, regions);
  // First while everything has still to be copied, so that reads are written back, then on clean regions.
  loadPool(array, bursts, SEED);
  array.becomeClean();
  loadPool(array, bursts, SEED + 1);
  return { name: `full request pool, ${regions} regions`, calls: driver.calls, work: driver.work };
}
