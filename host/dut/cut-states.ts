/** The states that cuts of one log leave: which there are, and each of them again. */
import type { CardImage } from "../sdcard-emulator/card-image.js";
import { axesOf, imagesAfter, keyOf, newestOptions } from "./crash-state.js";
import type { Cut } from "./dut-case.js";
import { LogReplay, type CutPoint, type ReplaySetting } from "./log-replay.js";
import { coveredOutcomes, outcomesOf } from "./outcome-cover.js";
import type { WriteLog } from "./write-log.js";

/** What cuts of a log are tried. */
export interface CutLimits {
  /** Events that are replayed, ascending; default: all. */
  readonly kept?: readonly number[];
  /** Numbers of the moments that are cut; null or none given: all. */
  readonly chosen?: ReadonlySet<number> | null;
  /** The cuts' events, from the first to the last one; default: all. */
  readonly from?: number;
  readonly last?: number;
  /** Outcomes tried of one cut. */
  readonly outcomesPerCut: number;
  /** Of outcomes drawn above that bound. */
  readonly seed: number;
  /** What had been said before the log. */
  readonly marks?: readonly string[];
}

/** How much was cut. */
export interface CutTally {
  moments: number;
  cuts: number;
  /** Outcomes of these cuts: all that there are, and those tried. */
  possible: number;
  tried: number;
  /** Cuts of which not all outcomes were tried. */
  bounded: number;
}

/** What a cut has left. */
export interface LeftState {
  readonly images: readonly CardImage[];
  readonly marks: readonly string[];
  /** keyOf them. */
  readonly key: string;
  readonly cut: Cut;
}

export function emptyTally(): CutTally {
  return { moments: 0, cuts: 0, possible: 0, tried: 0, bounded: 0 };
}

/** Every outcome that is tried of every cut, the same state as often as it is left. @param tally is added to */
export function* statesLeft(
  log: WriteLog,
  setting: ReplaySetting,
  limits: CutLimits,
  tally: CutTally = emptyTally(),
): Generator<LeftState> {
  const {
    kept,
    chosen = null,
    from = -1,
    last = Infinity,
    outcomesPerCut,
    seed,
    marks: before = [],
  } = limits;
  for (const point of new LogReplay(log, setting, kept).moments()) {
    const number = tally.moments++;
    const { event, phase, cards } = point;
    if (event > last) return;
    if (event < from || (chosen !== null && !chosen.has(number))) continue;
    tally.cuts++;
    const axes = axesOf(cards);
    const possible = outcomesOf(axes);
    tally.possible += possible;
    let tried = 0;
    const marks = [...before, ...point.marks];
    for (const choice of coveredOutcomes(axes, newestOptions(cards), outcomesPerCut, seed)) {
      tried++;
      tally.tried++;
      const images = imagesAfter(cards, choice);
      yield { images, marks, key: keyOf(images, marks), cut: { event, phase, choice: choice.slice() } };
    }
    if (tried < possible) tally.bounded++;
  }
}

/** The same states again. @param cuts in the order of their moments */
export function* statesAgain(
  log: WriteLog,
  setting: ReplaySetting,
  cuts: readonly Cut[],
): Generator<LeftState> {
  let next = 0;
  for (const point of new LogReplay(log, setting).moments()) {
    for (; next < cuts.length && isAt(point, cuts[next]!); next++) {
      const cut = cuts[next]!;
      const images = imagesAfter(point.cards, cut.choice);
      const marks = point.marks.slice();
      yield { images, marks, key: keyOf(images, marks), cut };
    }
    if (next === cuts.length) return;
  }
  throw new Error("the replay of a log does not come to a cut that it came to before");
}

/** Whether this is the moment of a cut. */
export function isAt({ event, phase }: CutPoint, cut: Cut): boolean {
  return event === cut.event && phase === cut.phase;
}
