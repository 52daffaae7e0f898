import {
  BITMAP_SERIAL,
  BITMAP_SINGLE,
  FINGERPRINT_CRC16,
  FINGERPRINT_CRC32C,
  OPTION_BITMAP_SCHEME,
  OPTION_FINGERPRINT,
} from "../../assembly/layout.js";
import type { ExtraSettings } from "../campaign/workload/workload.js";
import { policyTitle, type PolicyChoice, type PolicyName } from "../campaign/world/policy-choice.js";
import { NO_HOLES, type Holes } from "../campaign/world/scenario-generator.js";

/** A clearing policy as one row of the comparison, and what theory says of it. */
export interface PolicyRow {
  /** As it is given to --policy. */
  readonly name: string;
  readonly title: string;
  readonly policy: PolicyChoice;
  readonly holes: Holes;
  /** Settings of the world beside the workload's own. */
  readonly settings?: ExtraSettings;
  /** Whether it holds its promises; those that do not are in the comparison to be caught. */
  readonly holds: boolean;
  /** One line: why it breaks, or why it holds. */
  readonly why: string;
  /** Card profiles on which it breaks in the fewest steps; for a story. */
  readonly storyProfiles: readonly [string, string];
}

const COOLDOWN_MS = 5;
const NO_CACHE = ["mlc", "mlc"] as const;
const CACHED = ["tlc-cached", "tlc-cached"] as const;

function row(
  name: PolicyName,
  flush: boolean,
  holds: boolean,
  why: string,
  storyProfiles: readonly [string, string] = NO_CACHE,
): PolicyRow {
  const policy: PolicyChoice = { name, flush, cooldownMs: COOLDOWN_MS };
  // The policies that always flush have no variant without.
  const varies = name !== "never" && name !== "sync-gated";
  const title = policyTitle(policy);
  return {
    name: varies && flush ? `${name}+flush` : name,
    title,
    policy,
    holes: NO_HOLES,
    holds,
    why,
    storyProfiles,
  };
}

/** The rows of the whole comparison, in its order. */
export const POLICY_ROWS: readonly PolicyRow[] = [
  row("immediate", false, false, "clears when the writes end, whatever each card took"),
  row("immediate", true, false, "the flush keeps what each card took, and they took different bytes"),
  row("cooldown", true, false, "write-back may lag longer than any fixed hold time"),
  row("locked", false, false, "the cards took the same bytes, but may lose them after the clear", CACHED),
  row("locked", true, true, "buffers do not change in flight: equal on both cards; but threads wait"),
  row("never", true, true, "nothing is called clean, so everything is copied after a crash"),
  row("sync-gated", true, true, "cleared only after a sync that began later and did not write the region"),
];

/** Further policies that can be asked for by name. */
const MORE_ROWS: readonly PolicyRow[] = [
  row("cooldown", false, false, "neither flushed nor written again in time"),
];

/** What each card says of the bytes that it accepted, by the name that --fingerprint takes. */
export const FINGERPRINTS = { off: 0, crc16: FINGERPRINT_CRC16, crc32c: FINGERPRINT_CRC32C } as const;
export type FingerprintName = keyof typeof FINGERPRINTS;

/** Where the bitmap records go, by the name that --scheme takes. */
export const RECORD_SCHEMES = { serial: BITMAP_SERIAL, single: BITMAP_SINGLE } as const;
export type RecordScheme = keyof typeof RECORD_SCHEMES;

/** The same row on an array with the other scheme of records; what theory says stays, on cards that it is for. */
export function withScheme(base: PolicyRow, name: RecordScheme): PolicyRow {
  if (name === "serial") return base;
  const options = [...(base.settings?.options ?? []), [OPTION_BITMAP_SCHEME, RECORD_SCHEMES[name]] as const];
  return {
    ...base,
    name: `${base.name}/${name}`,
    title: `${base.title}, ${name}`,
    settings: { ...base.settings, options },
    // The class on which a safe policy breaks for want of a second copy of the record.
    storyProfiles: ["open-block", "open-block"],
  };
}

/** The same row with the transfer fingerprint on, and what theory says then. */
export function withFingerprint(
  base: PolicyRow,
  name: FingerprintName,
  holds: boolean,
  why: string,
): PolicyRow {
  if (name === "off") return base;
  return {
    ...base,
    name: `${base.name}/${name}`,
    title: `${base.title}, ${name}`,
    holds,
    why,
    settings: { ...base.settings, options: [[OPTION_FINGERPRINT, FINGERPRINTS[name]]] },
  };
}

const EQUAL = "a write is answered only when both cards have accepted the same bytes";

/** The comparison again, with the transfer fingerprint on. */
export const FINGERPRINT_ROWS: readonly PolicyRow[] = [
  withFingerprint(
    named("immediate"),
    "crc16",
    false,
    "the cards accepted the same bytes, but may lose them after the clear",
  ),
  withFingerprint(named("immediate+flush"), "crc16", true, EQUAL),
  withFingerprint(named("sync-gated"), "crc16", true, EQUAL),
].map((made) => ({ ...made, storyProfiles: CACHED }));

function named(name: string): PolicyRow {
  return POLICY_ROWS.find((known) => known.name === name)!;
}

const LATE_FLAG = holeRow("late-flag", "flag set late", { lateFlag: true, forgotten: false });
const FORGOTTEN = holeRow("forgotten", "buffer forgotten", { lateFlag: false, forgotten: true });
/** The buffer is forgotten, and what was stored into it is no other to a CRC16. */
const COLLIDING: PolicyRow = {
  ...FORGOTTEN,
  title: "sync-gated, forgotten, colliding",
  settings: { collides: 1 },
};

/** The mail's two holes, which no sync closes: with the fingerprint off and on, and what a CRC16 can't tell apart. */
export const HOLE_ROWS: readonly PolicyRow[] = [
  LATE_FLAG,
  FORGOTTEN,
  withFingerprint(LATE_FLAG, "crc16", true, EQUAL),
  withFingerprint(FORGOTTEN, "crc16", true, EQUAL),
  withFingerprint(COLLIDING, "crc16", false, "the known limit: the two contents have one CRC16"),
  withFingerprint(COLLIDING, "crc32c", true, EQUAL),
];

function holeRow(name: string, title: string, holes: Holes): PolicyRow {
  const base = row(
    "sync-gated",
    true,
    false,
    "the sync finds nothing to write, so nothing holds the clear back",
  );
  return { ...base, name: `sync-gated/${name}`, title: `sync-gated, ${title}`, holes };
}

/** Every row by the name that --policy takes. */
export const ROWS_BY_NAME: ReadonlyMap<string, PolicyRow> = new Map(
  [...POLICY_ROWS, ...MORE_ROWS].map((known) => [known.name, known]),
);
