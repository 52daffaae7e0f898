/** What of an emulated chip's clock is needed to tell the time. */
export interface NanosClock {
  readonly nanos: number;
}

/**
 * The time that emulated cards look at: the chip's clock, in ns, and what passed before this chip had power. A card outlives
 * the chips that it is wired to, and its time never goes back.
 */
export class ChipTime {
  private baseNs = 0;
  private clock: NanosClock | null;

  /** @param clock of the chip that is on, `rp2040.clock`; none: the time stands until `follow` */
  constructor(clock: NanosClock | null = null) {
    this.clock = clock;
    this.baseNs = -(clock?.nanos ?? 0);
  }

  /** ns since this time was made. */
  get nowNs(): number {
    return this.baseNs + (this.clock?.nanos ?? 0);
  }

  /** Goes by another chip's clock from now on, or stands (null). */
  follow(clock: NanosClock | null): void {
    this.baseNs = this.nowNs - (clock?.nanos ?? 0);
    this.clock = clock;
  }

  /** Time passes while no chip is on. @param ns 0 or more */
  pass(ns: number): void {
    this.baseNs += ns;
  }
}
