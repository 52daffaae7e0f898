import {
  BITMAP_SERIAL,
  BITMAP_SINGLE,
  FINGERPRINT_CRC16,
  FINGERPRINT_CRC32C,
  FINGERPRINT_NONE,
  FORMAT_EMPTY,
  FORMAT_KEEP,
  OPTION_BITMAP_SCHEME,
  OPTION_DEADLINE_MS,
  OPTION_FINGERPRINT,
  OPTION_MARKED_MAX,
  OPTION_MARK_AHEAD,
  OPTION_QUIET_MS,
  OPTION_READ_ERRORS_MAX,
  OPTION_RESYNC_MIN_RATE,
  OPTION_RESYNC_SHARE,
  POLICY_NEVER,
  POLICY_SYNC_GATED,
  REGION_SHIFT_MAX,
  SECTOR_BYTES,
} from "../../assembly/layout.js";
import type { FingerprintKind } from "../sdcard-emulator/fingerprint.js";
import type { SyncWork } from "./layer-above.js";
import { MirrorCard } from "./mirror-card.js";
import type { BitmapScheme, FormatKind, MirrorOptions, MirrorPolicy, Slot } from "./mirror-options.js";
import { cardClass, checkBoolean, checkKnown, checkWhole, chosen, WORD_MAX } from "./option-limits.js";

/** The options, checked and complete. */
export interface MirrorPlan {
  readonly cards: readonly [MirrorCard | null, MirrorCard | null];
  /** FORMAT_..., or null: the array on the cards is assembled. */
  readonly format: number | null;
  readonly regionShift: number;
  readonly baseSector: number;
  readonly metadataStride: number;
  readonly policy: number;
  readonly epochMs: number;
  /** null: that of the slower card. */
  readonly settleMs: number | null;
  readonly fingerprint: FingerprintKind;
  /** Further options of the driver, OPTION_... to value. */
  readonly more: ReadonlyMap<number, number>;
  readonly startDegraded: boolean;
  readonly choose: Slot | null;
  readonly seed: number;
  readonly onSync: SyncWork | null;
}

const POLICIES: Readonly<Record<MirrorPolicy, number>> = {
  "sync-gated": POLICY_SYNC_GATED,
  never: POLICY_NEVER,
};
const FORMATS: Readonly<Record<FormatKind, number>> = { keep: FORMAT_KEEP, empty: FORMAT_EMPTY, none: -1 };
const SCHEMES: Readonly<Record<BitmapScheme, number>> = { serial: BITMAP_SERIAL, single: BITMAP_SINGLE };
const FINGERPRINTS: Readonly<Record<FingerprintKind, number>> = {
  none: FINGERPRINT_NONE,
  crc16: FINGERPRINT_CRC16,
  crc32c: FINGERPRINT_CRC32C,
};
const OPTIONS: readonly (keyof MirrorOptions)[] = [
  "cards",
  "profiles",
  "megabytes",
  "format",
  "regionKilobytes",
  "bitmap",
  "baseSector",
  "metadataStride",
  "policy",
  "epochMs",
  "settleMs",
  "deadlineMs",
  "readErrorsMax",
  "fingerprint",
  "markAhead",
  "markedMax",
  "quietMs",
  "resyncMinRate",
  "resyncShare",
  "startDegraded",
  "choose",
  "seed",
  "onSync",
];
const TIME_MAX_MS = 3_600_000;
const STRIDE_MAX = 2 ** 20;
const MARK_AHEAD_MAX = 64;
/** Far above what an emulated card takes for everything that it may owe at once. */
const DEADLINE_MS = 1000;

/** Checks options and fills in defaults. @throws Error that names the option, and what it may be */
export function planMirror(options: MirrorOptions): MirrorPlan {
  checkKnown("createMirror", options, OPTIONS);
  const format = chosen("format", options.format ?? "keep", FORMATS);
  if (format < 0) refuseFormatOptions(options);
  else if (options.choose !== undefined) {
    throw new Error(`choose is ${options.choose}, but a new array has one history: it needs format: "none"`);
  }
  const seed = checkWhole("seed", options.seed ?? 1, 0, WORD_MAX);
  return {
    cards: planCards(options, seed),
    format: format < 0 ? null : format,
    regionShift: regionShift(options.regionKilobytes ?? 64),
    baseSector: checkWhole("baseSector", options.baseSector ?? 0, 0, WORD_MAX),
    metadataStride: checkWhole("metadataStride", options.metadataStride ?? 64, 1, STRIDE_MAX, " (sectors)"),
    policy: policyNumber(options.policy ?? "sync-gated"),
    epochMs: checkTime("epochMs", options.epochMs ?? 50),
    settleMs: options.settleMs === undefined ? null : checkTime("settleMs", options.settleMs),
    fingerprint: options.fingerprint ?? "none",
    more: new Map<number, number>([
      [OPTION_BITMAP_SCHEME, chosen("bitmap", options.bitmap ?? "serial", SCHEMES)],
      [OPTION_FINGERPRINT, chosen("fingerprint", options.fingerprint ?? "none", FINGERPRINTS)],
      [OPTION_DEADLINE_MS, checkTime("deadlineMs", options.deadlineMs ?? DEADLINE_MS)],
      [OPTION_READ_ERRORS_MAX, checkWhole("readErrorsMax", options.readErrorsMax ?? 0, 0, WORD_MAX)],
      [OPTION_MARK_AHEAD, checkWhole("markAhead", options.markAhead ?? 0, 0, MARK_AHEAD_MAX, " (regions)")],
      [OPTION_MARKED_MAX, checkWhole("markedMax", options.markedMax ?? 0, 0, WORD_MAX, " (regions)")],
      [OPTION_QUIET_MS, checkTime("quietMs", options.quietMs ?? 0)],
      [OPTION_RESYNC_MIN_RATE, checkWhole("resyncMinRate", options.resyncMinRate ?? 0, 0, WORD_MAX)],
      [OPTION_RESYNC_SHARE, checkWhole("resyncShare", options.resyncShare ?? 0, 0, 100, " (percent)")],
    ]),
    startDegraded: checkBoolean("startDegraded", options.startDegraded ?? false),
    choose: options.choose === undefined ? null : checkSlot("choose", options.choose),
    seed,
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

/** @throws Error for what is no slot; `name` is what was given */
export function checkSlot(name: string, slot: number): Slot {
  if (slot === 0 || slot === 1) return slot;
  throw new Error(`${name} is ${String(slot)}, but the slots are 0 and 1`);
}

function planCards(options: MirrorOptions, seed: number): readonly [MirrorCard | null, MirrorCard | null] {
  const { cards, profiles, megabytes, format } = options;
  if (cards === undefined) {
    if (format === "none") {
      throw new Error(
        'format is "none", but new cards carry no array: give the cards of one in the option cards',
      );
    }
    const [a, b] = profiles ?? ["mlc", "mlc"];
    return [newCard(a, megabytes, seed * 2), newCard(b, megabytes, seed * 2 + 1)];
  }
  for (const name of ["profiles", "megabytes"] as const) {
    if (options[name] !== undefined) {
      throw new Error(`${name} is of new cards, but cards is given too: leave one of the two out`);
    }
  }
  const [a, b] = cards;
  for (const card of [a, b]) {
    if (card !== null && !(card instanceof MirrorCard)) {
      throw new Error(
        "cards takes two MirrorCards: make each with new MirrorCard({ profile, megabytes, seed })",
      );
    }
  }
  if ((a === null || b === null) && format !== "none") {
    throw new Error(
      'cards leaves a slot empty, but a new array needs two cards: add one, or use format: "none"',
    );
  }
  return [a, b];
}

function checkTime(name: keyof MirrorOptions, value: number): number {
  return checkWhole(name, value, 0, TIME_MAX_MS, " (ms)");
}

function newCard(card: Parameters<typeof cardClass>[0], megabytes = 4, seed: number): MirrorCard {
  return new MirrorCard({ profile: card, megabytes, seed: seed >>> 0 });
}

function refuseFormatOptions(options: MirrorOptions): void {
  for (const name of ["regionKilobytes", "bitmap"] as const) {
    if (options[name] !== undefined) {
      throw new Error(`${name} is of a new array, but with format: "none" the cards have one: leave it out`);
    }
  }
}

function regionShift(kilobytes: number): number {
  const shift = Math.log2((kilobytes * 1024) / SECTOR_BYTES);
  if (Number.isInteger(shift) && shift >= 0 && shift <= REGION_SHIFT_MAX) return shift;
  const largest = (2 ** REGION_SHIFT_MAX * SECTOR_BYTES) / 1024;
  throw new Error(
    `regionKilobytes is ${kilobytes}, but a region is a power of two from 0.5 to ${largest} KiB`,
  );
}
