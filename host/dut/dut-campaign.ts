/**
 * A campaign on a device under test: it runs once without a cut; its log is replayed into emulated cards, and at the
 * moments of the schedule the states that a cut may leave are judged. From the log on everything is deterministic.
 */
import type { CardCharacteristics } from "../sdcard-emulator/characteristics.js";
import { SectorContents } from "../sdcard-emulator/sector-contents.js";
import { cardClass } from "./card-class.js";
import { axesOf, imagesAfter, newestOptions } from "./crash-state.js";
import { cutsOf, type CutSchedule } from "./cut-schedule.js";
import { DutError, type DeviceUnderTest } from "./device-under-test.js";
import { encodeDutCase, eventsUntil, type DutCase } from "./dut-case.js";
import type { DutReport, FoundCase } from "./dut-report.js";
import { shrinkDutCase } from "./dut-shrink.js";
import { tellDutCase } from "./dut-story.js";
import { JudgeCache } from "./judge-cache.js";
import { LogReplay, type ReplaySetting } from "./log-replay.js";
import { coverOutcomes } from "./outcome-cover.js";
import { digestOf, writesOf, type WriteLog } from "./write-log.js";

/** What a campaign is to do. */
export interface DutCampaignOptions {
  /** Class of the cards, by name, path or properties; default tlc-cached, whose cache loses what was not flushed. */
  readonly profile?: string | CardCharacteristics;
  /** Default every. */
  readonly cuts?: CutSchedule;
  /** Of the cards' timing, of random cuts, and of outcomes drawn above the bound. Default 1. */
  readonly seed?: number;
  /** Outcomes tried of one cut; above it they are a covering set. Default 256. */
  readonly outcomesPerCut?: number;
  /** Whether the first failing case is made as small as can be. Default true. */
  readonly shrink?: boolean;
  /** Ends the campaign early, with what was done until then. */
  readonly signal?: AbortSignal;
  readonly onProgress?: (text: string) => void;
}

const OUTCOMES_PER_CUT = 256;
const KEPT_CASES = 8;

/**
 * Tortures a device.
 * @throws DutError for a device or check that does not work even without a cut; DutHang
 */
export async function tortureDevice(
  dut: DeviceUnderTest,
  options: DutCampaignOptions = {},
): Promise<DutReport> {
  const { profile = "tlc-cached", cuts = "every", seed = 1, outcomesPerCut = OUTCOMES_PER_CUT } = options;
  const characteristics = typeof profile === "string" ? cardClass(profile) : profile;
  if (characteristics.flush === "never-ends")
    throw new DutError(
      `a flush of ${characteristics.name} never ends, and so would every run: choose another class`,
    );
  const contents = new SectorContents();
  const log = await dut.record({ characteristics, seed, contents, workload: dut.workload ?? 0 });
  const setting = settingOf(dut, log, { characteristics, contents, seed });
  const judged = new JudgeCache(dut, contents);
  const report: DutReport = {
    version: 1,
    dut: dut.name,
    profile: characteristics.name,
    seed,
    digest: digestOf(log),
    log,
    writes: writesOf(log),
    flushes: log.events.filter(({ kind }) => kind === "flush").length,
    marks: log.events.filter(({ kind }) => kind === "mark").length,
    moments: 0,
    cuts: 0,
    outcomesPossible: 0,
    outcomesTried: 0,
    boundedCuts: 0,
    distinct: 0,
    failing: 0,
    cases: [],
    shrunk: null,
    interrupted: false,
  };
  await checkUncut(log, setting, judged);
  for (const _ of new LogReplay(log, setting).moments()) report.moments++;
  const chosen = cutsOf(cuts, report.moments, seed);
  let number = -1;
  for (const point of new LogReplay(log, setting).moments()) {
    number++;
    if (chosen !== null && !chosen.has(number)) continue;
    if (options.signal?.aborted === true) {
      report.interrupted = true;
      break;
    }
    report.cuts++;
    options.onProgress?.(`${dut.name}: cut ${number + 1} of ${report.moments}, ${judged.distinct} states`);
    const { cards, marks, event, phase } = point;
    const axes = axesOf(cards);
    const { possible, tried } = await coverOutcomes(
      axes,
      newestOptions(cards),
      outcomesPerCut,
      seed,
      async (choice) => {
        const before = judged.distinct;
        const wrong = await judged.judge(imagesAfter(cards, choice), marks);
        if (wrong === null || judged.distinct === before) return true;
        report.failing++;
        if (report.cases.length < KEPT_CASES) {
          const failing: DutCase = {
            digest: report.digest,
            profile: characteristics.name,
            seed,
            kept: eventsUntil(log, event),
            event,
            phase,
            choice: choice.slice(),
          };
          report.cases.push({ id: encodeDutCase(failing), failing, wrong });
        }
        return true;
      },
    );
    report.outcomesPossible += possible;
    report.outcomesTried += tried;
    if (tried < possible) report.boundedCuts++;
  }
  report.distinct = judged.distinct;
  const [first] = report.cases;
  if (first !== undefined && options.shrink !== false && !report.interrupted) {
    options.onProgress?.(`${dut.name}: shrinking a case`);
    report.shrunk = await shrinkDutCase(dut, log, setting, first, outcomesPerCut);
  }
  return report;
}

/** Without a base of its own a card is blank. */
export function settingOf(
  dut: DeviceUnderTest,
  log: WriteLog,
  { characteristics, contents, seed }: Omit<ReplaySetting, "base">,
): ReplaySetting {
  return { characteristics, contents, seed, base: dut.base(log, contents) };
}

/**
 * What is there after an orderly end must be accepted: else the check or the firmware is wrong, and no cut is needed
 * to see it.
 */
async function checkUncut(log: WriteLog, setting: ReplaySetting, judged: JudgeCache): Promise<void> {
  const replay = new LogReplay(log, setting);
  for (const _ of replay.moments()) void _;
  const wrong = await judged.judge(replay.viewImages(), replay.said);
  if (wrong !== null)
    throw new DutError(
      `the check does not accept what the run leaves without any cut (${wrong}): correct the check or the firmware first`,
    );
}

/** How a replay of one case ended. */
export type DutReplay =
  | { readonly ending: "fails"; readonly wrong: string; readonly story: string }
  | { readonly ending: "holds" }
  | { readonly ending: "diverged"; readonly why: string };

/**
 * One case again, on the log that it is of.
 * @param failing decoded from its id
 * @param characteristics of the class that the case names
 * @throws DutError, DutHang
 */
export async function replayDutCase(
  dut: DeviceUnderTest,
  log: WriteLog,
  failing: DutCase,
  characteristics: CardCharacteristics,
): Promise<DutReplay> {
  const digest = digestOf(log);
  if (digest !== failing.digest)
    return { ending: "diverged", why: `the case is of the log ${failing.digest}, and this one is ${digest}` };
  const contents = new SectorContents();
  const setting = settingOf(dut, log, { characteristics, contents, seed: failing.seed });
  const judged = new JudgeCache(dut, contents);
  for (const point of new LogReplay(log, setting, failing.kept).moments()) {
    if (point.event !== failing.event || point.phase !== failing.phase) continue;
    const axes = axesOf(point.cards);
    const fits =
      axes.length === failing.choice.length &&
      axes.every(({ options }, i) => options[failing.choice[i]!] !== undefined);
    if (!fits) return { ending: "diverged", why: "the crash space at the cut is another one" };
    const wrong = await judged.judge(imagesAfter(point.cards, failing.choice), point.marks);
    if (wrong === null) return { ending: "holds" };
    return { ending: "fails", wrong, story: tellDutCase(log, setting, failing, wrong) };
  }
  return { ending: "diverged", why: "the replay does not come to the moment of the cut" };
}

export type { FoundCase };
