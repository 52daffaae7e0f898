import { policyTitle, type PolicyChoice, type PolicyName } from "../campaign/world/policy-choice.js";
import { NO_HOLES, type Holes } from "../campaign/world/scenario-generator.js";

/** A clearing policy as one row of the comparison, and what theory says of it. */
export interface PolicyRow {
  /** As it is given to --policy. */
  readonly name: string;
  readonly title: string;
  readonly policy: PolicyChoice;
  readonly holes: Holes;
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

/** The mail's two holes: open as long as the driver cannot know that the cards took different bytes. */
export const HOLE_ROWS: readonly PolicyRow[] = [
  holeRow("late-flag", "flag set late", { lateFlag: true, forgotten: false }),
  holeRow("forgotten", "buffer forgotten", { lateFlag: false, forgotten: true }),
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
