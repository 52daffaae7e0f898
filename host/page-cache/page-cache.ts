import { STATUS_OK } from "../../assembly/layout.js";
import type { SectorContents } from "../sdcard-emulator/sector-contents.js";
import type { VirtualClock } from "../sdcard-emulator/virtual-clock.js";
import type { BlockDevice } from "./block-device.js";
import { DeviceQueue } from "./device-queue.js";
import { PageModifier } from "./modifier.js";
import { PageCacheCounters } from "./page-cache-counters.js";
import type { PageCacheObserver } from "./page-cache-observer.js";
import { PageTable } from "./page-table.js";
import { PageTransfers, type PageTransferListener } from "./page-transfers.js";
import type { Page } from "./page.js";
import { WholeSync, type SyncCompletion } from "./whole-sync.js";
import { WriteBack, type WriteBackTiming } from "./write-back.js";

export interface PageCacheOptions extends WriteBackTiming {
  readonly clock: VirtualClock;
  readonly contents: SectorContents;
  readonly device: BlockDevice;
  readonly observer: PageCacheObserver;
  readonly sectorsPerPage: number;
  /** Option 1 of the mail: buffers may not change while they are written. */
  readonly locked?: boolean;
}

/** Where a read is answered: the page is present (STATUS_OK), or could not be loaded. */
export interface PageReadCompletion {
  onPageRead(tag: number, status: number): void;
}

interface WaitingReader {
  readonly page: Page;
  readonly done: PageReadCompletion;
  readonly tag: number;
}

/** Reads that wait for pages, over all pages. */
const READERS_MAX = 4096;

/**
 * The layer above the mirror, as unkind as Linux: pages are written back live and unlocked, threads store into them
 * meanwhile, may set the dirty flag late, and may make the cache forget a page whose buffer is still in flight.
 */
export class PageCache implements PageTransferListener {
  readonly counters = new PageCacheCounters();
  /** Shared with writers beside the cache (direct-writer.ts). */
  readonly queue: DeviceQueue;
  private readonly table: PageTable;
  private readonly transfers: PageTransfers;
  private readonly writeBack: WriteBack;
  private readonly syncs: WholeSync;
  private readonly modifier: PageModifier;
  private readers: WaitingReader[] = [];

  constructor(options: PageCacheOptions) {
    const { clock, observer } = options;
    const counters = this.counters;
    this.queue = new DeviceQueue(clock, options.device);
    this.table = new PageTable(options.device.sectors, options.sectorsPerPage, options.contents);
    this.transfers = new PageTransfers(clock, this.table, this.queue, observer, counters, this);
    this.writeBack = new WriteBack(clock, this.table, this.transfers, options);
    this.syncs = new WholeSync(clock, this.table, this.transfers, this.queue, observer, counters);
    this.modifier = new PageModifier(
      clock,
      this.table,
      this.transfers,
      this.writeBack,
      observer,
      counters,
      options.locked ?? false,
    );
  }

  get pages(): number {
    return this.table.count;
  }

  get dirtyPages(): number {
    return this.table.dirtyPages;
  }

  /** Nothing waits for the device and nothing is under way; dirty pages may wait for their age. */
  get idle(): boolean {
    return this.queue.idle;
  }

  /** The page's buffer and state, for looking at only. */
  page(number: number): Readonly<Page> {
    return this.table.page(number);
  }

  /**
   * A thread stores a piece id into sector `sector` of page `number`: now if the page is present (whether or not a
   * card is reading the buffer), else when it is loaded; in `locked` mode when its write-back has ended.
   * @param flagDelayUs FLAG_AT_ONCE, or the time until the dirty flag is set
   * @returns true = stored now, false = it will be (or is dropped, if the page cannot be loaded)
   */
  modify(number: number, sector: number, piece: number, pieceId: number, flagDelayUs: number): boolean {
    return this.modifier.store(this.table.page(number), sector, piece, pieceId, flagDelayUs);
  }

  /** A thread stores a whole page, which need not be loaded for that. `pieceIds` in the order of Page.pieces. */
  overwrite(number: number, pieceIds: ArrayLike<number>, flagDelayUs: number): boolean {
    return this.modifier.overwrite(this.table.page(number), pieceIds, flagDelayUs);
  }

  /**
   * The second hole of the mail (truncate): the page's dirty flag is dropped and it leaves the cache. A buffer in
   * flight goes on being sampled, and modify() reaches it, until the transfer ends; a read after that loads anew.
   * @returns false if there was nothing to forget (absent, or still being loaded)
   */
  forget(number: number): boolean {
    const page = this.table.page(number);
    if (!page.present || page.loading) return false;
    this.table.markClean(page);
    page.present = false;
    page.life++;
    this.counters.forgotten++;
    if (page.writing) this.counters.forgottenInFlight++;
    this.syncs.pageForgotten(page);
    if (page.waitingStores > 0) this.transfers.requestLoad(page);
    return true;
  }

  /** Wants the page present. Answers at once if it is, else when the device has answered. */
  read(number: number, done: PageReadCompletion, tag: number): void {
    const page = this.table.page(number);
    if (page.present) {
      done.onPageRead(tag, STATUS_OK);
      return;
    }
    if (this.readers.length >= READERS_MAX) {
      throw new Error(`more than ${READERS_MAX} reads wait for pages: a thread must wait for its own first`);
    }
    this.readers.push({ page, done, tag });
    page.waitingReaders++;
    this.transfers.requestLoad(page);
  }

  /** Begins a whole-device sync now; `kind` is one of SYNC_... */
  sync(kind: number, done: SyncCompletion, tag: number): void {
    this.syncs.begin(kind, done, tag);
  }

  /**
   * Power cut or controller reset: memory is gone. All pages are absent, nobody who waits is answered, and late
   * completions are ignored. Writers beside the cache must be told too.
   * @param device where requests go from now on, if it is another object than before
   */
  crash(device?: BlockDevice): void {
    if (device !== undefined && device.sectors !== this.table.sectors) {
      throw new Error(`the new device has ${device.sectors} sectors, the page cache ${this.table.sectors}`);
    }
    this.queue.crash(device);
    this.modifier.crash();
    this.syncs.crash();
    this.writeBack.crash();
    this.table.forgetAll();
    this.readers = [];
  }

  pageWriteStarted(page: Page): void {
    this.syncs.pageWriteStarted(page);
  }

  pageWritten(page: Page, status: number): void {
    if (page.dirty) this.writeBack.arm();
    this.modifier.release(page);
    this.syncs.pageWritten(page, status);
  }

  pageLoaded(page: Page, status: number): void {
    if (status === STATUS_OK) this.modifier.release(page);
    else this.modifier.drop(page);
    if (page.dirty && page.syncsToWrite !== 0) this.transfers.requestWrite(page);
    if (page.waitingReaders > 0) this.answerReaders(page, status);
  }

  /** An answered reader may read again, so the list is complete before anybody is called. */
  private answerReaders(page: Page, status: number): void {
    const answered = this.readers.filter((reader) => reader.page === page);
    this.readers = this.readers.filter((reader) => reader.page !== page);
    page.waitingReaders = 0;
    for (const reader of answered) reader.done.onPageRead(reader.tag, status);
  }
}
