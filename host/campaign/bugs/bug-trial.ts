import { encodeCase } from "../case/case-id.js";
import { CampaignReport } from "../campaign-report.js";
import { isSmall, type CaseSize } from "../case/case-size.js";
import { caseOf } from "../case/failing-case.js";
import { shrinkCase } from "../case/shrink.js";
import { Checks } from "../oracle/checks.js";
import type { BrokenPromise } from "../oracle/violation.js";
import type { CleanArrays } from "../world/clean-arrays.js";
import { BugHunt, type Kill } from "./bug-hunt.js";
import { SEEDED_BUGS } from "./seeded-bugs.js";

/** One seeded bug against the check of one promise, all others switched off. */
export interface BugTrial {
  /** Name of the bug. */
  readonly bug: string;
  readonly promise: BrokenPromise;
  /** Seeds of the worlds to try, in their order. */
  readonly seeds: readonly number[];
  /** Whether the case is shrunk. */
  readonly shrinks: boolean;
}

/** A shrunk case, as data. */
export interface TrialCase extends CaseSize {
  readonly id: string;
  /** Scenarios that shrinking ran. */
  readonly runs: number;
}

/** What came of a trial: data that any thread can hand over. */
export interface TrialResult {
  readonly bug: string;
  readonly promise: BrokenPromise;
  /** Seed of the world in which the bug died; null when it is alive. */
  readonly world: number | null;
  /** What the check said. */
  readonly text: string | null;
  readonly worlds: number;
  readonly cuts: number;
  readonly pairs: number;
  readonly possible: number;
  readonly bounded: number;
  readonly distinct: number;
  /** null where nothing was to be shrunk. */
  readonly shrunk: TrialCase | null;
}

/** Scenarios that shrinking may run: each takes a few milliseconds. */
const SHRINK_RUNS_MAX = 1500;

/** @param binary the rig build of the driver @throws Error for a bug that is not on the list */
export function runBugTrial(trial: BugTrial, binary: Uint8Array, arrays: CleanArrays): TrialResult {
  const { bug, promise, seeds, shrinks } = trial;
  const entry = SEEDED_BUGS.find(({ name }) => name === bug);
  if (entry === undefined) throw new Error(`there is no seeded bug ${bug}`);
  const hunt = new BugHunt(binary, arrays, entry);
  const report = new CampaignReport();
  let worlds = 0;
  let best: Shown | null = null;
  while (worlds < seeds.length) {
    const kill = hunt.kill({ promise, seeds: seeds.slice(worlds) });
    worlds += kill.worlds;
    report.add(kill.report);
    if (kill.violation === null) break;
    const shown = { kill, shrunk: shrinks ? shrunkCase(kill, binary, arrays) : null };
    if (best === null || isSmaller(shown, best)) best = shown;
    // What does not shrink to a small case in one world may in another one.
    if (best.shrunk === null || isSmall(best.shrunk)) break;
  }
  const { cuts, pairs, possible, bounded, distinct } = report;
  const world = best?.kill.seed ?? null;
  const text = best?.kill.violation?.text ?? null;
  const shrunk = best?.shrunk ?? null;
  return { bug, promise, world, text, worlds, cuts, pairs, possible, bounded, distinct, shrunk };
}

interface Shown {
  readonly kill: Kill;
  readonly shrunk: TrialCase | null;
}

function isSmaller({ shrunk: one }: Shown, { shrunk: other }: Shown): boolean {
  if (one === null || other === null) return false;
  return isSmall(one) || one.operations + one.cuts < other.operations + other.cuts;
}

function shrunkCase(
  { scenario, violation, promise }: Kill,
  binary: Uint8Array,
  arrays: CleanArrays,
): TrialCase {
  const options = { checks: new Checks([promise]), arrays, runsMax: SHRINK_RUNS_MAX };
  const { failing, size, runs } = shrinkCase(binary, caseOf(scenario!, violation!), options);
  return { id: encodeCase(failing), ...size, runs };
}
