import { Prng } from "../../sdcard-emulator/prng.js";

/** Steps with a card at work that pass between the time for a cut and the cut, at most. */
const DELAY_STEPS = 96;

/**
 * Chooses at which steps of a long run the power is cut: a given number of cuts, spread evenly over the run's progress
 * with seeded jitter. Each cut waits for a seeded number of steps at which a card is at work, because nothing changes
 * at the others, but never longer than until the next cut is due.
 */
export class CutSampler {
  private readonly prng: Prng;
  private nextAt = 0;
  private taken = 0;
  private delay = -1;

  /** @param budget cuts of the whole run, 1 or more */
  constructor(
    private readonly budget: number,
    seed: number,
  ) {
    if (!Number.isInteger(budget) || budget < 1) {
      throw new Error(`a budget of ${budget} cuts is impossible: give a whole number from 1`);
    }
    this.prng = new Prng(Math.imul(seed, 0x9e3779b1) ^ 0xc075);
    this.drawNext();
  }

  /**
   * Asked once after each step.
   * @param progress of the run, 0 to 1
   * @param busy whether a card has a command under way
   * @returns whether to cut now
   */
  due(progress: number, busy: boolean): boolean {
    if (this.taken === this.budget || progress < this.nextAt) return false;
    if (this.delay < 0) this.delay = this.prng.next() % DELAY_STEPS;
    const overdue = progress * this.budget >= this.taken + 1;
    if (!overdue && (!busy || this.delay-- > 0)) return false;
    this.taken++;
    this.delay = -1;
    this.drawNext();
    return true;
  }

  private drawNext(): void {
    this.nextAt = (this.taken + this.prng.next() / 2 ** 32) / this.budget;
  }
}
