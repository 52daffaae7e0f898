import * as FatFs from "js-fatfs";
import { SECTOR_BYTES, STATUS_OK } from "../../assembly/layout.js";
import { FLAG_AT_ONCE } from "../page-cache/modifier.js";
import type { PageCache, PageReadCompletion } from "../page-cache/page-cache.js";
import { SYNC_WITH_FLUSH, type SyncCompletion } from "../page-cache/whole-sync.js";
import type { Prng } from "../sdcard-emulator/prng.js";
import { PIECES_PER_SECTOR, PIECE_BYTES, type SectorContents } from "../sdcard-emulator/sector-contents.js";
import type { ClockHandler, VirtualClock } from "../sdcard-emulator/virtual-clock.js";

/** Who lets virtual time pass while FatFs waits inside a call. */
export interface PassingTime {
  /** Lets one event happen. What it throws ends the run of FatFs: a power cut. */
  step(): void;
}

/** What a file system does between two disk accesses takes up to this long, us. */
const THINK_US = 1500;
const NO_ANSWER = -1;

/**
 * FatFs's disk on a page cache. FatFs is synchronous and the cache is not, so each call lets virtual time pass until it
 * has its answer: write-back, syncs of the driver and cuts of the power go on meanwhile.
 */
export class FatDisk implements FatFs.DiskIO, PageReadCompletion, SyncCompletion, ClockHandler {
  private answer = NO_ANSWER;
  private readonly sectorsPerPage: number;

  /** @param sectors of the volume, from sector 0 of the device */
  constructor(
    private readonly clock: VirtualClock,
    private readonly contents: SectorContents,
    private readonly cache: PageCache,
    private readonly time: PassingTime,
    private readonly sectors: number,
    private readonly prng: Prng,
  ) {
    this.sectorsPerPage = cache.page(0).sectors;
  }

  initialize(): number {
    return 0;
  }

  status(): number {
    return 0;
  }

  read(fatFs: FatFs.FatFs, _drive: number, address: number, sector: number, count: number): number {
    this.rest(this.prng.next() % THINK_US);
    for (let i = 0; i < count; i++) {
      const page = this.cache.page(this.pageOf(sector + i));
      if (!page.present) {
        this.answer = NO_ANSWER;
        this.cache.read(page.number, this, 0);
        if (this.waitForAnswer() !== STATUS_OK) return FatFs.RES_ERROR;
      }
      for (let piece = 0; piece < PIECES_PER_SECTOR; piece++) {
        const at = address + i * SECTOR_BYTES + piece * PIECE_BYTES;
        this.contents.copyPiece(page.samplePiece(sector + i - page.sector, piece), fatFs.HEAPU8, at);
      }
    }
    return FatFs.RES_OK;
  }

  write(fatFs: FatFs.FatFs, _drive: number, address: number, sector: number, count: number): number {
    this.rest(this.prng.next() % THINK_US);
    for (let i = 0; i < count; i++) {
      const page = this.cache.page(this.pageOf(sector + i));
      for (let piece = 0; piece < PIECES_PER_SECTOR; piece++) {
        const at = address + i * SECTOR_BYTES + piece * PIECE_BYTES;
        const id = this.contents.internPiece(fatFs.HEAPU8, at);
        this.cache.modify(page.number, sector + i - page.sector, piece, id, FLAG_AT_ONCE);
      }
      const dropped = this.cache.counters.storesDropped;
      while (page.waitingStores > 0) this.time.step();
      if (this.cache.counters.storesDropped !== dropped) return FatFs.RES_ERROR;
    }
    return FatFs.RES_OK;
  }

  ioctl(fatFs: FatFs.FatFs, _drive: number, command: number, address: number): number {
    return command === FatFs.CTRL_SYNC ? this.sync() : tellGeometry(fatFs, command, address, this.sectors);
  }

  /** Lets `us` of virtual time pass. */
  rest(us: number): void {
    this.answer = NO_ANSWER;
    this.clock.schedule(us, this, 0);
    this.waitForAnswer();
  }

  onTime(): void {
    this.answer = STATUS_OK;
  }

  onPageRead(_tag: number, status: number): void {
    this.answer = status;
  }

  onSyncDone(_tag: number, status: number): void {
    this.answer = status;
  }

  private sync(): number {
    this.answer = NO_ANSWER;
    this.cache.sync(SYNC_WITH_FLUSH, this, 0);
    return this.waitForAnswer() === STATUS_OK ? FatFs.RES_OK : FatFs.RES_ERROR;
  }

  private waitForAnswer(): number {
    while (this.answer === NO_ANSWER) this.time.step();
    return this.answer;
  }

  private pageOf(sector: number): number {
    return Math.floor(sector / this.sectorsPerPage);
  }
}

/** Answers the questions about a disk of `sectors` sectors that FatFs asks by ioctl; RES_PARERR for any other. */
export function tellGeometry(fatFs: FatFs.FatFs, command: number, address: number, sectors: number): number {
  if (command === FatFs.GET_SECTOR_COUNT) fatFs.setValue(address, sectors, "i32");
  else if (command === FatFs.GET_SECTOR_SIZE) fatFs.setValue(address, SECTOR_BYTES, "i16");
  else if (command === FatFs.GET_BLOCK_SIZE) fatFs.setValue(address, 1, "i32");
  else return FatFs.RES_PARERR;
  return FatFs.RES_OK;
}
