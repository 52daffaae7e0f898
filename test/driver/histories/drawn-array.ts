import * as layout from "../../../assembly/layout.js";
import type { DriverOptions } from "../../../host/mirror/driver-options.js";
import type { ArrayShape } from "./array-shape.js";
import type { Chance } from "./chance.js";

/** Data sectors next to each other. */
export interface Extent {
  readonly sector: number;
  readonly count: number;
}

/** Sectors of one request at most: several regions, and more than the driver copies at a time. */
export const EXTENT_SECTORS_MAX = 12;

/** Regions that a discard in a large array gives back, but for one in four, which may reach to the end. */
const DISCARDED_REGIONS_MAX = 4;

/** Longest time for a command, ms: a silent card must be noticed within a history. */
const DEADLINE_MS = 300;

/** Geometry and options of the array of one history. */
export class DrawnArray {
  readonly regionShift: number;
  readonly sectors: number;
  /** Card sector of the first data sector. */
  readonly dataStart: number;
  readonly options: DriverOptions;
  /** Whether the driver is told what each card accepted, so that a caller may change the buffer in flight. */
  readonly fingerprints: boolean;
  readonly keepsContents: boolean;

  /** @param seededBug BUG_..., or null in a build without them */
  constructor(
    private readonly shape: ArrayShape,
    private readonly chance: Chance,
    seededBug: number | null,
  ) {
    this.regionShift = chance.among(shape.regionShifts);
    this.sectors = shape.regions << this.regionShift;
    this.dataStart = layout.AREA_DATA * shape.metadataStride;
    const more = this.drawOptions();
    this.fingerprints = more.get(layout.OPTION_FINGERPRINT) !== layout.FINGERPRINT_NONE;
    this.keepsContents = shape.mayKeepContents && !chance.oneIn(2);
    this.options = {
      cardSectors: this.dataStart + this.sectors,
      metadataStride: shape.metadataStride,
      epochMs: 10,
      format: this.keepsContents ? layout.FORMAT_KEEP : layout.FORMAT_EMPTY,
      more,
      ...(seededBug === null ? {} : { seededBug }),
    };
  }

  drawSector(): number {
    const { watched } = this.shape;
    if (watched === null) return this.chance.below(this.sectors);
    const region = this.chance.among(watched);
    return (region << this.regionShift) + this.chance.below(1 << this.regionShift);
  }

  drawExtent(): Extent {
    const sector = this.drawSector();
    return { sector, count: this.chance.upTo(Math.min(this.sectors - sector, EXTENT_SECTORS_MAX)) };
  }

  drawRegion(): number {
    return this.shape.watched === null
      ? this.chance.below(this.shape.regions)
      : this.chance.among(this.shape.watched);
  }

  /** Whole regions, as a discard gives them back. */
  drawRegions(): Extent {
    const region = this.drawRegion();
    const toTheEnd = this.shape.regions - region;
    const few = this.shape.watched !== null && !this.chance.oneIn(4);
    const count = this.chance.upTo(few ? Math.min(DISCARDED_REGIONS_MAX, toTheEnd) : toTheEnd);
    return { sector: region << this.regionShift, count: count << this.regionShift };
  }

  /** Data sectors that are read back and compared after every boot. */
  watchedSectors(): number[] {
    const regions = this.shape.watched ?? Array.from({ length: this.shape.regions }, (_, region) => region);
    return regions.flatMap((region) =>
      Array.from({ length: 1 << this.regionShift }, (_, sector) => (region << this.regionShift) + sector),
    );
  }

  regionOf(sector: number): number {
    return sector >> this.regionShift;
  }

  /** What a new card of the slot holds: no metadata, and data that is no card's but its own. */
  drawCard(): Uint8Array[] {
    return Array.from({ length: this.dataStart + this.sectors }, (_, sector) =>
      new Uint8Array(layout.SECTOR_BYTES).fill(sector < this.dataStart ? 0 : 0xe0 + this.chance.below(8)),
    );
  }

  /** A value that stands twice is drawn twice as often. */
  private drawOptions(): Map<number, number> {
    const { chance } = this;
    const options = new Map<number, number>();
    const draw = (option: number, ...values: number[]): void => {
      options.set(option, chance.among(values));
    };
    draw(layout.OPTION_SETTLE_MS, 0, 0, 7);
    draw(layout.OPTION_DEADLINE_MS, DEADLINE_MS);
    draw(layout.OPTION_FINGERPRINT, layout.FINGERPRINT_CRC32C, layout.FINGERPRINT_NONE);
    draw(layout.OPTION_MARK_AHEAD, 0, 0, 2);
    draw(layout.OPTION_MARKED_MAX, 0, 0, 2);
    draw(layout.OPTION_QUIET_MS, 0, 50, 50);
    draw(layout.OPTION_RESYNC_MIN_RATE, 0, 0, 100);
    draw(layout.OPTION_RESYNC_SHARE, 0, 50);
    draw(layout.OPTION_READ_ERRORS_MAX, 0, 0, 3);
    options.set(layout.OPTION_BITMAP_SCHEME, this.shape.scheme);
    return options;
  }
}
