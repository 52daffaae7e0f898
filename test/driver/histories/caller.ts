import * as layout from "../../../assembly/layout.js";
import type { Chance } from "./chance.js";
import type { DrawnArray, Extent } from "./drawn-array.js";
import type { HistoryHost } from "./history-host.js";
import type { SectorModel, SectorWrite } from "./sector-model.js";

/** Bytes that writes carry, in turn; those above are for buffers that change in flight, then those of new cards. */
const WRITTEN_BYTES = 200;
const CHANGED_BYTES = 20;
/** Answers until a caller changes the buffer of its write, at most. */
const CHANGED_AFTER_MAX = 4;

/** The layer above: it draws requests, and holds every answer against the model. */
export class Caller {
  private written = 0;

  constructor(
    private readonly host: HistoryHost,
    private readonly array: DrawnArray,
    private readonly chance: Chance,
    private readonly model: SectorModel,
  ) {}

  write(forced: boolean): void {
    const extent = this.array.drawExtent();
    const { sector, count } = extent;
    const byte = (this.written++ % WRITTEN_BYTES) + 1;
    const writes = this.model.submit(sector, count, byte);
    const operation = forced ? layout.REQUEST_WRITE_FUA : layout.REQUEST_WRITE;
    const tag = this.host.requests.begin(
      `write${forced ? " with FUA" : ""} ${sector}+${count} of ${byte}`,
      (handle) => {
        this.host.bufferOf(handle).fill(byte);
        return this.host.exports.submit(operation, sector, count, handle, handle);
      },
      (status) => {
        if (status === layout.STATUS_OK) this.model.acknowledge(sector, writes, forced);
      },
    );
    if (tag === null) this.model.refuse(sector, writes);
    else if (this.array.fingerprints && this.chance.oneIn(4)) this.changeInFlight(extent, tag, writes[0]!);
  }

  /** Gives whole regions back: they read as zeros, durably once that is answered. */
  discard(): void {
    const { sector, count } = this.array.drawRegions();
    const writes = this.model.submit(sector, count, 0);
    const tag = this.host.requests.begin(
      `discard ${sector}+${count}`,
      (handle) => this.host.exports.submit(layout.REQUEST_DISCARD, sector, count, 0, handle),
      (status) => {
        if (status === layout.STATUS_OK) this.model.acknowledge(sector, writes, true);
      },
    );
    if (tag === null) this.model.refuse(sector, writes);
  }

  read(): void {
    this.readExtent(this.array.drawExtent(), false);
  }

  /** The first read after a crash, or one behind it: what it finds is what the sector is, from then on. */
  readPinning(sector: number): void {
    this.readExtent({ sector, count: 1 }, true);
  }

  flush(): void {
    const acknowledged = this.model.beginFlush();
    this.host.requests.begin(
      "flush",
      (tag) => this.host.exports.submit(layout.REQUEST_FLUSH, 0, 0, 0, tag),
      (status) => {
        if (status === layout.STATUS_OK) this.model.flushed(acknowledged);
      },
    );
  }

  scrub(): void {
    const mode = this.chance.among([layout.SCRUB_COMPARE, layout.SCRUB_REPAIR]);
    const region = this.array.drawRegion();
    const what = `scrub ${mode === layout.SCRUB_REPAIR ? "and repair " : ""}from region ${region}`;
    this.host.requests.begin(what, (tag) => this.host.exports.scrub(mode, region, tag));
  }

  /** @returns whether the driver will stop */
  stop(): boolean {
    return this.host.requests.begin("stop", (tag) => this.host.exports.stop(tag)) !== null;
  }

  private readExtent({ sector, count }: Extent, pins: boolean): void {
    const newest = this.model.beginRead(sector, count);
    this.host.requests.begin(
      `read ${sector}+${count}`,
      (handle) => this.host.exports.submit(layout.REQUEST_READ, sector, count, handle, handle),
      (status, handle) => {
        if (status !== layout.STATUS_OK) return;
        newest.forEach((write, index) => {
          const found = this.host.bufferOf(handle)[index * layout.SECTOR_BYTES]!;
          const readable = this.model.readable(sector + index, write);
          if (!readable.includes(found)) {
            throw new Error(`sector ${sector + index} reads as ${found}, not ${readable.join(" or ")}`);
          }
          if (pins) this.model.pin(sector + index, found);
        });
      },
    );
  }

  /** A caller changes its buffer while it is written, so that the two cards may take different bytes. */
  private changeInFlight({ sector }: Extent, tag: number, first: SectorWrite): void {
    this.host.steps(this.chance.upTo(CHANGED_AFTER_MAX));
    if (!this.host.requests.has(tag)) return;
    const byte = WRITTEN_BYTES + this.chance.upTo(CHANGED_BYTES);
    this.host.log.push(`buffer of tag ${tag} changes: sector ${sector} is ${byte}`);
    this.host.bufferOf(tag).fill(byte, 0, layout.SECTOR_BYTES);
    first.bytes.push(byte);
  }
}
