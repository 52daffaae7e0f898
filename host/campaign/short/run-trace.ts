import { createHash } from "node:crypto";
import type { ScenarioEvent, ScenarioObserver } from "../world/scenario-event.js";

/**
 * What a run did, as two digests that are equal for runs in which the same things happened in the same order, whatever
 * the times were; and when anything happened.
 */
export class RunTrace implements ScenarioObserver {
  /** When the array was assembled, us; -1 before. */
  assembledUs = -1;
  /** Times of everything that happened after that, ascending, each once, us from assembly on. */
  readonly timesUs: number[] = [];
  /** Those of them at which a card sampled the buffer of a data sector. */
  readonly sampledUs: number[] = [];
  private readonly effects = createHash("sha256");
  private readonly everything = createHash("sha256");

  /** @param dataStart first card sector that holds data */
  constructor(private readonly dataStart: number) {}

  /** What the threads' actions led to: runs that are equal in it leave the same states to every cut. */
  get effect(): string {
    return this.effects.copy().digest("base64");
  }

  /** The same with the actions in between: what comes later may depend on them. */
  get whole(): string {
    return this.everything.copy().digest("base64");
  }

  onEvent(event: ScenarioEvent): void {
    const { boot: _boot, step: _step, timeUs, ...happening } = event;
    if (happening.kind === "action") {
      const { atUs: _atUs, ...action } = happening.action;
      this.everything.update(JSON.stringify([action, happening.done]));
    } else {
      const text = JSON.stringify(happening);
      this.effects.update(text);
      this.everything.update(text);
    }
    if (happening.kind === "assembled") this.assembledUs = timeUs;
    if (this.assembledUs < 0 || happening.kind === "action") return;
    const sinceUs = timeUs - this.assembledUs;
    if (this.timesUs.at(-1) !== sinceUs) this.timesUs.push(sinceUs);
    if (happening.kind !== "sample" || happening.cardSector < this.dataStart) return;
    if (this.sampledUs.at(-1) !== sinceUs) this.sampledUs.push(sinceUs);
  }
}
