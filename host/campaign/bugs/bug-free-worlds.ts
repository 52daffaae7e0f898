import { BUG_NONE } from "../../../assembly/layout.js";
import type { CampaignReport } from "../campaign-report.js";
import { MEMBER_PROFILES } from "../member-campaign.js";
import type { CleanArrays } from "../world/clean-arrays.js";
import { BugHunt } from "./bug-hunt.js";
import { KNOWN_WORLDS } from "./known-worlds.js";
import { HIDDEN_BUGS } from "./hidden-bugs.js";
import type { SeededBug } from "./seeded-bug.js";
import { SEEDED_BUGS } from "./seeded-bugs.js";

/** Worlds that must break nothing, though they are those in which bugs are hunted. */
export interface QuietWorlds {
  /** For a person. */
  readonly title: string;
  /** The bugs that are hunted in them, or the one that is switched on. */
  readonly bugs: readonly string[];
  /** What makes the worlds. */
  readonly entry: SeededBug;
  /** BUG_NONE for an unmodified driver. */
  readonly bug: number;
  /** Seeds 1 to this. */
  readonly worlds: number;
}

/** A part of quiet worlds: data that any thread can be given. */
export interface QuietPart {
  /** Index into quietWorlds(). */
  readonly index: number;
  readonly firstSeed: number;
  readonly worlds: number;
}

/** Worlds of an unmodified driver, of each kind: those that a bug needs which is known to die late are more. */
const UNMODIFIED_WORLDS = 60;
/** Worlds for each hidden bug on each class of cards. */
const HIDDEN_WORLDS = 40;

/**
 * The worlds of all hunts for an unmodified driver, with the same seeds, each kind once: many bugs are hunted in the same
 * ones; and worlds for the bugs of which is claimed that they can break nothing.
 */
export function quietWorlds(): QuietWorlds[] {
  return [...unmodified(), ...hidden()];
}

/** @param binary the rig build of the driver */
export function runQuietPart(part: QuietPart, binary: Uint8Array, arrays: CleanArrays): CampaignReport {
  const { entry, bug } = quietWorlds()[part.index]!;
  return new BugHunt(binary, arrays, entry).survey(bug, part.worlds, part.firstSeed);
}

function unmodified(): QuietWorlds[] {
  const kinds: SeededBug[][] = [];
  for (const entry of SEEDED_BUGS) {
    const known = kinds.find(([first]) => haveSameWorlds(first!, entry));
    if (known === undefined) kinds.push([entry]);
    else known.push(entry);
  }
  return kinds.map((entries) => {
    const [entry] = entries as [SeededBug];
    return {
      title: `an unmodified driver in the worlds of ${entry.name}`,
      bugs: entries.map(({ name }) => name),
      entry,
      bug: BUG_NONE,
      worlds: Math.max(...entries.map(worldsOf)),
    };
  });
}

/** All worlds of the hunt for a bug up to the last one in which a check is known to catch it; or more. */
function worldsOf({ name, seedsMax }: SeededBug): number {
  const known = Object.values(KNOWN_WORLDS[name] ?? {});
  return Math.max(...known, Math.min(seedsMax, UNMODIFIED_WORLDS));
}

function haveSameWorlds(one: SeededBug, other: SeededBug): boolean {
  return one.generate === other.generate && settingsOf(one) === settingsOf(other);
}

function settingsOf({ profile, depthTwo, members, settings, geometry }: SeededBug): string {
  return JSON.stringify({ profile, depthTwo, members, settings, geometry });
}

function hidden(): QuietWorlds[] {
  return HIDDEN_BUGS.filter(({ verdict }) => verdict === "impossible").flatMap(({ bug, name, reason }) =>
    MEMBER_PROFILES.map((profile) => ({
      title: `${name} on ${profile}`,
      bugs: [name],
      entry: { bug, name, mistake: reason, check: "P1", profile, seedsMax: HIDDEN_WORLDS, members: {} },
      bug,
      worlds: HIDDEN_WORLDS,
    })),
  );
}
