import { BITMAP_SERIAL, BITMAP_SINGLE, REGIONS_PER_BITMAP_SECTOR } from "../../../assembly/layout.js";

/** What the arrays of a range of seeds have in common. */
export interface ArrayShape {
  readonly name: string;
  /** BITMAP_... */
  readonly scheme: number;
  readonly regions: number;
  readonly metadataStride: number;
  readonly regionShifts: readonly number[];
  /** Regions that requests go to and that are checked; null for all. */
  readonly watched: readonly number[] | null;
  /**
   * Whether the cards may begin with old contents that the array keeps. Then everything is copied before anything is
   * clean, which takes a large array longer than the history lasts.
   */
  readonly mayKeepContents: boolean;
}

/** Six regions: small enough that requests, copies, clears and losses keep meeting in one region. */
const SMALL = {
  regions: 6,
  metadataStride: 1,
  regionShifts: [1, 2, 3],
  watched: null,
  mayKeepContents: true,
};

export const SERIAL: ArrayShape = { ...SMALL, name: "serial", scheme: BITMAP_SERIAL };

export const SINGLE: ArrayShape = { ...SMALL, name: "single", scheme: BITMAP_SINGLE };

/** Two bitmap sectors and three regions of a third. */
const LARGE_REGIONS = 2 * REGIONS_PER_BITMAP_SECTOR + 3;

/** Three bitmap sectors; what happens gathers where one ends and the next begins. */
export const LARGE: ArrayShape = {
  name: "large",
  scheme: BITMAP_SERIAL,
  regions: LARGE_REGIONS,
  metadataStride: 4,
  regionShifts: [0, 1],
  watched: [
    ...[-2, -1, 0, 1].map((offset) => REGIONS_PER_BITMAP_SECTOR + offset),
    ...[-2, -1, 0, 1].map((offset) => 2 * REGIONS_PER_BITMAP_SECTOR + offset),
    0,
    LARGE_REGIONS - 1,
  ],
  mayKeepContents: false,
};
