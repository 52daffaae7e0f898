import { STATUS_CARD_FAILED, STATUS_OK } from "../../assembly/layout.js";
import type { EventLoop } from "./event-loop.js";
import type { SyncListener } from "./timed-mirror.js";

/** What a caller does for a sync of the whole device; throwing means that it failed. */
export type SyncWork = () => void | Promise<void>;

/** The layer above a mirror, as far as the driver knows it: it is asked for syncs and answers them. */
export class LayerAbove implements SyncListener {
  /** The caller's sync; null: there is nothing to write, and every sync succeeds at once. */
  work: SyncWork | null = null;
  /** Why the last failed sync failed. */
  lastError: unknown = null;

  /** @param answer takes the answer to the driver; not called for a controller that is gone */
  constructor(
    private readonly loop: EventLoop,
    private readonly answer: (epoch: number, status: number) => void,
  ) {}

  onSyncRequested(epoch: number): void {
    const { loop, work } = this;
    const life = loop.life;
    const ended = (status: number): void => {
      loop.wake();
      if (loop.life === life) this.answer(epoch, status);
    };
    loop.wake();
    if (work === null) {
      loop.later(() => ended(STATUS_OK));
      return;
    }
    const failed = (error: unknown): void => {
      this.lastError = error;
      ended(STATUS_CARD_FAILED);
    };
    void Promise.resolve()
      .then(work)
      .then(() => ended(STATUS_OK), failed);
  }
}
