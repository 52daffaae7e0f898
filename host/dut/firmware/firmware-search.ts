/**
 * The search of a campaign on firmware, in parts that anybody may do in any order: the moments of the run without a cut are
 * numbered, and a part is a range of those that are cut. What comes of a part is the same whoever does it.
 */
import { setImmediate as nextTurn } from "node:timers/promises";
import { cutsOf, type CutSchedule } from "../cut-schedule.js";
import { emptyTally, type CutTally } from "../cut-states.js";
import { coveredOutcomes, outcomesOf } from "../outcome-cover.js";
import { FirmwareBench, type BenchSetting } from "./firmware-bench.js";
import type { BoardCut } from "./firmware-case.js";
import type { FirmwareUnderTest } from "./firmware-device.js";

/** What is searched. */
export interface FirmwareLimits {
  /** Moments of each boot; those of a list are of the first one, and every moment of the others is cut. */
  readonly cuts: CutSchedule;
  /** Cuts of one case at most: above 1 the boots behind cuts are cut too. */
  readonly depth: number;
  /** Outcomes tried of one cut; above it they are a covering set. */
  readonly outcomesPerCut: number;
}

/** A part of a search: numbers of cuts, from `from` to before `to`. */
export interface CutRange {
  readonly from: number;
  readonly to: number;
}

/** A state that cuts have left, by its name; the first cuts that did. */
export interface LeftByCuts {
  readonly state: string;
  /** 1: what a cut of the first boot left. */
  readonly depth: number;
}

/** What was not well, and how it is reached: a cut of the first boot, and those of boots behind it. */
export interface FailingCuts extends LeftByCuts {
  readonly cuts: readonly BoardCut[];
  readonly wrong: string;
}

/** What came of the cuts of a boot behind a cut. The name is that of the state that it began with. */
export interface BootCuts extends CutTally {
  readonly state: string;
}

/** What came of a part: data that JSON can hold. */
export interface CutRangeResult extends CutRange {
  /** Of the cuts of the first boot. */
  readonly tally: CutTally;
  /** Each state and depth once. */
  readonly states: readonly LeftByCuts[];
  readonly failing: readonly FailingCuts[];
  readonly boots: readonly BootCuts[];
  /** It was stopped within: this is what was done until then. */
  readonly stopped: boolean;
}

/** Parts have so many cuts at least, and are so many at most. */
const RANGE_CUTS = 4;
const RANGES_MAX = 256;

export class FirmwareSearch {
  /** Cycles of the first boot at which the power is cut, ascending. */
  readonly cycles: readonly number[];
  private bench: FirmwareBench | null = null;

  /**
   * @param moments of the run without a cut
   * @throws DutError for a schedule that does not fit them
   */
  constructor(
    readonly dut: FirmwareUnderTest,
    readonly setting: BenchSetting,
    readonly limits: FirmwareLimits,
    readonly moments: readonly number[],
  ) {
    const chosen = cutsOf(limits.cuts, moments.length, setting.seed);
    this.cycles = moments.filter((_, number) => chosen === null || chosen.has(number));
  }

  /** The whole search in parts. */
  get ranges(): CutRange[] {
    const { length } = this.cycles;
    const size = Math.max(RANGE_CUTS, Math.ceil(length / RANGES_MAX));
    return Array.from({ length: Math.ceil(length / size) }, (_, i) => ({
      from: i * size,
      to: Math.min(length, (i + 1) * size),
    }));
  }

  /**
   * Does a part. The board stands where the part before has left it, and goes on from there, if that is before this one.
   * @param isStopped asked before each boot
   * @throws DutHang of a check
   */
  async run({ from, to }: CutRange, isStopped: () => boolean): Promise<CutRangeResult> {
    const { dut, setting, cycles } = this;
    const found = new FoundStates();
    if (this.bench === null || this.bench.board.cycle > cycles[from]!)
      this.bench = new FirmwareBench(dut, setting);
    const { bench } = this;
    const tally = emptyTally();
    for (let number = from; number < to && !found.stopped; number++) {
      bench.runTo(cycles[number]!);
      await this.cutHere(bench, [], tally, found, isStopped);
    }
    const { states, failing, boots, stopped } = found;
    return { from, to, tally, states, failing, boots, stopped };
  }

  /** Cuts the boot in which the bench stands now, with every outcome that is tried. @param path cuts that led to this boot */
  private async cutHere(
    bench: FirmwareBench,
    path: readonly BoardCut[],
    tally: CutTally,
    found: FoundStates,
    isStopped: () => boolean,
  ): Promise<void> {
    const { limits, setting } = this;
    const { cycle } = bench.board;
    const depth = path.length + 1;
    const { axes, newest } = bench.cutSpace();
    const possible = outcomesOf(axes);
    const well: { readonly state: string; readonly cut: BoardCut }[] = [];
    let tried = 0;
    tally.cuts++;
    tally.possible += possible;
    for (const choice of coveredOutcomes(axes, newest, limits.outcomesPerCut, setting.seed)) {
      // Lets signals through: a cut may have hundreds of outcomes, and each takes a boot.
      await nextTurn();
      if (isStopped()) {
        found.stopped = true;
        break;
      }
      tried++;
      const { state, wrong } = await bench.judge(choice);
      const cut = { cycle, choice: choice.slice() };
      if (found.note({ state, depth }, [...path, cut], wrong) && wrong === null) well.push({ state, cut });
    }
    tally.tried += tried;
    if (tried < possible) tally.bounded++;
    if (depth === limits.depth) return;
    for (const { state, cut } of well) {
      if (found.stopped) return;
      await bench.inNextBoot(cut.choice, (moments) =>
        this.cutBoot(bench, state, [...path, cut], moments, found, isStopped),
      );
    }
  }

  /** Cuts a boot behind a cut at its moments. */
  private async cutBoot(
    bench: FirmwareBench,
    state: string,
    path: readonly BoardCut[],
    moments: readonly number[],
    found: FoundStates,
    isStopped: () => boolean,
  ): Promise<void> {
    const { cuts } = this.limits;
    const schedule = typeof cuts === "object" && "at" in cuts ? "every" : cuts;
    const chosen = cutsOf(schedule, moments.length, this.setting.seed);
    const tally = { ...emptyTally(), moments: moments.length };
    for (const [number, cycle] of moments.entries()) {
      if (found.stopped) break;
      if (chosen !== null && !chosen.has(number)) continue;
      bench.runTo(cycle);
      await this.cutHere(bench, path, tally, found, isStopped);
    }
    found.boots.push({ state, ...tally });
  }
}

/** What one part has come upon. */
class FoundStates {
  readonly states: LeftByCuts[] = [];
  readonly failing: FailingCuts[] = [];
  readonly boots: BootCuts[] = [];
  stopped = false;
  /** The least number of cuts that led to a state. */
  private readonly depths = new Map<string, number>();
  private readonly failed = new Set<string>();

  /** @returns whether no fewer cuts have led to this state before */
  note(left: LeftByCuts, cuts: readonly BoardCut[], wrong: string | null): boolean {
    const { state, depth } = left;
    // Of a state whose boots go different ways the first one that is not well counts.
    if (wrong !== null && !this.failed.has(state)) {
      this.failed.add(state);
      this.failing.push({ ...left, cuts, wrong });
    }
    if ((this.depths.get(state) ?? Infinity) <= depth) return false;
    this.depths.set(state, depth);
    this.states.push(left);
    return true;
  }
}
