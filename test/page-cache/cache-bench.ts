import type { BlockCompletion } from "../../host/page-cache/block-device.js";
import type { PageCacheObserver } from "../../host/page-cache/page-cache-observer.js";
import {
  PageCache,
  type PageCacheOptions,
  type PageReadCompletion,
} from "../../host/page-cache/page-cache.js";
import type { SyncCompletion } from "../../host/page-cache/whole-sync.js";
import type { TransferBuffer } from "../../host/sdcard-emulator/card.js";
import { SectorContents } from "../../host/sdcard-emulator/sector-contents.js";
import { VirtualClock, type ClockHandler } from "../../host/sdcard-emulator/virtual-clock.js";
import { ScriptedDevice } from "./scripted-device.js";

/** Virtual time at which a test has run away, us. */
const GIVE_UP_US = 1_000_000;

/** Writes down everything it is told, with the time. */
export class NotingObserver implements PageCacheObserver {
  readonly notes: string[] = [];
  private writes = 0;
  private flushes = 0;

  constructor(private readonly clock: VirtualClock) {}

  writeSubmitted(sector: number, count: number, _buffer: TransferBuffer, bufferSector: number): number {
    this.note(`write ${this.writes} submitted ${sector}+${count} from ${bufferSector}`);
    return this.writes++;
  }
  bufferModified(id: number, sectorOffset: number, piece: number, pieceId: number): void {
    this.note(`write ${id} modified ${sectorOffset}.${piece}=${pieceId}`);
  }
  writeDone(id: number, status: number): void {
    this.note(`write ${id} done ${status}`);
  }
  flushSubmitted(): number {
    this.note(`flush ${this.flushes} submitted`);
    return this.flushes++;
  }
  flushDone(id: number, status: number): void {
    this.note(`flush ${id} done ${status}`);
  }
  readReturned(sector: number, content: number): void {
    this.note(`read ${sector}=${content}`);
  }
  syncAcknowledged(kind: number, status: number): void {
    this.note(`sync ${kind} acknowledged ${status}`);
  }
  private note(text: string): void {
    this.notes.push(`${this.clock.nowUs}: ${text}`);
  }
}

/** Collects answers of every kind, with the time. */
export class Answers implements SyncCompletion, PageReadCompletion, BlockCompletion {
  readonly list: { tag: number; status: number; atUs: number }[] = [];

  constructor(private readonly clock: VirtualClock) {}

  onSyncDone(tag: number, status: number): void {
    this.list.push({ tag, status, atUs: this.clock.nowUs });
  }
  onPageRead(tag: number, status: number): void {
    this.onSyncDone(tag, status);
  }
  onBlockDone(tag: number, status: number): void {
    this.onSyncDone(tag, status);
  }
  statusOf(tag: number): number | undefined {
    return this.list.find((answer) => answer.tag === tag)?.status;
  }
  timeOf(tag: number): number | undefined {
    return this.list.find((answer) => answer.tag === tag)?.atUs;
  }
}

/** A page cache of 4 pages of 2 sectors on a scripted device; nothing is written back unless asked. */
export function bench(options: Partial<PageCacheOptions> = {}) {
  const clock = new VirtualClock();
  const contents = new SectorContents();
  const device = new ScriptedDevice(clock, contents, 8);
  const observer = new NotingObserver(clock);
  const answers = new Answers(clock);
  const cache = new PageCache({
    clock,
    contents,
    device,
    observer,
    sectorsPerPage: 2,
    writeBackUs: 0,
    dirtyAgeUs: 0,
    pagesPerPass: 4,
    ...options,
  });
  const marker: ClockHandler = { onTime: () => undefined };
  /** Runs everything up to this time and leaves the clock there; without it, everything there is. */
  const run = (untilUs = Infinity): void => {
    if (untilUs < Infinity) clock.schedule(untilUs - clock.nowUs, marker, 0);
    while (clock.nextUs() <= untilUs && clock.nowUs < GIVE_UP_US && clock.step());
  };
  /** Makes the page present with the same value everywhere; returns the piece id. */
  const fill = (page: number, value: number): number => {
    const piece = contents.stamp(value);
    cache.overwrite(page, [piece, piece, piece, piece], 0);
    return piece;
  };
  return { clock, contents, device, observer, answers, cache, run, fill };
}
