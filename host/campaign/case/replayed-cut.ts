import type { SdCard } from "../../sdcard-emulator/card.js";
import type { CutExplorer, CutMoment, JudgedOutcome } from "../search/cut-explorer.js";

/** The one cut of a case that is replayed: waits for its moment, judges its outcome, and lets the run end there. */
export class ReplayedCut {
  /** The moment has come: the run may end. */
  reached = false;
  /** What came of the outcome; null before, and where the choices did not fit or there are none. */
  judged: JudgedOutcome | null = null;
  /** Why the choices do not fit the crash space of the moment; empty when they do. */
  misfit = "";

  /**
   * @param boot index of the boot, and `step` in it, as in a Violation
   * @param choices of both cards, or null for a fault of the running system, which shows during the step
   */
  constructor(
    readonly boot: number,
    readonly step: number,
    readonly choices: readonly [readonly number[], readonly number[]] | null,
  ) {}

  /** The world has come to a moment at which its power can be cut. */
  arrive(explorer: CutExplorer, cards: readonly [SdCard, SdCard], moment: CutMoment): void {
    if (moment.boot !== this.boot) return;
    if (this.choices === null) {
      this.reached = moment.step > this.step;
      return;
    }
    if (moment.step !== this.step) return;
    this.reached = true;
    this.misfit = misfitOf(cards[0], this.choices[0], "A") || misfitOf(cards[1], this.choices[1], "B");
    if (this.misfit === "") this.judged = explorer.judgeOne(cards, moment, this.choices);
  }
}

function misfitOf(card: SdCard, choice: readonly number[], name: string): string {
  const axes = card.crashSpace();
  if (choice.length !== axes.length) {
    return `the case chooses for ${choice.length} axes of card ${name}, which has ${axes.length} at this moment`;
  }
  const at = choice.findIndex((option, axis) => option >= axes[axis]!.options.length);
  if (at < 0) return "";
  const { sector, options } = axes[at]!;
  return `card ${name}, sector ${sector}: the case chooses option ${choice[at]} of ${options.length}`;
}
