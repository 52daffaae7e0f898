import { Campaign } from "../campaign/campaign.js";
import { encodeCase } from "../campaign/case/case-id.js";
import { ALL_CHECKS } from "../campaign/oracle/checks.js";
import type { CleanArrays } from "../campaign/world/clean-arrays.js";
import { caseOf, type FailingCase } from "../campaign/case/failing-case.js";
import { replayCommandLine } from "../campaign/case/replay-command-line.js";
import { replayCase } from "../campaign/case/replay.js";
import { TINY } from "../campaign/world/scenario.js";
import { shrinkCase } from "../campaign/case/shrink.js";
import { headlineOf, storyOf } from "../campaign/case/story.js";
import { findFailingScenario } from "./failing-scenario.js";
import type { PolicyRow } from "./policy-rows.js";

/** A shrunk case in plain words. */
export interface ToldCase {
  readonly id: string;
  /** The command that shows it again. */
  readonly replay: string;
  readonly failing: FailingCase;
  /** One line. */
  readonly headline: string;
  /** Ends with the id and the command that replays it; no newline at its end. */
  readonly story: string;
  /** The same without the timeline of both cards. */
  readonly shortStory: string;
  /** Scenarios tried before one failed, that one included. */
  readonly tried: number;
  /** What threads did in it, before and after shrinking. */
  readonly actionsBefore: number;
  readonly actionsAfter: number;
}

/** Scenarios that shrinking may run: each takes a few milliseconds. */
const SHRINK_RUNS_MAX = 300;

/**
 * Finds a case in which a policy breaks P1 and P3, shrinks it, and tells it.
 * @param binary the rig build of the driver
 * @param checks the promises that are looked at
 * @param driver path of the binary, for the command that shows the case again; default: the package's own
 * @returns null if none was found
 */
export function tellCase(
  binary: Uint8Array,
  arrays: CleanArrays,
  row: PolicyRow,
  seed: number,
  checks = ALL_CHECKS,
  driver?: string,
): ToldCase | null {
  const found = findFailingScenario(new Campaign(binary, TINY, arrays, checks), row, seed, checks);
  if (found === null) return null;
  const shrunk = shrinkCase(binary, caseOf(found.scenario, found.violation), {
    runsMax: SHRINK_RUNS_MAX,
    checks,
  });
  const { failing, actionsBefore, actionsAfter } = shrunk;
  const replayed = replayCase(binary, failing, checks);
  const story = storyOf(replayed, { driver });
  const shortStory = storyOf(replayed, { timeline: false, driver });
  const headline = headlineOf(replayed);
  const id = encodeCase(failing);
  return {
    id,
    replay: replayCommandLine(id, { driver }),
    failing,
    headline,
    story,
    shortStory,
    tried: found.tried,
    actionsBefore,
    actionsAfter,
  };
}
