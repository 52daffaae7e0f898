import { PROMISES, type BrokenPromise } from "../oracle/violation.js";
import { huntSeeds } from "./bug-hunt.js";
import type { BugTrial, TrialResult } from "./bug-trial.js";
import { KNOWN_WORLDS } from "./known-worlds.js";
import type { SeededBug } from "./seeded-bug.js";

/** The promises P1 to P7: that the driver does not stop itself is none of them. */
export const CHECKED_ALONE: readonly BrokenPromise[] = PROMISES.filter((promise) => promise !== "trap");
/** Seeded bugs that the check of each promise must catch alone. */
export const BUGS_PER_PROMISE = 2;

/** A bug against the check that its entry names, in the known world first; then in all that the entry allows. */
export function ownTrial({ name, check, seedsMax }: SeededBug, shrinks: boolean): BugTrial {
  const seeds = huntSeeds(seedsMax, [KNOWN_WORLDS[name]?.[check]]);
  return { bug: name, promise: check, seeds, shrinks };
}

/**
 * Each bug against the check of each promise.
 * @param worldsMax worlds tried with a check that the entry does not name, beside those that are known: the one in which
 *   this check catches the bug, or else the one in which its own check does
 */
export function aloneTrials(entries: readonly SeededBug[], worldsMax: number): BugTrial[] {
  return entries.flatMap((entry) =>
    CHECKED_ALONE.map((promise): BugTrial => {
      const { name, check } = entry;
      if (promise === check) return ownTrial(entry, false);
      const known = KNOWN_WORLDS[name];
      return {
        bug: name,
        promise,
        seeds: huntSeeds(worldsMax, [known?.[promise] ?? known?.[check]]),
        shrinks: false,
      };
    }),
  );
}

/** The promises whose check caught fewer bugs alone than it must. */
export function weakChecks(results: readonly TrialResult[]): BrokenPromise[] {
  return CHECKED_ALONE.filter(
    (promise) =>
      results.filter((result) => result.promise === promise && result.world !== null).length <
      BUGS_PER_PROMISE,
  );
}
