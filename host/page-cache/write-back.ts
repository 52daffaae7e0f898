import type { ClockHandler, VirtualClock } from "../sdcard-emulator/virtual-clock.js";
import type { PageTable } from "./page-table.js";
import type { PageTransfers } from "./page-transfers.js";

/** When dirty pages are written without anybody asking (pdflush). */
export interface WriteBackTiming {
  /** Time between two passes, us; 0 = never. */
  readonly writeBackUs: number;
  /** Pages that have been dirty for at least this long are written by a pass, us. */
  readonly dirtyAgeUs: number;
  /** Pages submitted by one pass at most. */
  readonly pagesPerPass: number;
}

const PASS = 0;

/** The write-back timer. It runs only while there are dirty pages, so that a quiet cache leaves the clock empty. */
export class WriteBack implements ClockHandler {
  private armed = false;
  /** Page where the next pass begins, so that a bounded pass starves nobody. */
  private next = 0;

  constructor(
    private readonly clock: VirtualClock,
    private readonly table: PageTable,
    private readonly transfers: PageTransfers,
    private readonly timing: WriteBackTiming,
  ) {
    const { writeBackUs, dirtyAgeUs, pagesPerPass } = timing;
    for (const value of [writeBackUs, dirtyAgeUs, pagesPerPass]) {
      if (!Number.isInteger(value) || value < 0) {
        throw new Error(`write-back timing needs whole numbers from 0, not ${value}`);
      }
    }
    if (pagesPerPass === 0)
      throw new Error("a write-back pass of 0 pages never ends: set writeBackUs to 0 instead");
  }

  /** There is a dirty page: a pass comes within writeBackUs. */
  arm(): void {
    if (this.armed || this.timing.writeBackUs === 0) return;
    this.armed = true;
    this.clock.schedule(this.timing.writeBackUs, this, PASS);
  }

  onTime(): void {
    this.armed = false;
    const oldestUs = this.clock.nowUs - this.timing.dirtyAgeUs;
    let submitted = 0;
    let number = this.next;
    for (let i = 0; i < this.table.count && submitted < this.timing.pagesPerPass; i++) {
      const page = this.table.find(number);
      number = number + 1 === this.table.count ? 0 : number + 1;
      if (page === undefined || !page.dirty || page.dirtySinceUs > oldestUs) continue;
      if (page.queued || page.writing) continue;
      this.transfers.requestWrite(page);
      submitted++;
    }
    this.next = number;
    if (this.table.dirtyPages > 0) this.arm();
  }

  crash(): void {
    this.clock.cancel(this);
    this.armed = false;
    this.next = 0;
  }
}
