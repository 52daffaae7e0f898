import type { ScenarioEvent, ScenarioObserver } from "../world/scenario-event.js";

/** Events kept at least, where there were so many. */
const KEPT_MIN = 1 << 16;

/** Keeps the latest events of a scenario. */
export class EventLog implements ScenarioObserver {
  readonly events: ScenarioEvent[] = [];
  /** Older events that were dropped. */
  dropped = 0;

  onEvent(event: ScenarioEvent): void {
    if (this.events.length === 2 * KEPT_MIN) {
      this.events.splice(0, KEPT_MIN);
      this.dropped += KEPT_MIN;
    }
    this.events.push(event);
  }
}
