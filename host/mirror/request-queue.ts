import { REQUEST_SECTORS_MAX, SECTOR_BYTES, STATUS_OK } from "../../assembly/layout.js";
import type { BlockCompletion, BlockDevice } from "../page-cache/block-device.js";
import type { TransferBuffer } from "../sdcard-emulator/card.js";

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

/**
 * Requests of any size and number, first come, first served, over a device that takes a few of limited size.
 * Nothing is submitted from inside a completion: call `submitWaiting` after each event.
 */
export class RequestQueue {
  private readonly waiting: (() => boolean)[] = [];

  /** @param answered told of every answer */
  constructor(
    private readonly device: BlockDevice,
    private readonly answered: () => void,
  ) {}

  /** @param buffer of `bytes` bytes, a whole number of sectors */
  transfer(
    operation: "read" | "write",
    sector: number,
    bytes: number,
    buffer: TransferBuffer,
  ): CallerRequest {
    const request = new CallerRequest(this.answered);
    const sectors = bytes / SECTOR_BYTES;
    const { device } = this;
    for (let at = 0; at < sectors; at += REQUEST_SECTORS_MAX) {
      const count = Math.min(sectors - at, REQUEST_SECTORS_MAX);
      request.left++;
      this.waiting.push(() => device[operation](sector + at, count, buffer, at, request, at));
    }
    this.submitWaiting();
    return request;
  }

  flush(): CallerRequest {
    const request = new CallerRequest(this.answered);
    request.left = 1;
    this.waiting.push(() => this.device.flush(request, 0));
    this.submitWaiting();
    return request;
  }

  /** Hands over what the device takes now. @throws what the device throws for a request that it refuses */
  submitWaiting(): void {
    while (this.waiting.length > 0 && this.waiting[0]!()) this.waiting.shift();
  }

  /** The device is gone: what waits will never be answered. */
  clear(): void {
    this.waiting.length = 0;
  }
}
