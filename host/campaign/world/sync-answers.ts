import { STATUS_OK } from "../../../assembly/layout.js";
import type { SyncListener, TimedMirror } from "../../mirror/timed-mirror.js";
import type { PageCache } from "../../page-cache/page-cache.js";
import { SYNC_WITH_FLUSH, type SyncCompletion } from "../../page-cache/whole-sync.js";
import type { ClockHandler, VirtualClock } from "../../sdcard-emulator/virtual-clock.js";

const BEGIN = 0;
const LATE_ANSWER = 1;

/**
 * Answers the driver's sync requests by syncs of the page cache, of the kinds given, in turn. Before each answer the
 * one to the request before arrives once more, late, be it of this boot or of the one before: the driver must not
 * take it for the other.
 */
export class SyncAnswers implements SyncListener, SyncCompletion, ClockHandler {
  private cache: PageCache | null = null;
  private mirror: TimedMirror | null = null;
  private turn = 0;
  private asked: number | null = null;
  private late = 0;

  constructor(
    private readonly clock: VirtualClock,
    private kinds: readonly number[],
    private delayUs: number,
  ) {}

  connect(cache: PageCache, mirror: TimedMirror): void {
    this.cache = cache;
    this.mirror = mirror;
  }

  /** Called from inside the driver: the sync begins in an event of its own, after this call. */
  onSyncRequested(epoch: number): void {
    if (this.asked !== null) {
      this.late = this.asked;
      this.clock.schedule(0, this, LATE_ANSWER);
    }
    this.asked = epoch;
    this.clock.schedule(this.delayUs, this, BEGIN);
  }

  onTime(what: number): void {
    if (what === LATE_ANSWER) {
      this.mirror!.syncDone(this.late, STATUS_OK);
      return;
    }
    const kind = this.kinds[this.turn++ % this.kinds.length]!;
    this.cache!.sync(kind, this, this.asked!);
  }

  onSyncDone(epoch: number, status: number): void {
    this.mirror!.syncDone(epoch, status);
  }

  /** From the next request on every sync is begun without delay and does what it should. */
  succeedAtOnce(): void {
    this.kinds = [SYNC_WITH_FLUSH];
    this.delayUs = 0;
  }

  /** The controller is gone, and whoever was asked. */
  crash(): void {
    this.clock.cancel(this);
  }
}
