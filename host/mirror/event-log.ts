import type { DriverModule } from "./driver-module.js";
import { readEventRing } from "./event-ring.js";
import { eventInWords, type MirrorEvent } from "./mirror-event.js";

/** Events kept; the ring in the driver's memory holds far fewer. */
const EVENTS_MAX = 4096;

/** What the driver noted since it was assembled, gathered from its ring before the ring forgets it. */
export class EventLog {
  private events: MirrorEvent[] = [];
  private next = 0;
  private readonly listeners = new Set<(event: MirrorEvent) => void>();

  constructor(private readonly driver: DriverModule) {}

  /** The driver starts anew, and numbers its events from 0 again. */
  restart(): void {
    this.events = [];
    this.next = 0;
  }

  /** Takes what is new in the ring. Called whenever an export of the driver has returned. */
  gather(): void {
    const view = new DataView(this.driver.memory.buffer);
    if (view.getUint32(this.driver.exports.eventRing(), true) === this.next) return;
    for (const entry of readEventRing(this.driver)) {
      if (entry.number < this.next) continue;
      const event = eventInWords(entry);
      this.events.push(event);
      this.next = entry.number + 1;
      for (const heard of this.listeners) heard(event);
    }
    if (this.events.length > 2 * EVENTS_MAX) this.events.splice(0, this.events.length - EVENTS_MAX);
  }

  /** The last events, the oldest first. Numbers that are missing were overwritten within one call of the driver. */
  list(): MirrorEvent[] {
    this.gather();
    return this.events.slice(-EVENTS_MAX);
  }

  /** Tells `heard` of every event from now on. @returns ends that */
  listen(heard: (event: MirrorEvent) => void): () => void {
    this.gather();
    this.listeners.add(heard);
    return () => void this.listeners.delete(heard);
  }
}
