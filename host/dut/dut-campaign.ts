/**
 * A campaign on a device under test: it runs once without a cut; its log is replayed into emulated cards, and at the
 * moments of the schedule the states that a cut may leave are judged, if asked for those of cuts during recovery too.
 * From the log on everything is deterministic.
 */
import type { CardCharacteristics } from "../sdcard-emulator/characteristics.js";
import { SectorContents } from "../sdcard-emulator/sector-contents.js";
import { cardClass } from "./card-class.js";
import { DUT_DEPTH_MAX, type CutSchedule } from "./cut-schedule.js";
import { DutError, type DeviceUnderTest } from "./device-under-test.js";
import type { DutReport } from "./dut-report.js";
import { joinedResults } from "./dut-results.js";
import { DutSearch, type RangeResult } from "./dut-search.js";
import { shrinkDutCase } from "./dut-shrink.js";
import { digestOf, writesOf, type WriteLog } from "./write-log.js";

/** What a campaign is to do. */
export interface DutCampaignOptions {
  /** Class of the cards, by name, path or properties; default tlc-cached, whose cache loses what was not flushed. */
  readonly profile?: string | CardCharacteristics;
  /** Moments of the first cut. Default every. */
  readonly cuts?: CutSchedule;
  /** Cuts of one case at most: above 1 recoveries are cut too, at every moment of theirs. Default 1. */
  readonly depth?: number;
  /** Of the cards' timing, of random cuts, and of outcomes drawn above the bound. Default 1. */
  readonly seed?: number;
  /** Outcomes tried of one cut; above it they are a covering set. Default 256. */
  readonly outcomesPerCut?: number;
  /** Whether the first failing case is made as small as can be. Default true. */
  readonly shrink?: boolean;
  /** Checks under way at once, which helps where they are commands. Changes no result. Default 1. */
  readonly jobs?: number;
  /** Ends the campaign early, with what was done until then. */
  readonly signal?: AbortSignal;
  readonly onProgress?: (text: string) => void;
}

const OUTCOMES_PER_CUT = 256;

/**
 * Tortures a device.
 * @throws DutError for a device or check that does not work even without a cut; DutHang
 */
export async function tortureDevice(
  dut: DeviceUnderTest,
  options: DutCampaignOptions = {},
): Promise<DutReport> {
  const search = await searchOf(dut, options);
  await search.checkUncut();
  const { signal, onProgress, jobs = 1 } = options;
  const { ranges } = search;
  const results: (RangeResult | null)[] = ranges.map(() => null);
  let next = 0;
  let done = 0;
  const isOver = (): boolean => signal?.aborted === true;
  const oneAfterTheOther = async (): Promise<void> => {
    for (let index = next++; index < ranges.length && !isOver(); index = next++) {
      results[index] = await search.run(ranges[index]!);
      onProgress?.(`${dut.name}: part ${++done} of ${ranges.length}`);
    }
  };
  await Promise.all(Array.from({ length: Math.max(1, jobs) }, oneAfterTheOther));
  if (options.shrink !== false) onProgress?.(`${dut.name}: shrinking a case`);
  return concludeSearch(dut, search, results, options.shrink !== false);
}

/**
 * The search that a campaign is.
 * @param log of a run that was recorded before; default: it is run now
 * @throws DutError for what cannot be searched; DutHang
 */
export async function searchOf(
  dut: DeviceUnderTest,
  options: DutCampaignOptions,
  recorded?: WriteLog,
): Promise<DutSearch> {
  const { profile = "tlc-cached", cuts = "every", seed = 1, depth = 1 } = options;
  const { outcomesPerCut = OUTCOMES_PER_CUT } = options;
  const characteristics = typeof profile === "string" ? cardClass(profile) : profile;
  if (characteristics.flush === "never-ends")
    throw new DutError(
      `a flush of ${characteristics.name} never ends, and so would every run: choose another class`,
    );
  if (!Number.isSafeInteger(depth) || depth < 1 || depth > DUT_DEPTH_MAX)
    throw new DutError(`${depth} cuts of one case are impossible: give a depth from 1 to ${DUT_DEPTH_MAX}`);
  const contents = new SectorContents();
  const log =
    recorded ?? (await dut.record({ characteristics, seed, contents, workload: dut.workload ?? 0 }));
  const setting = { characteristics, contents, seed, base: dut.base(log, contents) };
  return new DutSearch(dut, log, setting, { cuts, depth, outcomesPerCut });
}

/**
 * The report on a search.
 * @param results of its ranges, in their order; null for one that was not done
 * @param shrinks whether the first failing case of a whole search is made small
 * @throws DutError, DutHang
 */
export async function concludeSearch(
  dut: DeviceUnderTest,
  search: DutSearch,
  results: readonly (RangeResult | null)[],
  shrinks: boolean,
): Promise<DutReport> {
  const { log, setting, limits, tally, states } = search;
  const joined = joinedResults(search, results);
  const interrupted = joined.distinct < states.length;
  const [first] = joined.cases;
  const isShrunk = first !== undefined && shrinks && !interrupted;
  return {
    version: 1,
    dut: dut.name,
    profile: setting.characteristics.name,
    seed: setting.seed,
    digest: digestOf(log),
    log,
    writes: writesOf(log),
    flushes: log.events.filter(({ kind }) => kind === "flush").length,
    marks: log.events.filter(({ kind }) => kind === "mark").length,
    moments: tally.moments,
    cuts: tally.cuts,
    states: states.length,
    ...joined,
    shrunk: isShrunk ? await shrinkDutCase(dut, log, setting, first, limits) : null,
    interrupted,
  };
}
