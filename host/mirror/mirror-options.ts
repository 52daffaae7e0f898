import type { CardCharacteristics } from "../sdcard-emulator/characteristics.js";
import type { FingerprintKind } from "../sdcard-emulator/fingerprint.js";
import type { SyncWork } from "./layer-above.js";
import type { MirrorCard } from "./mirror-card.js";

/** Clearing policies of the production build. */
export type MirrorPolicy = "sync-gated" | "never";
/** Schemes of the bitmap records; "single" is for classes of cards whose flushed sectors are neither torn nor destroyed. */
export type BitmapScheme = "serial" | "single";
/**
 * What createMirror does with the cards. "keep": a new array, made equal as the card in slot 0 has it. "empty": a new
 * array of regions that were never written and read as zeros. "none": the array that is on the cards is assembled.
 */
export type FormatKind = "keep" | "empty" | "none";
/** Slot of a card. */
export type Slot = 0 | 1;

/** How a mirror is made; everything has a default. Times are in virtual time. */
export interface MirrorOptions {
  /** Ready-made cards for both slots; null leaves one empty, which needs `format: "none"`. Default: two new ones. */
  readonly cards?: readonly [MirrorCard | null, MirrorCard | null];
  /** The class of each new card: names of profiles ("slc", "mlc", "tlc-cached", ...) or characteristics of your own. */
  readonly profiles?: readonly [string | CardCharacteristics, string | CardCharacteristics];
  /** Size of each new card, MiB; default 4, at most 1024. */
  readonly megabytes?: number;
  /** Default "keep". */
  readonly format?: FormatKind;
  /** Size of a region, KiB: a power of two from 0.5 to 16384; default 64. Of a new array. */
  readonly regionKilobytes?: number;
  /** Default "serial". Of a new array. */
  readonly bitmap?: BitmapScheme;
  /** First sector of the mirror on each card (a partition offset); default 0. */
  readonly baseSector?: number;
  /** Sectors between two metadata areas: one erase block of the cards; default 64, at most 2^20. */
  readonly metadataStride?: number;
  /** When bits are cleared; default "sync-gated". */
  readonly policy?: MirrorPolicy;
  /** Shortest time between two sync epochs, ms; default 50, at most an hour. */
  readonly epochMs?: number;
  /** Settle time of the cards, ms; default that of the slower card. */
  readonly settleMs?: number;
  /** Longest time for one card command, ms, after which the card is dropped; default 1000, 0 for no limit. */
  readonly deadlineMs?: number;
  /** Read errors of a card after which it is dropped; default 0 for never. */
  readonly readErrorsMax?: number;
  /** What the cards say of the bytes that they accepted, and the driver compares; default "none". */
  readonly fingerprint?: FingerprintKind;
  /** Regions marked ahead of a sequential stream, 0 to 64; default 0. */
  readonly markAhead?: number;
  /** Soft cap on the marks on the cards; default 0 for none. */
  readonly markedMax?: number;
  /** Time without writes after which kept marks leave, ms; default 0. */
  readonly quietMs?: number;
  /** Sectors a second that copies may take beside callers' requests; default 0 for no throttle. */
  readonly resyncMinRate?: number;
  /** Share of the idle time that copies may take, percent, 1 to 100; default 0, which means 100. */
  readonly resyncShare?: number;
  /** Whether one card that never ran alone may be assembled without the other; default false. */
  readonly startDegraded?: boolean;
  /** With `format: "none"`: the slot of the card that a person says is right. */
  readonly choose?: Slot;
  /** Decides identity and timing of new cards, and the array's id; default 1. The same seed, the same run. */
  readonly seed?: number;
  /**
   * The layer above: called when the driver wants a sync of the whole device. Write everything dirty, then return;
   * throw if that failed. Without it every sync succeeds at once, which is right only for a caller that never
   * changes a buffer while it is written.
   */
  readonly onSync?: SyncWork;
}

/** What a controller is told at its start, beside what it was made with. */
export interface AssemblyOptions {
  /** Clearing policy from now on. */
  readonly policy?: MirrorPolicy;
  /** A person's choice between two histories: the card in this slot is right, the other one gets everything. Used once. */
  readonly choose?: Slot;
  /** Whether one card that never ran alone may go on without the other; default as the mirror was made. */
  readonly startDegraded?: boolean;
}

/** How the power goes. */
export interface PowerCutOptions {
  /** The card that loses its power first; default 0. */
  readonly first?: Slot;
  /** How long after it the other card loses its power, µs of virtual time, at most a minute; default 0. */
  readonly skewUs?: number;
  /** Whether the controller runs on until the other card loses its power; default: it is gone with the first. */
  readonly controllerLivesOn?: boolean;
}
