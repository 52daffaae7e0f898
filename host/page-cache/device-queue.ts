import type { TransferBuffer } from "../sdcard-emulator/card.js";
import type { ClockHandler, VirtualClock } from "../sdcard-emulator/virtual-clock.js";
import type { BlockCompletion, BlockDevice } from "./block-device.js";

/** Somebody who sends requests to the device through the queue. */
export interface QueueClient {
  /**
   * It is this client's turn: submit what `what` stands for by one call of the queue's read, write or flush, or
   * nothing if it is no longer wanted. False = the device was busy: the turn comes again.
   */
  submitDue(what: number): boolean;
  /** The request that was submitted with this `what` was answered. */
  transferDone(what: number, status: number): void;
}

/** Requests under way at once; a device with fewer says busy. */
const SLOTS = 32;
/** Tags stay below 2^31, so that a device may hand them through a 32-bit interface. */
const SERIALS = 0x7fffffff / SLOTS - 1;
const WAITING_MAX = 1 << 17;
/** Served entries that are kept at the front of the line before it is moved up. */
const SERVED_MAX = 1024;
/** When a device is busy with others' requests only, no completion will tell when to try again. */
const RETRY_US = 1000;
const DRAIN = 0;
const RETRY = 1;

const NOBODY: QueueClient = {
  submitDue: () => true,
  transferDone: () => undefined,
};

/**
 * The one way from the page cache and its companions to the device: first come, first served. A refused request is
 * tried again after the next completion. The device is called from clock events only, so never from inside its own
 * completions or requests to the layer above; answers that it gives inside a call wait until the call has returned.
 * Answers to requests of before a crash match no tag and are ignored.
 */
export class DeviceQueue implements BlockCompletion, ClockHandler {
  /** Requests under way. */
  outstanding = 0;
  private waitingClients: QueueClient[] = [];
  private waitingWhats: number[] = [];
  private head = 0;
  private drainDue = false;
  private retryDue = false;
  private inDevice = false;
  private serial = 0;
  private readonly tags = new Int32Array(SLOTS).fill(-1);
  private readonly whats = new Int32Array(SLOTS);
  private readonly clients: QueueClient[] = Array.from({ length: SLOTS }, () => NOBODY);
  private readonly earlyTags: number[] = [];
  private readonly earlyStatuses: number[] = [];

  constructor(
    private readonly clock: VirtualClock,
    private device: BlockDevice,
  ) {}

  /** Nothing waits and nothing is under way. */
  get idle(): boolean {
    return this.outstanding === 0 && this.head === this.waitingWhats.length;
  }

  /** The client's turn comes once for each call, in order. */
  enqueue(client: QueueClient, what: number): void {
    if (this.waitingWhats.length - this.head >= WAITING_MAX) {
      throw new Error(`more than ${WAITING_MAX} requests wait for the device: the workload never pauses`);
    }
    if (this.head >= SERVED_MAX) {
      this.waitingClients.splice(0, this.head);
      this.waitingWhats.splice(0, this.head);
      this.head = 0;
    }
    this.waitingClients.push(client);
    this.waitingWhats.push(what);
    this.drainSoon();
  }

  read(
    sector: number,
    count: number,
    buffer: TransferBuffer,
    bufferSector: number,
    client: QueueClient,
    what: number,
  ): boolean {
    const slot = this.takeSlot(client, what);
    if (slot < 0) return false;
    return this.taken(slot, this.device.read(sector, count, buffer, bufferSector, this, this.tags[slot]!));
  }

  write(
    sector: number,
    count: number,
    buffer: TransferBuffer,
    bufferSector: number,
    client: QueueClient,
    what: number,
  ): boolean {
    const slot = this.takeSlot(client, what);
    if (slot < 0) return false;
    return this.taken(slot, this.device.write(sector, count, buffer, bufferSector, this, this.tags[slot]!));
  }

  flush(client: QueueClient, what: number): boolean {
    const slot = this.takeSlot(client, what);
    if (slot < 0) return false;
    return this.taken(slot, this.device.flush(this, this.tags[slot]!));
  }

  onBlockDone(tag: number, status: number): void {
    if (this.inDevice) {
      this.earlyTags.push(tag);
      this.earlyStatuses.push(status);
      return;
    }
    this.settle(tag, status);
  }

  onTime(what: number): void {
    if (what === RETRY) this.retryDue = false;
    else this.drainDue = false;
    while (this.head < this.waitingWhats.length) {
      this.inDevice = true;
      const accepted = this.waitingClients[this.head]!.submitDue(this.waitingWhats[this.head]!);
      this.inDevice = false;
      if (accepted) this.head++;
      for (let i = 0; i < this.earlyTags.length; i++) this.settle(this.earlyTags[i]!, this.earlyStatuses[i]!);
      this.earlyTags.length = 0;
      this.earlyStatuses.length = 0;
      if (accepted) continue;
      if (this.outstanding === 0 && !this.drainDue && !this.retryDue) {
        this.retryDue = true;
        this.clock.schedule(RETRY_US, this, RETRY);
      }
      return;
    }
    this.waitingClients.length = 0;
    this.waitingWhats.length = 0;
    this.head = 0;
  }

  /** Everything that waited or was under way is gone, unanswered. Requests go to `device` from now on. */
  crash(device: BlockDevice = this.device): void {
    this.device = device;
    this.clock.cancel(this);
    this.drainDue = false;
    this.retryDue = false;
    this.waitingClients.length = 0;
    this.waitingWhats.length = 0;
    this.head = 0;
    this.outstanding = 0;
    this.tags.fill(-1);
    this.clients.fill(NOBODY);
    this.inDevice = false;
    this.earlyTags.length = 0;
    this.earlyStatuses.length = 0;
  }

  private takeSlot(client: QueueClient, what: number): number {
    if (!this.inDevice) throw new Error("a request was submitted out of turn: enqueue it first");
    const slot = this.tags.indexOf(-1);
    if (slot < 0) return -1;
    this.serial = this.serial >= SERIALS ? 1 : this.serial + 1;
    this.tags[slot] = this.serial * SLOTS + slot;
    this.clients[slot] = client;
    this.whats[slot] = what;
    return slot;
  }

  private taken(slot: number, accepted: boolean): boolean {
    if (accepted) this.outstanding++;
    else this.tags[slot] = -1;
    return accepted;
  }

  private settle(tag: number, status: number): void {
    const slot = tag % SLOTS;
    if (tag < 0 || this.tags[slot] !== tag) return;
    const client = this.clients[slot]!;
    this.tags[slot] = -1;
    this.clients[slot] = NOBODY;
    this.outstanding--;
    client.transferDone(this.whats[slot]!, status);
    if (this.head < this.waitingWhats.length) this.drainSoon();
  }

  private drainSoon(): void {
    if (this.drainDue) return;
    this.drainDue = true;
    this.clock.schedule(0, this, DRAIN);
  }
}
