import { SECTOR_BYTES } from "../../assembly/layout.js";
import { FLAG_AT_ONCE } from "../page-cache/modifier.js";
import type { PageCache } from "../page-cache/page-cache.js";
import { SYNC_WITH_FLUSH } from "../page-cache/whole-sync.js";
import { Prng } from "../sdcard-emulator/prng.js";
import { PIECES_PER_SECTOR, type SectorContents } from "../sdcard-emulator/sector-contents.js";
import type { ClockHandler, VirtualClock } from "../sdcard-emulator/virtual-clock.js";
import { checkTraceFits, TRACE_BLOCK_BYTES, TRACE_INTERVAL_US, type Trace } from "./trace.js";

/** What the second thread does besides modifying buffers while they are written. */
export interface TraceRaces {
  readonly seed: number;
  /** The first hole of the mail: it sets the dirty flag late. */
  readonly lateFlag: boolean;
  /** The second hole: the page is forgotten after it was modified in flight. */
  readonly forgotten: boolean;
}

/** Of 100 page writes so many are raced by the second thread ... */
const RACED_PERCENT = 30;
/** ... which stores into up to so many places of the page, each ... */
const RACE_STORES_MAX = 4;
/** ... at some time within this, us: marks on both cards take 6 ms or so, then the data follow. */
const RACE_WITHIN_US = 16_000;
const LATE_FLAG_US = 1000;
/** Longer than an epoch of the runs, or the next sync always sees the flag. */
const LATE_FLAG_SPREAD_US = 300_000;
/** One trace write in so many is followed by an application's sync. */
const SYNC_ONE_IN = 64;

const NOBODY = { onSyncDone: () => undefined };

/**
 * Replays a trace on a page cache: one thread overwrites a page every TRACE_INTERVAL_US, with contents never seen
 * before, and syncs now and then; another one modifies pages while they are being written (the mail's race), with the
 * dirty flag set as Linux does, unless a hole is asked for.
 */
export class TraceThreads implements ClockHandler {
  /** Trace writes done. */
  written = 0;
  private readonly prng: Prng;
  private readonly pieces: Int32Array;
  private stamps = 0;

  /** @throws Error when the trace has a block outside the cache's pages, or pages are no blocks of traces */
  constructor(
    private readonly clock: VirtualClock,
    private readonly contents: SectorContents,
    private readonly cache: PageCache,
    private readonly trace: Trace,
    private readonly races: TraceRaces,
  ) {
    checkTraceFits(trace, cache.pages);
    this.prng = new Prng(Math.imul(races.seed, 0x9e3779b1) ^ 0x7ace);
    this.pieces = new Int32Array(cache.page(0).pieces.length);
    if (cache.page(0).sectors * SECTOR_BYTES !== TRACE_BLOCK_BYTES) {
      throw new Error(`${trace.file} is of blocks of ${TRACE_BLOCK_BYTES} bytes: pages must have as many`);
    }
  }

  /** The first write comes at once. */
  start(): void {
    this.clock.schedule(0, this, 0);
  }

  /** The cache hands a write to the device: the second thread may take an interest in the page. */
  pageWritten(page: number): void {
    if (this.prng.next() % 100 >= RACED_PERCENT) return;
    for (let stores = 1 + (this.prng.next() % RACE_STORES_MAX); stores > 0; stores--) {
      this.clock.schedule(this.prng.next() % RACE_WITHIN_US, this, -1 - page);
    }
  }

  /** The clock's call: from 0 the number of a trace write, below 0 a race for page -1 - what. */
  onTime(what: number): void {
    if (what < 0) this.race(-1 - what);
    else this.write(what);
  }

  private write(index: number): void {
    const { blocks } = this.trace;
    for (let i = 0; i < this.pieces.length; i += PIECES_PER_SECTOR) {
      this.pieces.fill(this.newValue(), i, i + PIECES_PER_SECTOR);
    }
    this.cache.overwrite(blocks[index]!, this.pieces, FLAG_AT_ONCE);
    if (this.prng.next() % SYNC_ONE_IN === 0) this.cache.sync(SYNC_WITH_FLUSH, NOBODY, 0);
    this.written = index + 1;
    if (this.written < blocks.length) this.clock.schedule(TRACE_INTERVAL_US, this, this.written);
  }

  private race(number: number): void {
    const page = this.cache.page(number);
    if (!page.writing) return;
    const { lateFlag, forgotten } = this.races;
    const delayUs = lateFlag ? LATE_FLAG_US + (this.prng.next() % LATE_FLAG_SPREAD_US) : FLAG_AT_ONCE;
    const at = this.prng.next() % page.pieces.length;
    const piece = at % PIECES_PER_SECTOR;
    this.cache.modify(number, (at - piece) / PIECES_PER_SECTOR, piece, this.newValue(), delayUs);
    if (forgotten) this.cache.forget(number);
  }

  private newValue(): number {
    return this.contents.stamp(++this.stamps);
  }
}
