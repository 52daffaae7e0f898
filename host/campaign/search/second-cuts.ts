import type { CrashAxis } from "../../sdcard-emulator/crash-space.js";
import { visitOutcomes, type OutcomeVisitor } from "./crash-outcomes.js";
import type { ScratchPair } from "./scratch-pair.js";
import type { TimedRecovery } from "./timed-recovery.js";

/** Cuts a recovery that is under way, in thought, with every outcome, and counts. */
export class SecondCuts implements OutcomeVisitor {
  cuts = 0;
  /** Outcomes judged. */
  pairs = 0;
  /** All outcomes there were. */
  possible = 0;
  /** Cuts whose outcomes were covered, not all tried. */
  bounded = 0;
  private pair: ScratchPair | null = null;
  private axes: readonly [readonly CrashAxis[], readonly CrashAxis[]] = [[], []];
  private judge: (pair: ScratchPair) => boolean = () => true;
  private readonly marks: number[] = [];

  /** @param dataStart sectors below it are metadata */
  constructor(private readonly dataStart: number) {}

  /** @param judge told of each outcome; false ends the cut */
  cut({ cards, pair }: TimedRecovery, judge: (pair: ScratchPair) => boolean): void {
    this.cuts++;
    this.pair = pair;
    this.judge = judge;
    this.axes = [cards[0].crashSpace(), cards[1].crashSpace()];
    const count = visitOutcomes(this.axes[0], this.axes[1], this.dataStart, this);
    this.pairs += count.visited;
    this.possible += count.possible;
    if (!count.exhaustive) this.bounded++;
  }

  choose(member: number, axis: number, option: number): void {
    const pair = this.pair!;
    this.marks.push(pair.mark());
    const { sectors, contents } = this.axes[member]![axis]!.options[option]!;
    for (let i = 0; i < sectors.length; i++) pair.set(member, sectors[i]!, contents[i]!);
  }

  unchoose(): void {
    this.pair!.undo(this.marks.pop()!);
  }

  visit(): boolean {
    return this.judge(this.pair!);
  }
}
