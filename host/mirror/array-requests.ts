import { GEOMETRY_REGION_SHIFT, SECTOR_BYTES, STATUS_OK } from "../../assembly/layout.js";
import { ByteBuffer } from "./byte-buffer.js";
import type { Controller } from "./controller.js";
import { MirrorError } from "./mirror-error.js";
import type { CallerRequest, TransferName } from "./request-queue.js";

/** Requests to an array: checked, handed over at once, awaited. */
export class ArrayRequests {
  constructor(private readonly controller: Controller) {}

  async write(name: TransferName, sector: number, bytes: Uint8Array): Promise<void> {
    await this.transfer(name, sector, bytes);
  }

  async read(sector: number, count: number): Promise<Uint8Array> {
    this.controller.checkRange("a read", sector, count);
    const bytes = new Uint8Array(count * SECTOR_BYTES);
    await this.transfer("read", sector, bytes);
    return bytes;
  }

  async flush(): Promise<void> {
    this.controller.checkRunning();
    await this.request("a flush", () => this.controller.queue.flush());
  }

  /** @returns number of regions given back: those that lie in the sectors as a whole */
  async discard(sector: number, count: number): Promise<number> {
    this.controller.checkRange("a discard", sector, count);
    const what = `the discard of sectors ${sector} to ${sector + count - 1}`;
    await this.request(what, () => this.controller.queue.discard(sector, count));
    const sectors = 2 ** this.controller.geometry(GEOMETRY_REGION_SHIFT);
    return Math.max(0, Math.floor((sector + count) / sectors) - Math.ceil(sector / sectors));
  }

  private async transfer(name: TransferName, sector: number, bytes: Uint8Array): Promise<void> {
    const { controller } = this;
    const count = bytes.length / SECTOR_BYTES;
    controller.checkRange(`a ${name}`, sector, count);
    const buffer = new ByteBuffer(controller.contents, bytes);
    const what = `the ${name} of sectors ${sector} to ${sector + count - 1}`;
    await this.request(what, () => controller.queue.transfer(name, sector, bytes.length, buffer));
  }

  private async request(what: string, submit: () => CallerRequest): Promise<void> {
    const { controller } = this;
    const request = submit();
    await controller.loop.until(what, () => request.left === 0);
    if (request.status !== STATUS_OK) throw new MirrorError(what, request.status);
  }
}
