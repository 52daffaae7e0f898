import { STATUS_CARD_FAILED, STATUS_OK } from "../../assembly/layout.js";
import type { ClockHandler, VirtualClock } from "../sdcard-emulator/virtual-clock.js";
import type { DeviceQueue, QueueClient } from "./device-queue.js";
import type { PageCacheCounters } from "./page-cache-counters.js";
import type { PageCacheObserver } from "./page-cache-observer.js";
import type { PageTable } from "./page-table.js";
import type { PageTransfers } from "./page-transfers.js";
import type { Page } from "./page.js";

/** Writes the pages dirty at its start, then flushes the device. */
export const SYNC_WITH_FLUSH = 0;
/** Writes the pages dirty at its start; the device's caches keep what they like. */
export const SYNC_WITHOUT_FLUSH = 1;
/** Writes nothing and reports failure. */
export const SYNC_FAILS = 2;
/** Writes the pages dirty at its start and waits for nothing else, not even for writes in flight already. */
export const SYNC_DIRTY_ONLY = 3;

/** Where a sync is answered, with the tag it was begun with and a status from layout.ts. Always from a clock event. */
export interface SyncCompletion {
  onSyncDone(tag: number, status: number): void;
}

/** Syncs under way at once: one bit each in the pages' masks. */
const SYNCS_MAX = 30;

const NOBODY: SyncCompletion = { onSyncDone: () => undefined };

class SyncSlot {
  used = false;
  kind = SYNC_WITH_FLUSH;
  done = NOBODY;
  tag = 0;
  /** Page writes that it still waits for. */
  pending = 0;
  status = STATUS_OK;
  flushId = 0;
}

/**
 * Whole-device syncs, the weakest that the contract allows: each begins when it is asked for (never joined to a
 * running one), takes the pages dirty at that moment and no later ones, and waits for their writes and for the page
 * writes in flight at its start.
 */
export class WholeSync implements QueueClient, ClockHandler {
  private readonly slots = Array.from({ length: SYNCS_MAX }, () => new SyncSlot());

  constructor(
    private readonly clock: VirtualClock,
    private readonly table: PageTable,
    private readonly transfers: PageTransfers,
    private readonly queue: DeviceQueue,
    private readonly observer: PageCacheObserver,
    private readonly counters: PageCacheCounters,
  ) {}

  /** Begins a sync now. The answer comes from a later clock event, also if there is nothing to do. */
  begin(kind: number, done: SyncCompletion, tag: number): void {
    const number = this.slots.findIndex((candidate) => !candidate.used);
    if (number < 0) throw new Error(`more than ${SYNCS_MAX} syncs at once: wait for some to end`);
    const slot = this.slots[number]!;
    slot.used = true;
    slot.kind = kind;
    slot.done = done;
    slot.tag = tag;
    slot.pending = 0;
    slot.status = STATUS_OK;
    this.counters.syncs++;
    if (kind === SYNC_FAILS) {
      slot.status = STATUS_CARD_FAILED;
      this.answerSoon(number);
      return;
    }
    const bit = 1 << number;
    for (let i = 0; i < this.table.count; i++) {
      const page = this.table.find(i);
      if (page === undefined) continue;
      if (page.writing && kind !== SYNC_DIRTY_ONLY) {
        page.syncsInFlight |= bit;
        slot.pending++;
      }
      if (page.dirty) {
        page.syncsToWrite |= bit;
        slot.pending++;
        this.transfers.requestWrite(page);
      }
    }
    if (slot.pending === 0) this.writesEnded(number);
  }

  pageWriteStarted(page: Page): void {
    page.syncsInFlight = page.syncsToWrite;
    page.syncsToWrite = 0;
  }

  pageWritten(page: Page, status: number): void {
    const syncs = page.syncsInFlight;
    page.syncsInFlight = 0;
    this.countDown(syncs, status);
    if (page.syncsToWrite !== 0) this.transfers.requestWrite(page);
  }

  /** The page has left the cache: it will not be written for anybody. */
  pageForgotten(page: Page): void {
    const syncs = page.syncsToWrite;
    page.syncsToWrite = 0;
    this.countDown(syncs, STATUS_OK);
  }

  submitDue(number: number): boolean {
    if (!this.queue.flush(this, number)) return false;
    this.slots[number]!.flushId = this.observer.flushSubmitted();
    return true;
  }

  transferDone(number: number, status: number): void {
    const slot = this.slots[number]!;
    this.observer.flushDone(slot.flushId, status);
    slot.status = status;
    this.answerSoon(number);
  }

  /** The answer of one sync is due. */
  onTime(number: number): void {
    const slot = this.slots[number]!;
    const done = slot.done;
    slot.used = false;
    slot.done = NOBODY;
    if (slot.status !== STATUS_OK) this.counters.syncsFailed++;
    this.observer.syncAcknowledged?.(slot.kind, slot.status);
    done.onSyncDone(slot.tag, slot.status);
  }

  /** Nobody is answered any more. */
  crash(): void {
    this.clock.cancel(this);
    for (const slot of this.slots) {
      slot.used = false;
      slot.done = NOBODY;
    }
  }

  private countDown(syncs: number, status: number): void {
    for (let number = 0; syncs >>> number !== 0; number++) {
      if ((syncs & (1 << number)) === 0) continue;
      const slot = this.slots[number]!;
      if (status !== STATUS_OK) slot.status = status;
      if (--slot.pending === 0) this.writesEnded(number);
    }
  }

  private writesEnded(number: number): void {
    const slot = this.slots[number]!;
    if (slot.status === STATUS_OK && slot.kind === SYNC_WITH_FLUSH) this.queue.enqueue(this, number);
    else this.answerSoon(number);
  }

  private answerSoon(number: number): void {
    this.clock.schedule(0, this, number);
  }
}
