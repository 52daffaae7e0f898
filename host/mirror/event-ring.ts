import { RING_ENTRIES, RING_ENTRY_BYTES } from "../../assembly/layout.js";
import type { DriverModule } from "./driver-module.js";

/** One event that the driver noted; SPEC.md says what subject and detail mean for each kind. */
export interface RingEvent {
  /** Number of the event since the driver was assembled or formatted, from 0 on. */
  readonly number: number;
  /** Time of the tick before it, ms. */
  readonly timeMs: number;
  /** RING_... */
  readonly kind: number;
  readonly subject: number;
  readonly detail: number;
}

/** The events that the ring in the driver's memory still holds, the oldest first: at most RING_ENTRIES. */
export function readEventRing(driver: DriverModule): RingEvent[] {
  const at = driver.exports.eventRing();
  const view = new DataView(driver.memory.buffer);
  const written = view.getUint32(at, true);
  const events: RingEvent[] = [];
  for (let number = Math.max(0, written - RING_ENTRIES); number < written; number++) {
    // The count has the first line of 16 bytes to itself.
    const entry = at + RING_ENTRY_BYTES * (1 + (number % RING_ENTRIES));
    const word = (index: number): number => view.getUint32(entry + index * 4, true);
    events.push({ number, timeMs: word(0), kind: word(1), subject: word(2), detail: word(3) });
  }
  return events;
}
