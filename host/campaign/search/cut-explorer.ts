import type { CardImage } from "../../sdcard-emulator/card-image.js";
import type { SdCard } from "../../sdcard-emulator/card.js";
import type { CrashAxis } from "../../sdcard-emulator/crash-space.js";
import { UNREADABLE } from "../../sdcard-emulator/sector-contents.js";
import type { WriteWatch } from "../coverage/write-watch.js";
import type { ArrayGeometry } from "../world/array-geometry.js";
import type { CampaignReport } from "../campaign-report.js";
import { visitOutcomes, type OutcomeVisitor } from "./crash-outcomes.js";
import type { Checks } from "../oracle/checks.js";
import type { MarkOracle } from "../oracle/mark-oracle.js";
import type { RecoveredStates } from "./recovered-states.js";
import type { LoneRecoveryCuts } from "./lone-recovery-cuts.js";
import type { RecoveryCuts } from "./recovery-cuts.js";
import type { RecoveryInspector } from "./recovery-inspector.js";
import type { LoneRecovered, Recovered, Recovery } from "./recovery.js";
import { FAULT_NONE } from "./recovery-fault.js";
import type { ScratchPair } from "./scratch-pair.js";
import type { SectorHistory } from "../oracle/sector-history.js";
import { VERDICT_NAMES, VERDICT_OK } from "../oracle/sector-verdict.js";
import { WINNER_BOTH, WINNER_NONE } from "../oracle/assembly-expectation.js";
import { promisesOfFault, promisesOfVerdict, type BrokenPromise } from "../oracle/violation.js";

/** Where and when a cut happens. */
export interface CutMoment {
  readonly boot: number;
  readonly step: number;
  readonly timeUs: number;
}

/** One crash outcome, applied to copies of both cards, and what recovery made of it. */
export interface JudgedOutcome {
  readonly images: readonly [CardImage, CardImage];
  readonly recovered: Recovered;
}

/** The data sectors that were read, and what each read returned. */
type ReadValues = Pick<Recovered, "sectors" | "values">;

/** How much of a cut is explored. */
export interface CutExplorerLimits {
  /** Whether every recovery reads all data sectors, or only those that the cut may have changed. */
  readonly readsAll: boolean;
  /** Violations after which the exploration of a cut ends. */
  readonly bail: number;
  /** Outcomes of one cut that are tried one by one; default PRODUCT_MAX. */
  readonly productMax?: number;
  /**
   * Sectors that recoveries may resynchronise, for each cut; what a cut leaves is saved for later ones. A recovery
   * that needs more ends after assembly and reads. Default: all resynchronise.
   */
  readonly resyncSectorsPerCut?: number;
  /**
   * Each of so many recovered states (a power of two; chosen by its hash) is also recovered with one card alone, and
   * then with both. Default: none.
   */
  readonly loneEvery?: number;
  readonly inspector?: RecoveryInspector;
  /** Cuts during the recovery of each distinct outcome (depth 2); only where recoveries read all sectors. */
  readonly recoveryCuts?: RecoveryCuts;
  /** The same for each lone boot that `loneEvery` asks for and that is accepted. */
  readonly loneRecoveryCuts?: LoneRecoveryCuts;
}

export interface CutExplorerOptions extends CutExplorerLimits {
  readonly geometry: ArrayGeometry;
  readonly history: SectorHistory;
  readonly marks: MarkOracle;
  /** Counts which faults the writes under way may meet. */
  readonly writes: WriteWatch;
  readonly recovery: Recovery;
  readonly states: RecoveredStates;
  readonly report: CampaignReport;
  /** The promises that are looked at. */
  readonly checks: Checks;
}

/**
 * Cuts the power, in thought, at a moment of a running system: tries the crash outcomes of both cards, recovers each,
 * and judges what came of it. The running system is not disturbed.
 */
export class CutExplorer implements OutcomeVisitor {
  private pair: ScratchPair | null = null;
  private axes: readonly [readonly CrashAxis[], readonly CrashAxis[]] = [[], []];
  private readonly marks: number[] = [];
  private readonly choices: [number[], number[]] = [[], []];
  private readonly chosenMember: number[] = [];
  private readonly chosenAxis: number[] = [];
  private moment: CutMoment = { boot: 0, step: 0, timeUs: 0 };
  private toRead: Int32Array;
  private found = 0;
  /** Whether some outcome of the last cut broke a promise. */
  private cutBroke = false;
  /** Sectors that recoveries may still resynchronise. */
  private resyncSectors = 0;
  /** Whether the card in each slot holds what the history says, and whether a person may be needed for an assembly. */
  private trusted: readonly [boolean, boolean] = [true, true];
  private mayRefuse = false;
  private lastVersions = "";
  private lastAxes: readonly (readonly CrashAxis[])[] = [];
  private readonly readImage = (member: number, sector: number): number => this.pair!.get(member, sector);

  constructor(private readonly options: CutExplorerOptions) {
    this.toRead = Int32Array.from({ length: options.geometry.dataSectors }, (_, sector) => sector);
  }

  /** A boot begins with these images. */
  bootedFrom(pair: ScratchPair): void {
    this.pair = pair;
    this.lastVersions = "";
  }

  /**
   * Which of the cards in the slots hold what the history says: those that are stale or foreign are judged by nothing
   * but themselves.
   * @param mayRefuse whether the cards have histories between which a person must choose
   */
  trust(trusted: readonly [boolean, boolean], mayRefuse: boolean): void {
    this.trusted = trusted;
    this.mayRefuse = mayRefuse;
    this.lastVersions = "";
  }

  /**
   * Explores a cut of both cards now; a moment at which nothing has changed since the last one counts as a cut, but
   * has nothing new to try.
   */
  cut(cards: readonly [SdCard, SdCard], moment: CutMoment): void {
    const { history, report } = this.options;
    report.cuts++;
    const inspected = this.options.inspector?.version ?? 0;
    const versions = `${cards[0].crashVersion},${cards[1].crashVersion},${history.version},${inspected}`;
    if (versions === this.lastVersions) {
      if (this.cutBroke) report.brokenCuts++;
      return;
    }
    this.lastVersions = versions;
    this.cutBroke = false;
    this.begin(cards, moment);
    this.options.writes.cut(cards, this.axes);
    this.resyncSectors += this.options.resyncSectorsPerCut ?? Infinity;
    const { dataStart } = this.options.geometry;
    const count = visitOutcomes(this.axes[0], this.axes[1], dataStart, this, this.options.productMax);
    report.possible += count.possible;
    report.pairs += count.visited;
    report.optionPairs += count.optionPairs;
    report.optionPairsTried += count.optionPairsVisited;
    if (!count.exhaustive) report.bounded++;
    if (this.cutBroke) report.brokenCuts++;
    report.distinct = this.options.states.distinct;
  }

  /**
   * Judges one outcome of a cut now, whatever was judged before, with the reads before resync and after it: which of
   * the two a campaign tried depends on its earlier runs.
   * @param choices for each card and each axis of its crash space, in its order, the index of an option
   */
  judgeOne(
    cards: readonly [SdCard, SdCard],
    moment: CutMoment,
    choices: readonly [readonly number[], readonly number[]],
  ): JudgedOutcome {
    const pair = this.pair!;
    this.begin(cards, moment);
    choices.forEach((options, member) => {
      options.forEach((option, axis) => this.choose(member, axis, option));
    });
    const images = pair.forkImages();
    const mark = pair.mark();
    let recovered = this.options.recovery.recover(pair, this.toRead, true);
    pair.undo(mark);
    this.judgeMarks(recovered);
    this.judgeReads(recovered);
    if (this.found === 0) {
      recovered = this.options.recovery.recover(pair, this.toRead, false);
      pair.undo(mark);
      this.judgeReads(recovered);
    }
    if (this.found === 0 && this.options.loneEvery !== undefined) {
      for (const lone of this.recoverAlone(pair.hashHigh())) {
        this.judgeLone(lone);
        if (this.found === 0) this.cutLoneRecovery(lone, recovered);
      }
    }
    if (this.found === 0) this.cutRecovery(recovered);
    while (this.marks.length > 0) this.unchoose();
    return { images, recovered };
  }

  choose(member: number, axis: number, option: number): void {
    const pair = this.pair!;
    this.marks.push(pair.mark());
    this.choices[member]![axis] = option;
    this.chosenMember.push(member);
    this.chosenAxis.push(axis);
    const { sectors, contents } = this.axes[member]![axis]!.options[option]!;
    for (let i = 0; i < sectors.length; i++) pair.set(member, sectors[i]!, contents[i]!);
  }

  unchoose(): void {
    this.pair!.undo(this.marks.pop()!);
    this.choices[this.chosenMember.pop()!]![this.chosenAxis.pop()!] = 0;
  }

  visit(): boolean {
    const { states, recovery, history, report, inspector } = this.options;
    const pair = this.pair!;
    if (this.losesBothCopies()) return true;
    const before = this.found;
    const hashLow = pair.hashLow();
    const hashHigh = pair.hashHigh();
    let state = states.find(hashLow, hashHigh);
    if (state === undefined) {
      const mark = pair.mark();
      const recovered = recovery.recover(pair, this.toRead, (hashLow & 1) === 0, this.resyncSectors);
      inspector?.stateRecovered(pair, recovered);
      pair.undo(mark);
      state = states.keep(hashLow, hashHigh, recovered);
      this.count(recovered);
      this.judgeMarks(recovered);
      if (this.isTriedAlone(hashHigh)) state.lone = this.recoverAlone(hashHigh);
      this.cutRecovery(recovered);
      for (const lone of state.lone) this.cutLoneRecovery(lone, recovered);
      // A fault of the recovery itself is told at each visit, below.
      state.isFaulty = this.found > before;
    }
    if (state.recovered.marked.length > 0) report.outcomesWithMarks++;
    if (this.isFaulty(state.recovered.fault)) this.reportFault(state.recovered);
    else if (state.judgedHistory !== history.version) {
      state.judgedHistory = history.version;
      const judgedFrom = this.found;
      this.judgeAssembly(state.recovered);
      for (const lone of state.lone) this.judgeLone(lone);
      state.isMisread = this.found > judgedFrom;
    }
    if (inspector !== undefined) this.judgeInspected(inspector, state.recovered);
    if (state.isFaulty || state.isMisread || this.found > before) {
      this.cutBroke = true;
      report.brokenPairs++;
    }
    return this.found < this.options.bail;
  }

  /** No cut destroys both copies of a data sector: such a combination of two cards' outcomes is none. */
  private losesBothCopies(): boolean {
    const pair = this.pair!;
    for (let i = 0; i < this.chosenMember.length; i++) {
      const member = this.chosenMember[i]!;
      const axis = this.chosenAxis[i]!;
      const { destroys = -1 } = this.axes[member]![axis]!.options[this.choices[member]![axis]!]!;
      if (destroys >= this.options.geometry.dataStart && pair.get(1 - member, destroys) === UNREADABLE)
        return true;
    }
    return false;
  }

  private begin(cards: readonly [SdCard, SdCard], moment: CutMoment): void {
    this.moment = moment;
    this.axes = [cards[0].crashSpace(), cards[1].crashSpace()];
    if (!this.options.readsAll) this.chooseReads();
    this.choices[0] = this.axes[0].map(() => 0);
    this.choices[1] = this.axes[1].map(() => 0);
    this.found = 0;
  }

  private judgeReads(recovered: Recovered): void {
    if (this.isFaulty(recovered.fault)) this.reportFault(recovered);
    else this.judgeAssembly(recovered);
  }

  private count(recovered: Recovered): void {
    const { report, geometry } = this.options;
    this.resyncSectors -= recovered.sectorsResynced;
    report.recoveries++;
    if (recovered.fault !== FAULT_NONE) return;
    if (recovered.resynced) report.resynced++;
    const sectors = recovered.marked.length * geometry.regionSectors;
    if (sectors > 0) report.recoveredResyncs++;
    report.noteResync(sectors);
  }

  /** Depth 2: the recovery of this outcome is cut as well. */
  private cutRecovery(recovered: Recovered): void {
    const { recoveryCuts } = this.options;
    if (recoveryCuts === undefined || recovered.fault !== FAULT_NONE) return;
    if (recoveryCuts.examine(this.pair!.forkImages(), recovered)) return;
    this.note(recoveryCuts.brokenPromises, recoveryCuts.brokenSector, recoveryCuts.brokenText);
  }

  private cutLoneRecovery(lone: LoneRecovered, recovered: Recovered): void {
    const { loneRecoveryCuts } = this.options;
    if (loneRecoveryCuts === undefined || lone.fault !== FAULT_NONE || !lone.accepted) return;
    if (recovered.fault !== FAULT_NONE) return;
    if (loneRecoveryCuts.examine(this.pair!.forkImages(), lone, recovered)) return;
    const { brokenPromises, brokenSector, brokenText } = loneRecoveryCuts;
    this.note(brokenPromises, brokenSector, `card ${"AB"[lone.member]}: ${brokenText}`);
  }

  /** P2 as a client of the mirror sees it: what it was told to be safe is there. */
  private judgeInspected(inspector: RecoveryInspector, recovered: Recovered): void {
    const text = inspector.judge(recovered);
    if (text !== "") this.note(["P2"], -1, text);
  }

  private isTriedAlone(hash: number): boolean {
    const { loneEvery } = this.options;
    return loneEvery !== undefined && (hash & (loneEvery - 1)) === 0;
  }

  /** Both cards one by one, each from the images as the cut left them. */
  private recoverAlone(hash: number): LoneRecovered[] {
    const { recovery, report } = this.options;
    const pair = this.pair!;
    const { length } = this.toRead;
    if (length === 0) return [];
    return [0, 1].map((member) => {
      const mark = pair.mark();
      const lone = recovery.recoverAlone(pair, member, this.toRead, (hash >>> 8) % length);
      pair.undo(mark);
      report.loneRecoveries++;
      return lone;
    });
  }

  /**
   * P2 and P3 for one card without the other: the card of a pair in sync, and a survivor. A card whose partner ran
   * alone meanwhile is stale, and nobody could know.
   */
  private judgeLone(lone: LoneRecovered): void {
    const { fault, faultSector, faultText, member } = lone;
    if (this.isFaulty(fault)) {
      const text = faultText === "" ? `sector ${faultSector} flips` : faultText;
      this.note(promisesOfFault(fault), faultSector, `card ${"AB"[member]} alone: ${text}`);
    } else if (lone.accepted && this.holdsHistory(lone)) {
      this.judgeValues(lone, `on card ${"AB"[member]} alone, `, true);
    }
  }

  private holdsHistory({ member, expected, other }: LoneRecovered): boolean {
    const [a, b] = this.trusted;
    if (expected.winner === WINNER_BOTH) return a || b;
    if (expected.winner === 1 - member || other?.alone === true) return false;
    return this.trusted[member]!;
  }

  /** P2 and P7: what holds everything is assembled without a person. */
  private judgeAssembly(recovered: Recovered): void {
    const { winner, status } = recovered.expected;
    const [a, b] = this.trusted;
    if (winner === WINNER_NONE) {
      if ((a || b) && !this.mayRefuse) this.note(["P2"], -1, `assembly ended with status ${status}`);
      return;
    }
    const isKnown = winner === WINNER_BOTH ? a || b : this.trusted[winner]!;
    const isLone = winner !== WINNER_BOTH && this.options.recovery.destroys;
    if (isKnown) this.judgeValues(recovered, "", isLone);
    else if (a || b) this.note(["P2"], -1, `the card that wins, ${"AB"[winner]}, does not hold everything`);
  }

  /** P6: nothing is resynchronised that the images do not ask for. */
  private judgeMarks(recovered: Recovered): void {
    const { marks, geometry } = this.options;
    if (recovered.expected.winner !== WINNER_BOTH) return;
    for (const region of recovered.marked) {
      if (marks.mayResync(this.readImage, region)) continue;
      const text = `region ${region} is resynchronised, but the newest record does not mark it`;
      this.note(["P6"], region << geometry.regionShift, text);
      return;
    }
  }

  /** @param mayMiss whether a sector may be unreadable on the only card that counts */
  private judgeValues({ sectors, values }: ReadValues, where: string, mayMiss: boolean): void {
    const { history, report, checks } = this.options;
    for (let i = 0; i < sectors.length; i++) {
      if (mayMiss && values[i] === UNREADABLE) {
        // Torn on this card by the cut, perhaps while the driver copied, or destroyed: the other card was to repair it.
        report.loneUnreadable++;
        continue;
      }
      const verdict = history.permits(sectors[i]!, values[i]!);
      if (verdict === VERDICT_OK) continue;
      if (!checks.hasAny(promisesOfVerdict(verdict))) continue;
      const text = `${where}sector ${sectors[i]} reads as ${VERDICT_NAMES[verdict]}`;
      this.note(promisesOfVerdict(verdict), sectors[i]!, text);
      return;
    }
  }

  /** Whether a recovery broke a promise that is looked at. */
  private isFaulty(fault: number): boolean {
    return fault !== FAULT_NONE && this.options.checks.hasAny(promisesOfFault(fault));
  }

  private reportFault(recovered: Recovered): void {
    const { fault, faultSector, faultText } = recovered;
    const text = faultText === "" ? `sector ${faultSector} differs between the cards` : faultText;
    this.note(promisesOfFault(fault), faultSector, text);
  }

  private note(promises: readonly BrokenPromise[], sector: number, text: string): void {
    const broken = this.options.checks.of(promises);
    if (broken.length === 0) return;
    this.found++;
    const choices = [this.choices[0].slice(), this.choices[1].slice()] as const;
    this.options.report.note({ promises: broken, ...this.moment, choices, sector, text });
  }

  /** The data sectors of the cut's axes, and those in which the cards differ already; results of recoveries that read others are dropped. */
  private chooseReads(): void {
    if (this.lastAxes[0] === this.axes[0] && this.lastAxes[1] === this.axes[1]) return;
    this.lastAxes = this.axes;
    const { dataStart, regionSectors } = this.options.geometry;
    const pair = this.pair!;
    const sectors = new Set<number>();
    for (const axes of this.axes) {
      for (const axis of axes) if (axis.sector >= dataStart) sectors.add(axis.sector - dataStart);
    }
    for (const [region, count] of pair.differences.entries()) {
      if (count === 0) continue;
      for (let sector = region * regionSectors; sector < (region + 1) * regionSectors; sector++) {
        if (pair.get(0, dataStart + sector) !== pair.get(1, dataStart + sector)) sectors.add(sector);
      }
    }
    this.toRead = Int32Array.from([...sectors].toSorted((x, y) => x - y));
    this.options.states.forget();
  }
}
