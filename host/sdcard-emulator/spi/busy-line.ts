const NS_PER_US = 1000;

/** How long the card holds its line low. It goes by time alone: chip select neither ends nor delays it (7.2.4). */
export class BusyLine {
  private untilNs = 0;

  constructor(private readonly time: { readonly nowNs: number }) {}

  /** Whether the card is busy now. */
  get held(): boolean {
    return this.time.nowNs < this.untilNs;
  }

  /** When busy ends or ended; Infinity if it never does. */
  get endsNs(): number {
    return this.untilNs;
  }

  /** Busy for so long, from now on or from the end of what keeps it busy already. */
  extend(us: number): void {
    this.untilNs = Math.max(this.untilNs, this.time.nowNs) + us * NS_PER_US;
  }

  /** Only a reset or loss of power ends this. */
  holdForEver(): void {
    this.untilNs = Infinity;
  }

  release(): void {
    this.untilNs = 0;
  }
}
