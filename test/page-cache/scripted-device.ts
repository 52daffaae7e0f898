import { STATUS_OK, STATUS_READ_ERROR } from "../../assembly/layout.js";
import type { BlockCompletion, BlockDevice } from "../../host/page-cache/block-device.js";
import type { TransferBuffer } from "../../host/sdcard-emulator/card.js";
import { UNREADABLE, ZEROS, type SectorContents } from "../../host/sdcard-emulator/sector-contents.js";
import type { ClockHandler, VirtualClock } from "../../host/sdcard-emulator/virtual-clock.js";

interface Job {
  kind: "read" | "write" | "flush";
  sector: number;
  count: number;
  buffer: TransferBuffer | null;
  bufferSector: number;
  done: BlockCompletion;
  tag: number;
  covers: number;
}

/** Time of one request, us; the pieces of a write are sampled at evenly spread instants of it. */
export const REQUEST_US = 100;

/**
 * A device for tests: requests one after the other, each of REQUEST_US, a cache that only a flush empties, and a log
 * of what it was asked. `durable` is what a crash leaves at least, `view` what reads return.
 */
export class ScriptedDevice implements BlockDevice, ClockHandler {
  readonly view: number[];
  readonly durable: number[];
  readonly log: string[] = [];
  /** Requests accepted at once. */
  capacity = 8;
  refused = 0;
  /** Status of the next requests to complete, by kind. */
  failWrites = STATUS_OK;
  failFlushes = STATUS_OK;
  /** Flushes are answered but do nothing. */
  lies = false;
  /** Answers from inside the call, as a device may do that needs no card for it. */
  immediate = false;
  /** Whether a call into the device is under way: it must never be entered twice. */
  private inside = false;
  private readonly jobs: Job[] = [];
  private completed = 0;
  private readonly written: { sector: number; order: number; content: number }[] = [];
  private sampled: number[] = [];

  constructor(
    private readonly clock: VirtualClock,
    private readonly contents: SectorContents,
    readonly sectors: number,
  ) {
    this.view = Array.from({ length: sectors }, () => ZEROS);
    this.durable = [...this.view];
  }

  read(
    sector: number,
    count: number,
    buffer: TransferBuffer,
    at: number,
    done: BlockCompletion,
    tag: number,
  ) {
    return this.accept({ kind: "read", sector, count, buffer, bufferSector: at, done, tag, covers: 0 });
  }

  write(
    sector: number,
    count: number,
    buffer: TransferBuffer,
    at: number,
    done: BlockCompletion,
    tag: number,
  ) {
    return this.accept({ kind: "write", sector, count, buffer, bufferSector: at, done, tag, covers: 0 });
  }

  flush(done: BlockCompletion, tag: number) {
    const covers = this.completed;
    return this.accept({
      kind: "flush",
      sector: 0,
      count: 0,
      buffer: null,
      bufferSector: 0,
      done,
      tag,
      covers,
    });
  }

  /** Power cut: the requests are gone, and of what was not flushed, the sectors that `survives` does not name. */
  cut(survives: (sector: number) => boolean): void {
    this.clock.cancel(this);
    this.jobs.length = 0;
    this.written.length = 0;
    for (let i = 0; i < this.sectors; i++) {
      if (survives(i)) this.durable[i] = this.view[i]!;
      else this.view[i] = this.durable[i]!;
    }
  }

  onTime(piece: number): void {
    const job = this.jobs[0]!;
    const pieces = job.kind === "write" ? job.count * 2 : 0;
    if (piece < pieces) {
      this.sampled[piece] = job.buffer!.samplePiece(job.bufferSector + (piece >> 1), piece & 1);
      this.clock.schedule(Math.floor(REQUEST_US / (pieces + 1)), this, piece + 1);
      return;
    }
    this.jobs.shift();
    const status = this.finish(job);
    if (this.jobs.length > 0) this.begin();
    this.inside = true;
    job.done.onBlockDone(job.tag, status);
    this.inside = false;
  }

  private accept(job: Job): boolean {
    if (this.inside) throw new Error("the device was called from inside one of its own calls");
    if (this.jobs.length >= this.capacity) {
      this.refused++;
      return false;
    }
    this.log.push(job.kind === "flush" ? "flush" : `${job.kind} ${job.sector}+${job.count}`);
    if (this.immediate) {
      for (let i = 0; i < job.count * 2 && job.kind === "write"; i++) {
        this.sampled[i] = job.buffer!.samplePiece(job.bufferSector + (i >> 1), i & 1);
      }
      job.done.onBlockDone(job.tag, this.finish(job));
      return true;
    }
    this.jobs.push(job);
    if (this.jobs.length === 1) this.begin();
    return true;
  }

  private begin(): void {
    const isWrite = this.jobs[0]!.kind === "write";
    const steps = isWrite ? this.jobs[0]!.count * 2 + 1 : 1;
    this.clock.schedule(Math.floor(REQUEST_US / steps), this, 0);
  }

  private finish(job: Job): number {
    this.completed++;
    if (job.kind === "flush") {
      if (this.failFlushes !== STATUS_OK) return this.failFlushes;
      for (const write of this.lies ? [] : this.written) {
        if (write.order <= job.covers) this.durable[write.sector] = write.content;
      }
      return STATUS_OK;
    }
    if (job.kind === "write") {
      if (this.failWrites !== STATUS_OK) return this.failWrites;
      for (let i = 0; i < job.count; i++) {
        const content = this.contents.sectorOf(this.sampled[2 * i]!, this.sampled[2 * i + 1]!);
        this.view[job.sector + i] = content;
        this.written.push({ sector: job.sector + i, order: this.completed, content });
      }
      return STATUS_OK;
    }
    for (let i = 0; i < job.count; i++) {
      if (this.view[job.sector + i] === UNREADABLE) return STATUS_READ_ERROR;
    }
    for (let i = 0; i < job.count; i++) {
      job.buffer!.storeSector(job.bufferSector + i, this.view[job.sector + i]!);
    }
    return STATUS_OK;
  }
}
