/**
 * Virtual time: a binary heap of events in parallel arrays. Nothing is allocated per event, and events
 * of the same instant run in the order in which they were scheduled, so a run depends on its seed alone.
 */

/** Whoever waits for a moment; `what` is the number given to schedule. */
export interface ClockHandler {
  onTime(what: number): void;
}

const EVENTS_FIRST = 64;
/** More events than this are a runaway schedule, not a workload. */
const EVENTS_MAX = 1 << 16;
const NOBODY: ClockHandler = {
  onTime(): void {
    throw new Error("an empty slot of the clock was run: bug in virtual-clock");
  },
};

/** The clock that everything in one emulated world shares. */
export class VirtualClock {
  /** Present virtual time, integer µs since the start of the run. */
  nowUs = 0;
  private count = 0;
  private scheduled = 0;
  private times = new Float64Array(EVENTS_FIRST);
  private orders = new Float64Array(EVENTS_FIRST);
  private whats = new Float64Array(EVENTS_FIRST);
  private readonly handlers: ClockHandler[] = new Array<ClockHandler>(EVENTS_FIRST).fill(NOBODY);

  /** Number of events that wait. */
  get pending(): number {
    return this.count;
  }

  /**
   * Calls `handler.onTime(what)` in `delayUs` µs of virtual time, always from step(), also for delay 0.
   * @param delayUs integer, 0 or more
   * @param what any safe integer, handed back unchanged
   * @throws Error for a delay that is no such integer, or with too many events waiting
   */
  schedule(delayUs: number, handler: ClockHandler, what: number): void {
    if (!Number.isSafeInteger(delayUs) || delayUs < 0) {
      throw new Error(`a delay is a whole number of µs, 0 or more, not ${delayUs}`);
    }
    if (this.count === this.times.length) this.grow();
    const timeUs = this.nowUs + delayUs;
    const order = this.scheduled++;
    let at = this.count++;
    // The new event is the youngest, so among equal times it stays below: only earlier times move down.
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (this.times[parent]! <= timeUs) break;
      this.move(parent, at);
      at = parent;
    }
    this.place(at, timeUs, order, what, handler);
  }

  /** Runs the next event. @returns false, and no time passes, if none waits */
  step(): boolean {
    if (this.count === 0) return false;
    const handler = this.handlers[0]!;
    const what = this.whats[0]!;
    this.nowUs = this.times[0]!;
    this.count--;
    if (this.count > 0) this.sink(0, this.count);
    this.handlers[this.count] = NOBODY;
    handler.onTime(what);
    return true;
  }

  /** Time of the next event, µs since the start; Infinity if none waits. */
  nextUs(): number {
    return this.count === 0 ? Infinity : this.times[0]!;
  }

  /** Drops every waiting event of this handler. */
  cancel(handler: ClockHandler): void {
    const before = this.count;
    let kept = 0;
    for (let i = 0; i < before; i++) {
      if (this.handlers[i] === handler) continue;
      if (kept !== i) this.move(i, kept);
      kept++;
    }
    if (kept === before) return;
    this.count = kept;
    this.handlers.fill(NOBODY, kept, before);
    for (let i = (kept >> 1) - 1; i >= 0; i--) this.sink(i, i);
  }

  /** Moves the event of slot `from` down from slot `hole` to where it belongs. */
  private sink(hole: number, from: number): void {
    const timeUs = this.times[from]!;
    const order = this.orders[from]!;
    const what = this.whats[from]!;
    const handler = this.handlers[from]!;
    let at = hole;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= this.count) break;
      if (child + 1 < this.count && this.before(child + 1, this.times[child]!, this.orders[child]!)) child++;
      if (!this.before(child, timeUs, order)) break;
      this.move(child, at);
      at = child;
    }
    this.place(at, timeUs, order, what, handler);
  }

  private before(slot: number, timeUs: number, order: number): boolean {
    const slotTime = this.times[slot]!;
    return slotTime < timeUs || (slotTime === timeUs && this.orders[slot]! < order);
  }

  private move(from: number, to: number): void {
    this.place(to, this.times[from]!, this.orders[from]!, this.whats[from]!, this.handlers[from]!);
  }

  private place(at: number, timeUs: number, order: number, what: number, handler: ClockHandler): void {
    this.times[at] = timeUs;
    this.orders[at] = order;
    this.whats[at] = what;
    this.handlers[at] = handler;
  }

  private grow(): void {
    const slots = this.times.length;
    if (slots === EVENTS_MAX) {
      throw new Error(`${EVENTS_MAX} events wait on one clock: something schedules without end`);
    }
    this.times = grown(this.times);
    this.orders = grown(this.orders);
    this.whats = grown(this.whats);
    for (let i = 0; i < slots; i++) this.handlers.push(NOBODY);
  }
}

function grown(array: Float64Array<ArrayBuffer>): Float64Array<ArrayBuffer> {
  const wider = new Float64Array(2 * array.length);
  wider.set(array);
  return wider;
}
