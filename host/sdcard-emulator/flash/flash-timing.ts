/** How long the flash and its controller take, and how the times add up. All in µs. */

import type { FlashState } from "../image/card-state.js";

/** Medians, but for the stalls. */
export interface FlashTiming {
  /** From the command to the first work on the flash, of a read and of a write: firmware, error correction, buses. */
  readonly readOverheadUs: number;
  readonly writeOverheadUs: number;
  /** A page of NAND flash: from the cells, into the cells. */
  readonly pageReadUs: number;
  readonly pageProgramUs: number;
  readonly blockEraseUs: number;
  /** A page of the SLC cache; of use only where there is one. */
  readonly slcReadUs: number;
  readonly slcProgramUs: number;
  /** Pages that are programmed or copied at the same time, on several chips. 1 or more. */
  readonly parallelPages: number;
  /** Whether pages are programmed while the next sectors are on the wire. */
  readonly pipelined: boolean;
  /** Every busy and access time is spread evenly by this much either way, 0 to 50. */
  readonly jitterPercent: number;
  /** Now and then the controller keeps house in the foreground: after about so many programmed pages; 0: never. */
  readonly housekeepingPages: number;
  readonly housekeepingMinUs: number;
  readonly housekeepingMaxUs: number;
}

/** What was done in the flash since its making: the only thing that write amplification is computed from. */
export class FlashWork {
  /** Sectors that the host wrote. */
  hostSectors = 0;
  /** Pages programmed into erase blocks and into the SLC cache, copies included. */
  programs = 0;
  slcPrograms = 0;
  /** Pages copied by merges, folds, refreshes and wear levelling. */
  copies = 0;
  erases = 0;
  /** Open units that were closed before they were full, and folds of the SLC cache. */
  merges = 0;
  folds = 0;
  /** Time that the flash was busy with all that, µs. */
  us = 0;

  /** Pages of the stream under way that were programmed, modulo those that go at once. */
  private together = 0;

  constructor(private readonly timing: FlashTiming) {}

  /** The pages that follow have nothing to do with those before. */
  beginStream(): void {
    this.together = 0;
  }

  /** One page of the host: alone, or at the same time as others of its stream. */
  program(): void {
    this.programs++;
    if (this.together === 0) this.us += this.timing.pageProgramUs;
    this.together = (this.together + 1) % this.timing.parallelPages;
  }

  slcProgram(): void {
    this.slcPrograms++;
    this.us += this.timing.slcProgramUs;
  }

  /** Pages that are moved into an erase block together. @param fromSlc how many of them come from the cache */
  copy(pages: number, fromSlc: number): void {
    if (pages === 0) return;
    const { pageReadUs, slcReadUs, pageProgramUs, parallelPages } = this.timing;
    this.copies += pages;
    this.programs += pages;
    const read = (pages - fromSlc) * pageReadUs + fromSlc * slcReadUs;
    this.us += Math.ceil(read / parallelPages) + Math.ceil(pages / parallelPages) * pageProgramUs;
  }

  /** Pages that are moved within the SLC cache. */
  slcCopy(pages: number): void {
    const { slcReadUs, slcProgramUs, parallelPages } = this.timing;
    this.copies += pages;
    this.slcPrograms += pages;
    this.us += Math.ceil(pages / parallelPages) * (slcReadUs + slcProgramUs);
  }

  erase(): void {
    this.erases++;
    this.us += this.timing.blockEraseUs;
  }

  save(): FlashState["work"] {
    const { hostSectors, programs, slcPrograms, copies, erases, merges, folds, us } = this;
    return { hostSectors, programs, slcPrograms, copies, erases, merges, folds, us };
  }

  restore(state: FlashState["work"]): void {
    Object.assign(this, state);
  }

  fork(): FlashWork {
    return Object.assign(new FlashWork(this.timing), this);
  }
}
