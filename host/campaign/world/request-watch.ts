import { STATUS_CARD_FAILED, STATUS_STATE } from "../../../assembly/layout.js";
import { MirrorError } from "../../mirror/mirror-error.js";
import type { BlockCompletion, BlockDevice } from "../../page-cache/block-device.js";
import type { TransferBuffer } from "../../sdcard-emulator/card.js";
import type { ClockHandler, VirtualClock } from "../../sdcard-emulator/virtual-clock.js";

/** Until the layer above learns that an array has failed, us. */
const REFUSED_US = 1000;

/** Stands between the layer above and the mirror, and knows how long each request has been waiting for its answer (P7). */
export class RequestWatch implements BlockDevice, BlockCompletion, ClockHandler {
  /** Since when each request waits, us, by its tag; the oldest first. */
  private readonly since = new Map<number, number>();
  private readonly askers = new Map<number, BlockCompletion>();

  constructor(
    private readonly clock: VirtualClock,
    private readonly device: BlockDevice,
  ) {}

  get sectors(): number {
    return this.device.sectors;
  }

  /** How long the oldest request has been waiting, us; 0 if none is. */
  get oldestUs(): number {
    for (const startedUs of this.since.values()) return this.clock.nowUs - startedUs;
    return 0;
  }

  read(
    sector: number,
    count: number,
    buffer: TransferBuffer,
    bufferSector: number,
    done: BlockCompletion,
    tag: number,
  ): boolean {
    this.begin(done, tag);
    return this.taken(() => this.device.read(sector, count, buffer, bufferSector, this, tag), tag);
  }

  write(
    sector: number,
    count: number,
    buffer: TransferBuffer,
    bufferSector: number,
    done: BlockCompletion,
    tag: number,
  ): boolean {
    this.begin(done, tag);
    return this.taken(() => this.device.write(sector, count, buffer, bufferSector, this, tag), tag);
  }

  flush(done: BlockCompletion, tag: number): boolean {
    this.begin(done, tag);
    return this.taken(() => this.device.flush(this, tag), tag);
  }

  onBlockDone(tag: number, status: number): void {
    const asker = this.askers.get(tag);
    this.end(tag);
    asker?.onBlockDone(tag, status);
  }

  /** The array has failed: what it does not take is answered for it. */
  onTime(tag: number): void {
    this.onBlockDone(tag, STATUS_CARD_FAILED);
  }

  /** The controller is gone: nothing will be answered. */
  crash(): void {
    this.clock.cancel(this);
    this.since.clear();
    this.askers.clear();
  }

  private begin(done: BlockCompletion, tag: number): void {
    this.since.set(tag, this.clock.nowUs);
    this.askers.set(tag, done);
  }

  private end(tag: number): void {
    this.since.delete(tag);
    this.askers.delete(tag);
  }

  private taken(ask: () => boolean, tag: number): boolean {
    try {
      const accepted = ask();
      if (!accepted) this.end(tag);
      return accepted;
    } catch (error) {
      if (!(error instanceof MirrorError) || error.status !== STATUS_STATE) throw error;
      this.clock.schedule(REFUSED_US, this, tag);
      return true;
    }
  }
}
