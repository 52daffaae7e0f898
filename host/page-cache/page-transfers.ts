import { STATUS_OK, STATUS_READ_ERROR } from "../../assembly/layout.js";
import { UNREADABLE } from "../sdcard-emulator/sector-contents.js";
import type { VirtualClock } from "../sdcard-emulator/virtual-clock.js";
import type { DeviceQueue, QueueClient } from "./device-queue.js";
import type { PageCacheCounters } from "./page-cache-counters.js";
import type { PageCacheObserver } from "./page-cache-observer.js";
import type { PageTable } from "./page-table.js";
import type { Page } from "./page.js";

/** Told what became of pages, after their state has changed. */
export interface PageTransferListener {
  /** A write of the page has begun: its dirty flag is clear, the buffer is not locked. */
  pageWriteStarted(page: Page): void;
  pageWritten(page: Page, status: number): void;
  /** The page is present (STATUS_OK), or could not be loaded. */
  pageLoaded(page: Page, status: number): void;
}

/**
 * Moves pages between the cache and the device; one transfer per page at a time. Write-back follows Linux: clear the
 * dirty flag, then submit the live page without locking it. Whoever modifies it meanwhile sets the flag again.
 */
export class PageTransfers implements QueueClient {
  constructor(
    private readonly clock: VirtualClock,
    private readonly table: PageTable,
    private readonly queue: DeviceQueue,
    private readonly observer: PageCacheObserver,
    private readonly counters: PageCacheCounters,
    private readonly listener: PageTransferListener,
  ) {}

  /** The dirty page shall be written. While a write of it is under way this does nothing: ask again at its end. */
  requestWrite(page: Page): void {
    if (page.queued || page.writing || page.loading) return;
    page.queued = true;
    this.queue.enqueue(this, page.number);
  }

  /** The absent page shall be loaded. A forgotten page is loaded when its last write has ended. */
  requestLoad(page: Page): void {
    if (page.loading || page.present) return;
    page.loading = true;
    page.loadSector = -1;
    page.loadStatus = STATUS_OK;
    this.enqueueLoad(page);
  }

  submitDue(number: number): boolean {
    const page = this.table.page(number);
    if (page.loading) return this.submitLoad(page);
    if (!page.dirty || page.writing) {
      page.queued = false;
      return true;
    }
    const dirtySinceUs = page.dirtySinceUs;
    this.table.markClean(page);
    if (!this.queue.write(page.sector, page.sectors, page, 0, this, number)) {
      this.table.markDirty(page, dirtySinceUs);
      return false;
    }
    page.queued = false;
    page.writing = true;
    page.writeId = this.observer.writeSubmitted(page.sector, page.sectors, page, 0);
    this.counters.writes++;
    this.listener.pageWriteStarted(page);
    return true;
  }

  transferDone(number: number, status: number): void {
    const page = this.table.page(number);
    if (page.writing) this.writeEnded(page, status);
    else this.readEnded(page, status);
  }

  private writeEnded(page: Page, status: number): void {
    page.writing = false;
    this.observer.writeDone(page.writeId, status);
    if (status !== STATUS_OK) {
      this.counters.writesFailed++;
      if (page.present) this.table.markDirty(page, this.clock.nowUs);
    }
    if (page.loading) this.enqueueLoad(page);
    this.listener.pageWritten(page, status);
  }

  private enqueueLoad(page: Page): void {
    if (page.writing || page.queued) return;
    page.queued = true;
    this.queue.enqueue(this, page.number);
  }

  private submitLoad(page: Page): boolean {
    const alone = page.loadSector;
    const accepted =
      alone < 0
        ? this.queue.read(page.sector, page.sectors, page, 0, this, page.number)
        : this.queue.read(page.sector + alone, 1, page, alone, this, page.number);
    if (!accepted) return false;
    page.queued = false;
    if (alone < 0) this.counters.loads++;
    return true;
  }

  /** A page that fails as a whole is read sector by sector: the readable ones are still worth knowing. */
  private readEnded(page: Page, status: number): void {
    if (page.present) {
      this.loadEnded(page, STATUS_OK);
      return;
    }
    const alone = page.loadSector;
    if (alone < 0 && status === STATUS_OK) {
      for (let sector = 0; sector < page.sectors; sector++) this.report(page, sector, status);
      page.present = true;
      this.loadEnded(page, STATUS_OK);
      return;
    }
    if (status !== STATUS_OK && status !== STATUS_READ_ERROR) {
      this.loadEnded(page, status);
      return;
    }
    if (alone >= 0) this.report(page, alone, status);
    if (alone >= 0 && status !== STATUS_OK) page.loadStatus = status;
    page.loadSector = alone + 1;
    if (page.loadSector < page.sectors) {
      this.enqueueLoad(page);
      return;
    }
    page.present = page.loadStatus === STATUS_OK;
    this.loadEnded(page, page.loadStatus);
  }

  private report(page: Page, sector: number, status: number): void {
    const content = status === STATUS_OK ? page.contentOf(sector) : UNREADABLE;
    this.observer.readReturned(page.sector + sector, content);
  }

  private loadEnded(page: Page, status: number): void {
    page.loading = false;
    if (status !== STATUS_OK) this.counters.loadsFailed++;
    this.listener.pageLoaded(page, status);
  }
}
