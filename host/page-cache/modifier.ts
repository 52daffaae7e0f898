import { PIECES_PER_SECTOR } from "../sdcard-emulator/sector-contents.js";
import type { ClockHandler, VirtualClock } from "../sdcard-emulator/virtual-clock.js";
import type { PageCacheCounters } from "./page-cache-counters.js";
import type { PageCacheObserver } from "./page-cache-observer.js";
import type { PageTable } from "./page-table.js";
import type { PageTransfers } from "./page-transfers.js";
import type { Page } from "./page.js";
import type { WriteBack } from "./write-back.js";

/** The dirty flag is set together with the store. Any other value is a delay in us: the first hole of the mail. */
export const FLAG_AT_ONCE = 0;

/** Stores that wait for their page, over all pages. */
const WAITING_MAX = 4096;
/** A waiting store whose wait is not counted as a stall. */
const NO_STALL = -1;
/** A late flag carries page number and life in one number. */
const LIVES = 4096;

interface WaitingStore {
  page: Page;
  sector: number;
  piece: number;
  pieceId: number;
  flagDelayUs: number;
  stalledSinceUs: number;
}

/**
 * The threads' side: stores into live buffers, whether or not a card is sampling them at that moment. A store into an
 * absent page waits until it is loaded; with `locked`, a store into a page under write-back waits until that ends.
 */
export class PageModifier implements ClockHandler {
  /** Only the first `waitingCount` are in use: the objects are reused. */
  private readonly waiting: WaitingStore[] = [];
  private waitingCount = 0;

  constructor(
    private readonly clock: VirtualClock,
    private readonly table: PageTable,
    private readonly transfers: PageTransfers,
    private readonly writeBack: WriteBack,
    private readonly observer: PageCacheObserver,
    private readonly counters: PageCacheCounters,
    private readonly locked: boolean,
  ) {}

  /** A thread stores one piece. True = done now, false = it will be when the page is ready. */
  store(page: Page, sector: number, piece: number, pieceId: number, flagDelayUs: number): boolean {
    if (!(sector >= 0 && sector < page.sectors && piece >= 0 && piece < PIECES_PER_SECTOR)) {
      throw new Error(`page ${page.number} has no piece ${piece} in sector ${sector}`);
    }
    if (!Number.isInteger(flagDelayUs) || flagDelayUs < 0) {
      throw new Error(`a dirty flag cannot be set after ${flagDelayUs} us: give a whole number from 0`);
    }
    if (this.ready(page) && page.waitingStores === 0) {
      this.apply(page, sector, piece, pieceId, flagDelayUs);
      return true;
    }
    const stalls = this.locked && page.writing;
    if (stalls) this.counters.stalls++;
    this.wait(page, sector, piece, pieceId, flagDelayUs, stalls ? this.clock.nowUs : NO_STALL);
    if (!page.present) this.transfers.requestLoad(page);
    return false;
  }

  /** A thread stores the whole page (`pieceIds` as in Page.pieces): an absent page need not be loaded for that. */
  overwrite(page: Page, pieceIds: ArrayLike<number>, flagDelayUs: number): boolean {
    if (pieceIds.length !== page.pieces.length) {
      throw new Error(`page ${page.number} has ${page.pieces.length} pieces, not ${pieceIds.length}`);
    }
    if (!page.present && !page.writing) {
      // Earlier stores that still wait are overwritten with the rest.
      this.drop(page);
      page.present = true;
    }
    let stored = true;
    for (let i = 0; i < pieceIds.length; i++) {
      const piece = i % PIECES_PER_SECTOR;
      const sector = (i - piece) / PIECES_PER_SECTOR;
      stored = this.store(page, sector, piece, pieceIds[i]!, flagDelayUs);
    }
    return stored;
  }

  /** The page may have become ready: what waits for it is stored now, in order. */
  release(page: Page): void {
    if (page.waitingStores === 0 || !this.ready(page)) return;
    let kept = 0;
    for (let i = 0; i < this.waitingCount; i++) {
      const store = this.waiting[i]!;
      if (store.page !== page) {
        this.keep(kept++, i);
        continue;
      }
      if (store.stalledSinceUs !== NO_STALL)
        this.counters.stalledUs += this.clock.nowUs - store.stalledSinceUs;
      page.waitingStores--;
      this.apply(page, store.sector, store.piece, store.pieceId, store.flagDelayUs);
    }
    this.waitingCount = kept;
  }

  /** The page could not be loaded: what waits for it has failed. */
  drop(page: Page): void {
    if (page.waitingStores === 0) return;
    let kept = 0;
    for (let i = 0; i < this.waitingCount; i++) {
      if (this.waiting[i]!.page !== page) this.keep(kept++, i);
    }
    this.counters.storesDropped += this.waitingCount - kept;
    this.waitingCount = kept;
    page.waitingStores = 0;
  }

  crash(): void {
    this.clock.cancel(this);
    this.waitingCount = 0;
  }

  /** A late dirty flag is due; it is void if the page has left the cache since. */
  onTime(what: number): void {
    const life = what % LIVES;
    const page = this.table.find((what - life) / LIVES);
    if (page === undefined || !page.present || page.life % LIVES !== life) return;
    this.markDirty(page);
  }

  /** A thread still reaches the buffer of a forgotten page until its transfer has ended. */
  private ready(page: Page): boolean {
    return page.writing ? !this.locked : page.present;
  }

  private apply(page: Page, sector: number, piece: number, pieceId: number, flagDelayUs: number): void {
    page.pieces[sector * PIECES_PER_SECTOR + piece] = pieceId;
    this.counters.stores++;
    if (page.writing) this.observer.bufferModified(page.writeId, sector, piece, pieceId);
    if (!page.present) return;
    if (flagDelayUs === FLAG_AT_ONCE) {
      this.markDirty(page);
      return;
    }
    this.counters.lateFlags++;
    this.clock.schedule(flagDelayUs, this, page.number * LIVES + (page.life % LIVES));
  }

  private markDirty(page: Page): void {
    this.table.markDirty(page, this.clock.nowUs);
    this.writeBack.arm();
  }

  private wait(
    page: Page,
    sector: number,
    piece: number,
    pieceId: number,
    flagDelayUs: number,
    stalledSinceUs: number,
  ): void {
    if (this.waitingCount >= WAITING_MAX) {
      throw new Error(`more than ${WAITING_MAX} stores wait for pages: a thread must wait for its own first`);
    }
    page.waitingStores++;
    const store = this.waiting[this.waitingCount++];
    if (store === undefined) {
      this.waiting.push({ page, sector, piece, pieceId, flagDelayUs, stalledSinceUs });
      return;
    }
    store.page = page;
    store.sector = sector;
    store.piece = piece;
    store.pieceId = pieceId;
    store.flagDelayUs = flagDelayUs;
    store.stalledSinceUs = stalledSinceUs;
  }

  private keep(to: number, from: number): void {
    if (to === from) return;
    const store = this.waiting[to]!;
    this.waiting[to] = this.waiting[from]!;
    this.waiting[from] = store;
  }
}
