import type { MembersUnit, UnitResult } from "../../campaign/units/work-unit.js";
import type { Terminal } from "../terminal.js";
import type { TaskPool } from "./task-pool.js";

/** Worlds of each class of cards in a round: a multiple of 3, as each third is of another kind. */
const WORLDS = 30;
/** So many rounds at most; what they do not reach counts as not reached. */
const ROUNDS_MAX = 12;

/** What a round is run on. */
export interface MoreHistoriesOptions {
  readonly profiles: readonly string[];
  /** What these histories have in common with those of the campaign. */
  readonly like: Pick<MembersUnit, "scheme" | "schedule" | "promises">;
  /** The first seed that no world of the campaign has. */
  readonly firstSeed: number;
  /** How many cells are not reached with these results beside those of the campaign. */
  readonly missing: (more: readonly MoreHistories[]) => number;
  /** Asked before each part: true when the time budget is used up. */
  readonly isOver: () => boolean;
}

/** Further histories on one class of cards. */
export interface MoreHistories {
  readonly profile: string;
  readonly worlds: number;
  readonly result: UnitResult;
}

/** What was run besides, and how much was not because of the time budget. */
export interface MoreHistoriesRun {
  readonly more: readonly MoreHistories[];
  /** Cells that are not reached, and were sought no further when the budget was used up. */
  readonly leftOut: number;
}

/**
 * Runs further histories of members as long as cells of the tables are not reached: some are seldom met, and at some seeds the
 * histories of a campaign miss one by chance. What is demanded stays what it was, and a promise that is broken in one of
 * these is broken. Without a budget what is run depends on the results alone, so a merge of shards runs the same.
 */
export async function runMoreHistories(
  options: MoreHistoriesOptions,
  pool: TaskPool,
  terminal: Terminal,
): Promise<MoreHistoriesRun> {
  const { profiles, like, firstSeed, missing, isOver } = options;
  const stop = (): boolean => terminal.interrupted.aborted || isOver();
  const more: MoreHistories[] = [];
  for (let round = 0; round < ROUNDS_MAX && !stop(); round++) {
    const left = missing(more);
    if (left === 0) return { more, leftOut: 0 };
    terminal.progress(`more histories: ${left} ${left === 1 ? "cell is" : "cells are"} not reached`);
    const results = profiles.map((): UnitResult | null => null);
    await pool.run(
      profiles.map((profile) => ({
        kind: "unit" as const,
        unit: {
          kind: "members" as const,
          ...like,
          profile,
          firstSeed: firstSeed + round * WORLDS,
          worlds: WORLDS,
          seldom: true as const,
        },
      })),
      stop,
      (at, result) => (results[at] = result),
    );
    for (const [at, result] of results.entries()) {
      if (result !== null) more.push({ profile: profiles[at]!, worlds: WORLDS, result });
    }
  }
  return { more, leftOut: isOver() && !terminal.interrupted.aborted ? missing(more) : 0 };
}
