/** Write commands that a card has done all it can for, and when each has settled: from then on it cannot be lost. */
export class SettleQueue {
  private readonly times: number[] = [];
  private readonly commands: number[] = [];

  /** When the oldest settles; Infinity if none waits. */
  get nextNs(): number {
    return this.times[0] ?? Infinity;
  }

  /** @param atNs not before those that wait already */
  push(atNs: number, command: number): void {
    this.times.push(atNs);
    this.commands.push(command);
  }

  /** Removes the oldest. @returns its write command */
  take(): number {
    this.times.shift();
    return this.commands.shift()!;
  }

  clear(): void {
    this.times.length = 0;
    this.commands.length = 0;
  }
}
