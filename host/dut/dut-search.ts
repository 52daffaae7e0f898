/**
 * The search of a campaign on a device, in parts that anybody may do in any order: the states that the first cuts leave
 * are numbered from the log alone, and a part is a range of these numbers. What comes of a part is the same whoever
 * does it.
 */
import { ContentKeys } from "./content-key.js";
import { cutsOf, type CutSchedule } from "./cut-schedule.js";
import { emptyTally, statesAgain, statesLeft, type CutTally } from "./cut-states.js";
import { DutError, type DeviceUnderTest } from "./device-under-test.js";
import type { Cut, RecoveryCut } from "./dut-case.js";
import { crashStateOf, JudgeCache } from "./judge-cache.js";
import { LogReplay, type ReplaySetting } from "./log-replay.js";
import { cutRecoveries, type DeepState, type RecoveryLimits } from "./recovery-cuts.js";
import type { WriteLog } from "./write-log.js";

/** What is searched. */
export interface DutSearchLimits extends RecoveryLimits {
  readonly cuts: CutSchedule;
}

/** A part of a search: numbers of states, from `from` to before `to`. */
export interface StateRange {
  readonly from: number;
  readonly to: number;
}

/** A state reached by cuts during recovery. Its name is ContentKeys'. */
export interface DeepResult {
  readonly key: string;
  /** Cuts that led to it. */
  readonly depth: number;
  /** Of one that was not accepted. */
  readonly failing?: FailingState;
}

/** What was not accepted, and how it is reached. */
export interface FailingState {
  /** Number of the state that the first cut left. */
  readonly state: number;
  readonly recoveries: readonly RecoveryCut[];
  readonly wrong: string;
  /** The check accepts it, but it does not recover. */
  readonly stuck?: true;
}

/** What came of the cuts of one recovery. The name is that of the state that it began with. */
export interface RecoveryResult extends CutTally {
  readonly key: string;
  readonly writes: number;
}

/** What came of a part: data that JSON can hold. */
export interface RangeResult extends StateRange {
  /** Of the states of the range. */
  readonly failing: readonly FailingState[];
  readonly deep: readonly DeepResult[];
  readonly recoveries: readonly RecoveryResult[];
}

/** Parts have so many states at least, and are so many at most. */
const RANGE_STATES = 8;
const RANGES_MAX = 256;

interface NumberedState extends DeepState {
  readonly state: number;
}

/** A search, its states numbered. */
export class DutSearch {
  /** What the first cuts leave, each distinct state once, by its first cut; and the outcomes that lead to it. */
  readonly states: { readonly cut: Cut; outcomes: number }[] = [];
  /** Of the first cuts. */
  readonly tally: CutTally = emptyTally();
  private readonly numbers = new Map<string, number>();
  private readonly judged: JudgeCache;
  private readonly names: ContentKeys;

  /** @throws Error for a schedule that does not fit the log; DutError for cuts during a recovery that there is not */
  constructor(
    private readonly dut: DeviceUnderTest,
    readonly log: WriteLog,
    readonly setting: ReplaySetting,
    readonly limits: DutSearchLimits,
  ) {
    if (limits.depth > 1 && dut.recover === undefined)
      throw new DutError(
        `${dut.name} has no recovery that could be cut: give one (--recover), or leave out the depth`,
      );
    this.judged = new JudgeCache(dut, setting);
    this.names = new ContentKeys(setting.base, setting.contents);
    this.number();
  }

  /** The whole search in parts. */
  get ranges(): StateRange[] {
    const { length } = this.states;
    const size = Math.max(RANGE_STATES, Math.ceil(length / RANGES_MAX));
    return Array.from({ length: Math.ceil(length / size) }, (_, i) => ({
      from: i * size,
      to: Math.min(length, (i + 1) * size),
    }));
  }

  private number(): void {
    const { log, setting, limits, numbers, states, tally } = this;
    const { cuts, outcomesPerCut } = limits;
    let moments = 0;
    for (const _ of new LogReplay(log, setting).moments()) moments++;
    const chosen = cutsOf(cuts, moments, setting.seed);
    for (const { key, cut } of statesLeft(
      log,
      setting,
      { chosen, outcomesPerCut, seed: setting.seed },
      tally,
    )) {
      const known = numbers.get(key);
      if (known !== undefined) states[known]!.outcomes++;
      else {
        numbers.set(key, states.length);
        states.push({ cut, outcomes: 1 });
      }
    }
  }

  /**
   * What is there after an orderly end, and after a recovery from it, must be accepted: else the check or the firmware
   * is wrong, and no cut is needed to see it.
   * @throws DutError, DutHang
   */
  async checkUncut(): Promise<void> {
    const { dut, log, setting, limits, judged } = this;
    const accept = async (
      images: ReturnType<LogReplay["viewImages"]>,
      marks: readonly string[],
      what: string,
    ) => {
      const wrong = await judged.judge(images, marks);
      if (wrong === null) return;
      throw new DutError(
        `the check does not accept what the ${what} leaves without any cut (${wrong}): correct the check or the firmware first`,
      );
    };
    const end = endOf(log, setting);
    await accept(end.images, end.marks, "run");
    if (limits.depth < 2) return;
    const recovery = await dut.recover!(crashStateOf(end.images, end.marks, setting.contents), setting);
    if ("wrong" in recovery)
      throw new DutError(`the recovery fails even without any cut (${recovery.wrong}): correct that first`);
    const recovered = endOf(recovery.log, { ...setting, base: end.images });
    await accept(recovered.images, [...end.marks, ...recovered.marks], "recovery");
  }

  /** Does a part. @throws DutError, DutHang */
  async run({ from, to }: StateRange): Promise<RangeResult> {
    const { dut, log, setting, limits, judged, names } = this;
    const failing: FailingState[] = [];
    const deep: DeepResult[] = [];
    const recoveries: RecoveryResult[] = [];
    const accepted: NumberedState[] = [];
    const cuts = this.states.slice(from, to).map(({ cut }) => cut);
    let state = from;
    for (const { images, marks, key } of statesAgain(log, setting, cuts)) {
      const wrong = await judged.judge(images, marks);
      if (wrong !== null) failing.push({ state, recoveries: [], wrong });
      else if (limits.depth > 1) accepted.push({ images, marks, key, recoveries: [], state });
      state++;
    }
    const name = ({ images, marks }: NumberedState): string => names.of(images, marks);
    const deepResult = (found: NumberedState, failed: FailingState | null): DeepResult => ({
      key: name(found),
      depth: found.recoveries.length + 1,
      ...(failed === null ? {} : { failing: failed }),
    });
    await cutRecoveries(dut, judged, setting, limits, accepted, {
      isKnown: (key) => this.numbers.has(key),
      onRecovery: (begun, tally, writes) => recoveries.push({ key: name(begun), ...tally, writes }),
      onState: (found, wrong) => {
        deep.push(deepResult(found, wrong === null ? null : failingOf(found, wrong)));
        return true;
      },
      onStuck: (found, wrong) => {
        const failed = { ...failingOf(found, wrong), stuck: true as const };
        if (found.recoveries.length === 0) failing.push(failed);
        else deep.push(deepResult(found, failed));
        return true;
      },
    });
    // States that could not recover were found last.
    failing.sort((a, b) => a.state - b.state);
    return { from, to, failing, deep, recoveries };
  }
}

/** What is there at the end of a log when nothing is cut. */
function endOf(
  log: WriteLog,
  setting: ReplaySetting,
): { images: ReturnType<LogReplay["viewImages"]>; marks: readonly string[] } {
  const replay = new LogReplay(log, setting);
  for (const _ of replay.moments()) void _;
  return { images: replay.viewImages(), marks: replay.said };
}

function failingOf({ state, recoveries }: NumberedState, wrong: string): FailingState {
  return { state, recoveries, wrong };
}
