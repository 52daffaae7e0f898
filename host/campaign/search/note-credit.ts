/** Runs that may be noted without any use. */
const CREDIT_MAX = 256;
/** What a run that was known saves, against what it costs to note one. */
const CREDIT_OF_HIT = 1;
/** Without credit one run of so many is noted, a power of two: what is looked for may begin to come again. */
const TRIED_EVERY = 32;

/**
 * Whether to note a run: that costs about as much as the run itself, and in worlds where nothing comes twice it is for nothing.
 * What a campaign finds does not depend on it.
 */
export class NoteCredit {
  private credit = CREDIT_MAX;
  private skipped = 0;

  /** A run was known. */
  hit(): void {
    this.credit = Math.min(CREDIT_MAX, this.credit + CREDIT_OF_HIT);
  }

  /** A run was not known. @returns whether to note it */
  missed(): boolean {
    if (this.credit === 0) return (++this.skipped & (TRIED_EVERY - 1)) === 0;
    this.credit--;
    return true;
  }
}
