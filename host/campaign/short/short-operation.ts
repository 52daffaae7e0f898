import { SYNC_WITH_FLUSH } from "../../page-cache/whole-sync.js";
import { action } from "../world/action.js";
import type { Holes } from "../world/scenario-generator.js";
import {
  ACTION_DISCARD,
  ACTION_FORGET,
  ACTION_FUA,
  ACTION_READ,
  ACTION_STORE,
  ACTION_SYNC,
  EVEN_IF_NEEDED,
  TINY,
  type Action,
} from "../world/scenario.js";

/** Regions that short workloads use: with a third one an operation would be as far from both as they are from each other. */
export const SHORT_REGIONS = 2;
/** The operation concerns the whole device. */
export const WHOLE_DEVICE = -1;

/**
 * What an application does. A `write` stores new data into the page cache, which writes the page back by itself; one
 * that meets the page on its way to the cards modifies a buffer in flight.
 */
export type ShortKind = "write" | "read" | "forget" | "discard" | "fua" | "sync";

/** One operation of a short workload. */
export interface ShortOperation {
  readonly kind: ShortKind;
  /** 0 to SHORT_REGIONS - 1, or WHOLE_DEVICE. */
  readonly region: number;
}

const PER_REGION: readonly ShortKind[] = ["write", "read", "forget", "discard", "fua"];

/** Every operation there is, in the order of the enumeration. */
export const SHORT_OPERATIONS: readonly ShortOperation[] = [
  ...Array.from({ length: SHORT_REGIONS }, (_, region) => region).flatMap((region) =>
    PER_REGION.map((kind) => ({ kind, region })),
  ),
  { kind: "sync", region: WHOLE_DEVICE },
];

/** Longer than any policy of the comparison takes to clear a region, and than a sync that comes between, us. */
const LATE_FLAG_US = 30_000;

/**
 * The operation at a time.
 * @param holes the mail's holes: dirty flags set late; pages forgotten though they were modified and not written
 */
export function shortAction({ kind, region }: ShortOperation, atUs: number, holes: Holes): Action {
  const sectors = 2 ** TINY.regionShift;
  const first = region * sectors;
  switch (kind) {
    case "write":
      return action(atUs, ACTION_STORE, first, 0, 0, holes.lateFlag ? LATE_FLAG_US : 0);
    case "read":
      return action(atUs, ACTION_READ, first);
    case "forget":
      return action(atUs, ACTION_FORGET, first, 0, 0, holes.forgotten ? EVEN_IF_NEEDED : 0);
    case "discard":
      return action(atUs, ACTION_DISCARD, first, 0, 0, sectors);
    case "fua":
      return action(atUs, ACTION_FUA, first, 0, 0, 1);
    case "sync":
      return action(atUs, ACTION_SYNC, 0, 0, 0, SYNC_WITH_FLUSH);
  }
}

/** "write 0, write 0, sync". */
export function operationsText(operations: readonly ShortOperation[]): string {
  return operations.map(({ kind, region }) => (region < 0 ? kind : `${kind} ${region}`)).join(", ");
}

/**
 * Whether a workload may go on with an operation. Of the workloads that differ only in the names of the regions one is
 * run: the one that names them in the order 0, 1. What is stored is always new, so that data have no names.
 */
export function isCanonicalNext(before: readonly ShortOperation[], next: ShortOperation): boolean {
  const named = before.reduce((most, { region }) => Math.max(most, region + 1), 0);
  return next.region <= named;
}

/** Workloads of exactly `length` operations: all, and those left when the regions are renamed. */
export function sequenceCounts(length: number): { all: number; canonical: number } {
  // After `named` regions were named; one more may be named by each of their operations.
  let byNamed = [1, ...Array.from({ length: SHORT_REGIONS }, () => 0)];
  const perRegion = PER_REGION.length;
  const global = SHORT_OPERATIONS.length - perRegion * SHORT_REGIONS;
  for (let i = 0; i < length; i++) {
    byNamed = byNamed.map(
      (count, named) =>
        count * (global + perRegion * named) + (named > 0 ? byNamed[named - 1]! * perRegion : 0),
    );
  }
  return {
    all: SHORT_OPERATIONS.length ** length,
    canonical: byNamed.reduce((sum, count) => sum + count, 0),
  };
}
