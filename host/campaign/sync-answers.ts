import { STATUS_OK } from "../../assembly/layout.js";
import type { SyncListener, TimedMirror } from "../mirror/timed-mirror.js";
import type { PageCache } from "../page-cache/page-cache.js";
import type { SyncCompletion } from "../page-cache/whole-sync.js";
import type { ClockHandler, VirtualClock } from "../sdcard-emulator/virtual-clock.js";

/**
 * Answers the driver's sync requests by syncs of the page cache, of the kinds given, in turn. In a boot after a
 * cut, the answer to the last request of the boot before arrives late, in between: the driver must not take it.
 */
export class SyncAnswers implements SyncListener, SyncCompletion, ClockHandler {
  private cache: PageCache | null = null;
  private mirror: TimedMirror | null = null;
  private turn = 0;
  private asked: number | null = null;
  private stale: number | null = null;

  constructor(
    private readonly clock: VirtualClock,
    private readonly kinds: readonly number[],
  ) {}

  connect(cache: PageCache, mirror: TimedMirror): void {
    this.cache = cache;
    this.mirror = mirror;
  }

  /** Called from inside the driver: the sync begins in an event of its own, after this call. */
  onSyncRequested(epoch: number): void {
    this.asked = epoch;
    this.clock.schedule(0, this, 0);
  }

  onTime(): void {
    if (this.stale !== null) {
      this.mirror!.syncDone(this.stale, STATUS_OK);
      this.stale = null;
    }
    const kind = this.kinds[this.turn++ % this.kinds.length]!;
    this.cache!.sync(kind, this, this.asked!);
  }

  onSyncDone(epoch: number, status: number): void {
    this.mirror!.syncDone(epoch, status);
  }

  /** The controller is gone; what it had asked for is answered in the next boot. */
  crash(): void {
    this.clock.cancel(this);
    this.stale = this.asked;
  }
}
