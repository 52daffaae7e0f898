import type { SectorContents } from "../../sdcard-emulator/sector-contents.js";
import type { ArrayGeometry } from "../world/array-geometry.js";
import { Campaign } from "../campaign.js";
import { ALL_CHECKS, type Checks } from "../oracle/checks.js";
import { CleanArrays } from "../world/clean-arrays.js";
import type { JudgedOutcome } from "../search/cut-explorer.js";
import { EventLog } from "./event-log.js";
import { failingBoot, type FailingCase } from "./failing-case.js";
import { ReplayedCut } from "./replayed-cut.js";
import type { ScenarioEvent } from "../world/scenario-event.js";
import type { Violation } from "../oracle/violation.js";

/**
 * How a replay ended: the promise is broken again, or held this time, or the run did not come to the case at all
 * (another driver, card profile or rig than the one the case was found with): then nothing is known about it.
 */
export type ReplayEnding = "broken" | "held" | "diverged";

/** A replayed case, and all that a story of it needs. */
export interface Replayed {
  readonly failing: FailingCase;
  readonly ending: ReplayEnding;
  /** 2 when the promise breaks only if the recovery is cut again, else 1. */
  readonly depth: 1 | 2;
  /** The broken promise; null unless the ending is "broken". */
  readonly violation: Violation | null;
  /** Why the replay diverged, one sentence; empty otherwise. */
  readonly divergence: string;
  /** What happened, oldest first; the oldest of very many are dropped. */
  readonly events: readonly ScenarioEvent[];
  /** Both cards after the cut, and what recovery made of them; null for a fault of the running system. */
  readonly outcome: JudgedOutcome | null;
  /** What the ids of contents in events and images stand for. */
  readonly contents: SectorContents;
  readonly geometry: ArrayGeometry;
}

/**
 * Replays a case. Where one cut breaks nothing, its recovery is cut too, at each of its events with each outcome: such
 * a second cut is not part of a case, because there are few enough to try them all.
 * @param binary the rig build of the driver
 * @param checks the promises that are looked at
 * @param arrays where new arrays come from, if many cases are replayed
 */
export function replayCase(
  binary: Uint8Array,
  failing: FailingCase,
  checks: Checks = ALL_CHECKS,
  arrays: CleanArrays = new CleanArrays(binary),
): Replayed {
  const replayAtDepth = (depth: 1 | 2): Replayed =>
    replayed(new Campaign(binary, failing.scenario.geometry, arrays, checks), failing, depth);
  const once = replayAtDepth(1);
  if (once.ending !== "held" || failing.choices === null) return once;
  const twice = replayAtDepth(2);
  return twice.ending === "broken" ? twice : once;
}

/**
 * Runs a case's scenario without exploring anything, cuts it at the case's moment with the case's outcome, and judges
 * that one outcome.
 */
function replayed(campaign: Campaign, failing: FailingCase, depth: 1 | 2): Replayed {
  const { scenario, step, choices } = failing;
  const boot = failingBoot(failing);
  const only = new ReplayedCut(boot, step, choices);
  const observer = new EventLog();
  const bail = Number.MAX_SAFE_INTEGER;
  const report =
    depth === 1
      ? campaign.run(scenario, boot, bail, { observer, only })
      : campaign.runDepthTwo(scenario, bail, boot, { observer, only }).report;
  const violation = report.violations.find(
    (found) => found.boot === boot && found.step === step && (found.choices === null) === (choices === null),
  );
  const divergence = violation === undefined ? divergenceOf(only, report.violations) : "";
  return {
    failing,
    ending: violation !== undefined ? "broken" : divergence === "" ? "held" : "diverged",
    violation: violation ?? null,
    divergence,
    depth,
    events: observer.events,
    outcome: only.judged,
    contents: campaign.contents,
    geometry: campaign.geometry,
  };
}

function divergenceOf(only: ReplayedCut, others: readonly Violation[]): string {
  if (only.misfit !== "") return only.misfit;
  if (only.reached) return "";
  const moment = `step ${only.step} of boot ${only.boot}`;
  const trap = others.find((found) => found.promises.includes("trap"));
  if (trap === undefined) return `the run ended before ${moment}`;
  return `the driver stopped at step ${trap.step} of boot ${trap.boot}, before ${moment}: ${trap.text}`;
}
