import type { TraceName } from "../clients/trace.js";

/** What another mirror wrote on the same traces. */
export interface OtherMirror {
  readonly name: string;
  /** Metadata sectors written for one trace by the array as a whole. */
  readonly metadataSectors: Readonly<Record<TraceName, number>>;
  /** Regions that were resynchronised after a kill before write CUT_AT_WRITE; null where nobody looked. */
  readonly resynchronised: Readonly<Record<TraceName, number | null>>;
}

/** Where the figures are from. */
export const OTHER_MIRRORS_SOURCE =
  "measured on Linux 6.1 with two 72 MiB members and regions of 64 KiB, when the traces were recorded";

/** md with an internal bitmap writes each bitmap sector to both members. */
const MD_MEMBERS = 2;

/** md RAID-1 as it is by default: daemon passes every 5 s. What the goals are measured against. */
export const MD_5_S: OtherMirror = {
  name: "md, passes of 5 s",
  metadataSectors: { seq: MD_MEMBERS * 260, rand: MD_MEMBERS * 1883 },
  resynchronised: { seq: 51, rand: 548 },
};

/** The others, for comparison. */
export const MORE_MIRRORS: readonly OtherMirror[] = [
  {
    name: "md, passes of 1 s",
    metadataSectors: { seq: MD_MEMBERS * 260, rand: MD_MEMBERS * 3406 },
    resynchronised: { seq: null, rand: 137 },
  },
  {
    // Its log lies on a device of its own, and every change writes it as a whole, twice for each write here.
    name: "dm-mirror, disk log",
    metadataSectors: { seq: 8192, rand: 8192 },
    resynchronised: { seq: null, rand: null },
  },
];
