import {
  REQUEST_DISCARD,
  REQUEST_FLUSH,
  REQUEST_READ,
  REQUEST_SECTORS_MAX,
  REQUEST_WRITE,
  REQUEST_WRITE_FUA,
  SECTOR_BYTES,
  STATUS_BUSY,
  STATUS_OK,
} from "../../assembly/layout.js";
import type { BlockCompletion } from "../page-cache/block-device.js";
import type { TransferBuffer } from "../sdcard-emulator/card.js";
import type { TimedMirror } from "./timed-mirror.js";

/** A caller's request: as many requests of the driver as its size takes. */
export class CallerRequest implements BlockCompletion {
  /** Pieces not answered yet. */
  left = 0;
  /** STATUS_OK, or the first other status that was answered. */
  status: number = STATUS_OK;

  /** @param answered told of every answer */
  constructor(private readonly answered: () => void) {}

  onBlockDone(_piece: number, status: number): void {
    this.left--;
    if (this.status === STATUS_OK) this.status = status;
    this.answered();
  }
}

/** What can be done with a buffer, by name. */
const TRANSFERS = {
  read: REQUEST_READ,
  write: REQUEST_WRITE,
  "durable write": REQUEST_WRITE_FUA,
} as const;

export type TransferName = keyof typeof TRANSFERS;

/** Hands a request over. @returns what the device says of it, STATUS_... */
type Submission = () => number;

/**
 * Requests of any size and number, first come, first served, over a device that takes a few of limited size.
 * Nothing is submitted from inside a completion: call `submitWaiting` after each event.
 */
export class RequestQueue {
  private readonly waiting: { readonly submit: Submission; readonly request: CallerRequest }[] = [];

  /** @param answered told of every answer */
  constructor(
    private readonly device: Pick<TimedMirror, "request">,
    private readonly answered: () => void,
  ) {}

  /** @param buffer of `bytes` bytes, a whole number of sectors */
  transfer(name: TransferName, sector: number, bytes: number, buffer: TransferBuffer): CallerRequest {
    const request = new CallerRequest(this.answered);
    const sectors = bytes / SECTOR_BYTES;
    for (let at = 0; at < sectors; at += REQUEST_SECTORS_MAX) {
      const count = Math.min(sectors - at, REQUEST_SECTORS_MAX);
      this.add(request, () =>
        this.device.request(TRANSFERS[name], sector + at, count, buffer, at, request, at),
      );
    }
    this.submitWaiting();
    return request;
  }

  flush(): CallerRequest {
    return this.addOne(REQUEST_FLUSH, 0, 0);
  }

  discard(sector: number, count: number): CallerRequest {
    return this.addOne(REQUEST_DISCARD, sector, count);
  }

  /** Hands over what the device takes now. What it refuses is answered with its status. */
  submitWaiting(): void {
    for (let next = this.waiting[0]; next !== undefined; next = this.waiting[0]) {
      const status = next.submit();
      if (status === STATUS_BUSY) return;
      this.waiting.shift();
      if (status !== STATUS_OK) next.request.onBlockDone(0, status);
    }
  }

  /** The device is gone: what waits will never be answered. */
  clear(): void {
    this.waiting.length = 0;
  }

  private addOne(operation: number, sector: number, count: number): CallerRequest {
    const request = new CallerRequest(this.answered);
    this.add(request, () => this.device.request(operation, sector, count, null, 0, request, 0));
    this.submitWaiting();
    return request;
  }

  private add(request: CallerRequest, submit: Submission): void {
    request.left++;
    this.waiting.push({ submit, request });
  }
}
