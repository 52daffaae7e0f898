/**
 * The flash behind a card: translation layer, caches and time together, as both faces of the card see them. Contents are
 * none of its business: it knows where sectors lie, how long it takes to put them there, and what that wears out.
 */
import type { CardPhysics } from "../card-physics.js";
import type { FlashState } from "../image/card-state.js";
import { Prng } from "../prng.js";
import type { FlashGeometry } from "./flash-geometry.js";
import { FlashWork, type FlashTiming } from "./flash-timing.js";
import { NONE } from "./open-units.js";
import { ReadDisturb } from "./read-disturb.js";
import { TranslationLayer } from "./translation-layer.js";
import { WriteBuffer } from "./write-buffer.js";

export interface FlashPhysicsOptions {
  readonly geometry: FlashGeometry;
  readonly timing: FlashTiming;
  /** Capacity of the card. */
  readonly sectors: number;
  /** Of times, stalls, and which block stands how much; only its low 32 bits count. */
  readonly seed: number;
  /** How long a sector is on the wire: a pipelined card programs meanwhile. Default: SPI at 20.83 MHz. */
  readonly wireSectorUs?: number;
  /** Which of the data in the blocks a cut program may destroy: none, what shares its row of cells, all of the block. */
  readonly reach?: CollateralReach;
  /** A flush leaves the write cache as it is. */
  readonly flushLies?: boolean;
  /** The card was written from end to end before. */
  readonly filled?: boolean;
  /** How much of the endurance is used up already, 0 to 100. */
  readonly usedPercent?: number;
}

export type CollateralReach = "none" | "row" | "block";

/** 25,400 cycles of 125 MHz at the legal SPI clock of 20.83 MHz. */
const SPI_SECTOR_US = 203;
/** Busy between two blocks of a stream that the flash keeps up with (assumed: a poll or two). */
const BLOCK_US = 10;

export class FlashPhysics implements CardPhysics {
  /** All that was done since the card was made. */
  readonly work: FlashWork;
  readonly layer: TranslationLayer;
  private readonly buffer: WriteBuffer;
  private readonly prng: Prng;
  private readonly disturb: ReadDisturb;
  /** The sector that would continue the stream under way, or NONE; writes and reads apart. */
  private nextWritten = NONE;
  private nextRead = NONE;
  /** Programs after which the controller keeps house. */
  private housekeepingAt = 0;
  /** Work that a read or a rest has left, and that the next command waits for. */
  private owedUs = 0;

  constructor(
    private readonly options: FlashPhysicsOptions,
    from?: FlashPhysics,
  ) {
    const { geometry, timing, sectors, seed, filled = false, usedPercent = 0 } = options;
    this.work = from?.work.fork() ?? new FlashWork(timing);
    this.layer = from?.layer.fork(this.work) ?? new TranslationLayer(geometry, sectors, seed, this.work);
    this.buffer = from?.buffer.fork() ?? new WriteBuffer(geometry.bufferPages);
    this.prng = from?.prng.fork() ?? new Prng(seed);
    this.disturb = new ReadDisturb(this.layer, seed, from?.disturb);
    if (from === undefined) {
      if (filled) this.layer.fill();
      this.layer.pool.age(Math.floor((geometry.enduranceErases * usedPercent) / 100));
      this.planHousekeeping();
      return;
    }
    this.nextWritten = from.nextWritten;
    this.nextRead = from.nextRead;
    this.housekeepingAt = from.housekeepingAt;
    this.owedUs = from.owedUs;
  }

  /** What a discarded sector's bytes read as. */
  get eraseByte(): number {
    return this.options.geometry.eraseByte;
  }

  /** Pages programmed for each page's worth of sectors that the host wrote; 0 before the first. */
  get writeAmplification(): number {
    const { programs, slcPrograms, hostSectors } = this.work;
    if (hostSectors === 0) return 0;
    return ((programs + slcPrograms) * this.options.geometry.pageSectors) / hostSectors;
  }

  get worn(): boolean {
    return this.layer.worn;
  }

  takeLost(): number {
    return this.disturb.takeLost();
  }

  readUs(sector: number, count: number): number {
    const { pageSectors } = this.options.geometry;
    const { readOverheadUs, pageReadUs, slcReadUs, parallelPages, pipelined } = this.options.timing;
    const { layer, buffer, work } = this;
    const continued = sector === this.nextRead;
    this.nextWritten = NONE;
    this.nextRead = sector + count;
    const first = Math.floor(sector / pageSectors);
    const last = Math.floor((sector + count - 1) / pageSectors);
    // A stream that stays within a page has it in the page register.
    const fresh = continued && sector % pageSectors !== 0 ? first + 1 : first;
    let us = continued ? 0 : readOverheadUs;
    for (let page = fresh; page <= last; page++) {
      const at = layer.locate(page);
      if (at === NONE || buffer.holds(page)) continue;
      const fromSlc = layer.slc !== null && layer.slc.holds(at);
      if (page === first || (!pipelined && (page - first) % parallelPages === 0))
        us += fromSlc ? slcReadUs : pageReadUs;
      const before = work.us;
      if (!fromSlc) this.disturb.read(page, at);
      this.owedUs += work.us - before;
    }
    return this.jittered(us) + this.takeOwed();
  }

  writeUs(sector: number, count: number): number {
    const { geometry, timing, wireSectorUs = SPI_SECTOR_US } = this.options;
    const { pageSectors, slcBypassSectors } = geometry;
    const { work, layer } = this;
    const continued = sector === this.nextWritten;
    this.nextRead = NONE;
    this.nextWritten = sector + count;
    if (!continued) work.beginStream();
    let behindUs = 0;
    if (!layer.worn) {
      work.hostSectors += count;
      const fast = count < slcBypassSectors;
      const end = sector + count;
      for (let at = sector; at < end;) {
        const page = Math.floor(at / pageSectors);
        const pageEnd = Math.min(end, (page + 1) * pageSectors);
        // A stream fills a page up before it is programmed; here its first sector pays for all.
        if (!(continued && at === sector && at % pageSectors !== 0)) {
          const before = work.us;
          this.take(page, fast);
          if (timing.pipelined) behindUs = Math.max(0, behindUs - (pageEnd - at) * wireSectorUs);
          behindUs += work.us - before;
        }
        at = pageEnd;
      }
    }
    const us = Math.ceil(behindUs) + (continued ? BLOCK_US : timing.writeOverheadUs);
    return this.jittered(us) + this.housekeepingUs() + this.takeOwed();
  }

  flushUs(): number {
    this.endStreams();
    const before = this.work.us;
    if (this.options.flushLies !== true) this.drain(Infinity);
    const us = this.work.us - before;
    // Nothing to write: the answer to a poll.
    return this.jittered(us === 0 ? BLOCK_US : us + this.options.timing.writeOverheadUs) + this.takeOwed();
  }

  eraseUs(sector: number, count: number): number {
    this.endStreams();
    const { pageSectors, pagesPerBlock } = this.options.geometry;
    const before = this.work.us;
    // Part of a page cannot be told from the rest of it by the map: it stays as it is.
    const first = Math.ceil(sector / pageSectors);
    const end = Math.floor((sector + count) / pageSectors);
    this.buffer.drop(first, end);
    for (let page = first; page < end; page++) this.layer.discard(page);
    if (end > first) {
      const lastUnit = Math.floor((end - 1) / pagesPerBlock);
      for (let unit = Math.floor(first / pagesPerBlock); unit <= lastUnit; unit++)
        this.layer.freeIfEmpty(unit);
    }
    return this.jittered(this.options.timing.writeOverheadUs + this.work.us - before) + this.takeOwed();
  }

  rest(us: number): void {
    this.endStreams();
    this.owedUs = Math.max(0, this.owedUs - us);
    const { housekeepingMaxUs, housekeepingPages } = this.options.timing;
    if (housekeepingPages > 0 && us >= housekeepingMaxUs) this.planHousekeeping();
    const spentUs = this.drain(us);
    if (this.layer.slc !== null) this.foldAhead(us - spentUs);
  }

  mayDestroy(programmed: number, victim: number): boolean {
    const { geometry, reach = "row" } = this.options;
    if (reach === "none") return false;
    const { pageSectors, pagesPerBlock, bitsPerCell } = geometry;
    const { layer } = this;
    const page = Math.floor(programmed / pageSectors);
    const slot = layer.open.find(Math.floor(page / pagesPerBlock));
    // Of a unit that is not open nothing is being programmed yet, and its open block will be an erased one.
    if (slot === NONE) return false;
    const block = layer.open.block[slot]!;
    const at = layer.locate(Math.floor(victim / pageSectors));
    if (at === NONE || Math.floor(at / pagesPerBlock) !== block) return false;
    if (reach === "block") return true;
    const placed = layer.locate(page);
    const inBlock = placed !== NONE && Math.floor(placed / pagesPerBlock) === block;
    const target = inBlock ? placed % pagesPerBlock : layer.open.next[slot]!;
    const victimPage = at % pagesPerBlock;
    return victimPage < target && Math.floor(victimPage / bitsPerCell) === Math.floor(target / bitsPerCell);
  }

  powerLost(): void {
    this.buffer.clear();
    this.endStreams();
    this.owedUs = 0;
  }

  /** What flash without power knows: what the write cache holds, and which stream is under way, is gone with it. */
  save(): FlashState {
    const { work, layer, prng, disturb, housekeepingAt } = this;
    return {
      work: work.save(),
      layer: layer.save(),
      generator: prng.position,
      disturb: disturb.save(),
      housekeepingAt,
    };
  }

  /**
   * The flash that `save` told of, of a card of the same options; how it was filled and used before is in the state.
   * @throws Error that says what does not fit
   */
  static restored(options: FlashPhysicsOptions, state: FlashState): FlashPhysics {
    const flash = new FlashPhysics({ ...options, filled: false, usedPercent: 0 });
    flash.work.restore(state.work);
    flash.layer.restore(state.layer);
    flash.prng.moveTo(state.generator);
    flash.disturb.restore(state.disturb);
    flash.housekeepingAt = state.housekeepingAt;
    return flash;
  }

  fork(): FlashPhysics {
    return new FlashPhysics(this.options, this);
  }

  /** A page of the host's: into the write cache, or programmed at once. */
  private take(page: number, fast: boolean): void {
    const { buffer } = this;
    if (buffer.capacity === 0) this.program(page, fast);
    else if (!buffer.holds(page)) {
      if (buffer.full) this.program(buffer.shift(), fast);
      buffer.push(page);
    }
  }

  private program(page: number, fast: boolean): void {
    if (this.layer.worn) return;
    if (fast) this.layer.programFast(page);
    else this.layer.program(page);
  }

  /** Programs what the write cache holds, oldest first, as long as there is time. @returns the time it took */
  private drain(us: number): number {
    const before = this.work.us;
    while (this.buffer.length > 0 && this.work.us - before < us) this.program(this.buffer.shift(), true);
    return this.work.us - before;
  }

  private foldAhead(us: number): void {
    const slc = this.layer.slc!;
    const { pageReadUs, pageProgramUs, blockEraseUs, parallelPages } = this.options.timing;
    const pages = this.options.geometry.pagesPerBlock;
    const stepUs = Math.ceil(pages / parallelPages) * (pageReadUs + pageProgramUs) + 2 * blockEraseUs;
    let left = us;
    while (left >= stepUs && slc.freeBlocks < slc.blocks / 2 && !this.layer.worn) {
      const before = this.work.us;
      if (!slc.reclaimStep()) return;
      left -= this.work.us - before;
    }
  }

  private endStreams(): void {
    this.nextWritten = NONE;
    this.nextRead = NONE;
    this.work.beginStream();
  }

  private planHousekeeping(): void {
    const { housekeepingPages } = this.options.timing;
    if (housekeepingPages === 0) return;
    // From half to one and a half times the average.
    const after = Math.floor(housekeepingPages / 2) + (this.prng.next() % (housekeepingPages + 1));
    this.housekeepingAt = this.work.programs + this.work.slcPrograms + after;
  }

  private housekeepingUs(): number {
    const { housekeepingPages, housekeepingMinUs, housekeepingMaxUs } = this.options.timing;
    if (housekeepingPages === 0 || this.work.programs + this.work.slcPrograms < this.housekeepingAt) return 0;
    this.planHousekeeping();
    return housekeepingMinUs + (this.prng.next() % (housekeepingMaxUs - housekeepingMinUs + 1));
  }

  private takeOwed(): number {
    const us = this.owedUs;
    this.owedUs = 0;
    return us;
  }

  private jittered(us: number): number {
    return this.prng.jitterUs(us, this.options.timing.jitterPercent);
  }
}
