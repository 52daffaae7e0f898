import { POLICY_NEVER, POLICY_SYNC_GATED, REGION_SHIFT_MAX, SECTOR_BYTES } from "../../assembly/layout.js";
import {
  checkCharacteristics,
  profile,
  type CardCharacteristics,
} from "../sdcard-emulator/characteristics.js";
import type { SyncWork } from "./layer-above.js";

/** Clearing policies of the production build. */
export type MirrorPolicy = "sync-gated" | "never";

const POLICIES: Readonly<Record<MirrorPolicy, number>> = {
  "sync-gated": POLICY_SYNC_GATED,
  never: POLICY_NEVER,
};

/** How a mirror is made; everything has a default. */
export interface MirrorOptions {
  /** The class of each card: names of profiles ("slc", "mlc", "tlc-cached", ...) or characteristics of your own. */
  readonly profiles?: readonly [string | CardCharacteristics, string | CardCharacteristics];
  /** Size of each card, MiB; default 4, at most 1024. */
  readonly megabytes?: number;
  /** Size of a region, KiB: a power of two from 0.5 to 16384; default 64. */
  readonly regionKilobytes?: number;
  /** When bits are cleared; default "sync-gated". */
  readonly policy?: MirrorPolicy;
  /** Shortest time between two sync epochs, ms of virtual time; default 50. */
  readonly epochMs?: number;
  /** Sectors between two metadata areas: one erase block of the cards; default 64. */
  readonly metadataStride?: number;
  /** Decides the timing of both cards and the outcomes of power cuts; default 1. */
  readonly seed?: number;
  /**
   * The layer above: called when the driver wants a sync of the whole device. Write everything dirty, then return;
   * throw if that failed. Without it every sync succeeds at once, which is right only for a caller that never
   * changes a buffer while it is written.
   */
  readonly onSync?: SyncWork;
}

/** The options, checked and complete. */
export interface MirrorPlan {
  readonly characteristics: readonly [CardCharacteristics, CardCharacteristics];
  readonly cardSectors: number;
  readonly regionShift: number;
  readonly policy: number;
  readonly epochMs: number;
  readonly metadataStride: number;
  readonly settleMs: number;
  readonly seed: number;
  readonly onSync: SyncWork | null;
}

const MEGABYTES_MAX = 1024;
/** The driver sees time pass by whole ticks; a settle time must have passed whole. */
const SETTLE_MARGIN_MS = 1;

/** Checks options and fills in defaults. @throws Error that names the option and its limits */
export function planMirror(options: MirrorOptions): MirrorPlan {
  const [a, b] = options.profiles ?? ["mlc", "mlc"];
  const characteristics = [cardClass(a), cardClass(b)] as const;
  const megabytes = options.megabytes ?? 4;
  if (!(megabytes > 0 && megabytes <= MEGABYTES_MAX)) {
    throw new Error(`megabytes is ${megabytes}, but a card has more than 0 and at most ${MEGABYTES_MAX} MiB`);
  }
  const settleUs = Math.max(characteristics[0].settleUs, characteristics[1].settleUs);
  return {
    characteristics,
    cardSectors: Math.floor((megabytes * 1024 * 1024) / SECTOR_BYTES),
    regionShift: regionShift(options.regionKilobytes ?? 64),
    policy: policyNumber(options.policy ?? "sync-gated"),
    epochMs: options.epochMs ?? 50,
    metadataStride: options.metadataStride ?? 64,
    settleMs: settleUs === 0 ? 0 : Math.ceil(settleUs / 1000) + SETTLE_MARGIN_MS,
    seed: options.seed ?? 1,
    onSync: options.onSync ?? null,
  };
}

/** Number of a policy in the driver. @throws Error that lists those of the production build */
export function policyNumber(policy: string): number {
  if (Object.hasOwn(POLICIES, policy)) return POLICIES[policy as MirrorPolicy];
  const known = Object.keys(POLICIES).join(", ");
  throw new Error(
    `there is no policy "${policy}" in the production driver: choose one of ${known}; the unsafe ones are in the rig only`,
  );
}

function cardClass(card: string | CardCharacteristics): CardCharacteristics {
  if (typeof card === "string") return profile(card);
  checkCharacteristics(card);
  return card;
}

function regionShift(kilobytes: number): number {
  const shift = Math.log2((kilobytes * 1024) / SECTOR_BYTES);
  if (Number.isInteger(shift) && shift >= 0 && shift <= REGION_SHIFT_MAX) return shift;
  const largest = (2 ** REGION_SHIFT_MAX * SECTOR_BYTES) / 1024;
  throw new Error(
    `regionKilobytes is ${kilobytes}, but a region is a power of two from 0.5 to ${largest} KiB`,
  );
}
