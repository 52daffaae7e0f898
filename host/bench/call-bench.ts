import { TunedDriver, tuningOf, type BitmapSettings } from "./bitmap-settings.js";
import { CallArray } from "./call-array.js";
import { CALL_KINDS, CallCycle, CallTimes, type CallKind } from "./call-cycle.js";
import { callWork, type CallWork } from "./call-work.js";
import { median } from "./median.js";

/** What one kind of call costs at one size. */
export interface CallCost {
  readonly kind: CallKind;
  readonly regions: number;
  /** Calls that were timed. */
  readonly calls: number;
  /** Of one call: the best round, and the middle one. */
  readonly nsMin: number;
  readonly nsMedian: number;
  /** Against the smallest size: best rounds, and the middle of the ratios of the rounds. */
  readonly ratioMin: number;
  readonly ratioMedian: number;
}

/** What the same cycles asked of the cards and of the layer above: counts, the same on every machine. */
export interface SizeWork {
  readonly regions: number;
  readonly work: CallWork;
  /** Commands of cards for one cycle. */
  readonly commandsPerCycle: number;
  /** Ticks of the clearing pass over the whole array: it looks at a bounded number of regions a call. */
  readonly ticksPerPass: number;
}

export interface CallBenchResult {
  readonly costs: readonly CallCost[];
  readonly works: readonly SizeWork[];
}

export interface CallBenchOptions {
  /** Sizes of the arrays, regions; the first is what the others are compared with. */
  readonly sizes: readonly number[];
  /** Rounds in which each size has its turn. */
  readonly rounds: number;
  /** Cycles of one turn. */
  readonly cycles: number;
}

/** Marks leave as soon as they may, so that every cycle begins with none on the cards. */
export const CALL_SETTINGS: BitmapSettings = {
  scheme: "serial",
  epochMs: 1000,
  markAhead: 0,
  markedMax: 0,
  quietMs: 1,
};
const WARM_UP_ROUNDS = 2;
const SEED = 1;

/** One array and what its turns took. */
interface Contender {
  readonly array: CallArray;
  readonly cycle: CallCycle;
  readonly rounds: CallTimes[];
  readonly commandsBefore: number;
}

/**
 * Times the calls of the driver on arrays of several sizes, in one process, each round one after the other, so that
 * whatever else the machine does hits all of them.
 * @param binary the production build of the driver
 * @param now a clock in ms
 * @param onProgress told which part is running
 */
export function benchCalls(
  binary: Uint8Array,
  options: CallBenchOptions,
  now: () => number,
  onProgress: (part: string) => void = () => undefined,
): CallBenchResult {
  const contenders = options.sizes.map((regions) => {
    onProgress(`making an array of ${regions} regions`);
    return contender(binary, regions, now);
  });
  const rounds = options.rounds + WARM_UP_ROUNDS;
  for (let round = 0; round < rounds; round++) {
    onProgress(`round ${round + 1} of ${rounds}`);
    // Each size comes first in some rounds.
    for (let turn = 0; turn < contenders.length; turn++) {
      const { cycle, rounds: taken } = contenders[(round + turn) % contenders.length]!;
      const times = new CallTimes();
      for (let at = 0; at < options.cycles; at++) cycle.run(times);
      taken.push(times);
    }
  }
  return {
    costs: CALL_KINDS.flatMap((kind) => contenders.map((one) => costOf(kind, one, contenders[0]!))),
    works: contenders.map((one) => workOf(one, rounds * options.cycles)),
  };
}

function contender(binary: Uint8Array, regions: number, now: () => number): Contender {
  const driver = new TunedDriver(binary, tuningOf(CALL_SETTINGS));
  const array = CallArray.clean(driver, regions);
  array.becomeUnmarked();
  return {
    array,
    cycle: new CallCycle(array, now, SEED),
    rounds: [],
    commandsBefore: array.cards.submitted,
  };
}

function costOf(kind: CallKind, contestant: Contender, smallest: Contender): CallCost {
  const timed = (one: Contender): number[] =>
    one.rounds.slice(WARM_UP_ROUNDS).map((times) => times.nanoseconds(kind));
  const mine = timed(contestant);
  const theirs = timed(smallest);
  return {
    kind,
    regions: contestant.array.regions,
    calls: contestant.rounds.slice(WARM_UP_ROUNDS).reduce((sum, times) => sum + times.calls(kind), 0),
    nsMin: Math.min(...mine),
    nsMedian: median(mine),
    ratioMin: Math.min(...mine) / Math.min(...theirs),
    ratioMedian: median(mine.map((ns, round) => ns / theirs[round]!)),
  };
}

function workOf({ array, rounds, commandsBefore }: Contender, cycles: number): SizeWork {
  const { exports } = array.driver;
  const ticks = rounds.reduce((sum, times) => sum + times.calls("tick, pass over all"), 0);
  return {
    regions: array.regions,
    work: callWork(exports),
    commandsPerCycle: (array.cards.submitted - commandsBefore) / cycles,
    ticksPerPass: ticks / cycles,
  };
}
