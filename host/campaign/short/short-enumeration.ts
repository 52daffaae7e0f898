import { BUG_NONE } from "../../../assembly/layout.js";
import { Campaign } from "../campaign.js";
import { CampaignReport } from "../campaign-report.js";
import { nameCases } from "../case/case-ids-of-report.js";
import { caseOf, type FailingCase } from "../case/failing-case.js";
import { SYNC_DIRTY_ONLY } from "../../page-cache/whole-sync.js";
import type { Violation } from "../oracle/violation.js";
import { PLAIN_SETTINGS } from "../world/plain-scenario.js";
import type { PolicyChoice } from "../world/policy-choice.js";
import { NO_HOLES } from "../world/scenario-generator.js";
import { END_POWER, TINY, type Action, type Scenario } from "../world/scenario.js";
import type { WorkloadOptions } from "../workload/workload.js";
import { RunTrace } from "./run-trace.js";
import {
  isCanonicalNext,
  sequenceCounts,
  SHORT_OPERATIONS,
  shortAction,
  type ShortOperation,
} from "./short-operation.js";

/** Operations of the longest workloads that can be asked for. */
export const SHORT_LENGTH_MAX = 3;
/** Workloads of up to so many operations have their last one tried after every event. */
const FINE_LENGTH = 2;
/** Virtual time after the last operation: write-back, epochs and clears of what it has left, us. */
const TAIL_US = 40_000;
/** The array is assembled by then, on any class of cards, us. */
const ASSEMBLY_US = 40_000;

export interface ShortEnumerationOptions extends Pick<
  WorkloadOptions,
  "binary" | "holes" | "bug" | "settings" | "arrays" | "checks" | "bail" | "schedule"
> {
  readonly policy: PolicyChoice;
  /** Operations of the longest workloads, 1 to SHORT_LENGTH_MAX. */
  readonly length: number;
  /** Classes of card A and card B. */
  readonly profiles: readonly [string, string];
  /** Seed of the cards' timing, default 0. */
  readonly timing?: number;
  /** Told after each workload of which something was tried. */
  readonly onProgress?: WorkloadOptions["onProgress"];
}

/** What was enumerated of one length. */
export interface ShortLevel {
  readonly length: number;
  /** Sequences of operations: all there are, those left when regions are renamed, and those that were begun. */
  readonly sequences: number;
  readonly canonical: number;
  enumerated: number;
  /** Those with every operation at its moment: runs of the emulated cards. */
  runs: number;
  /** Runs in which something happened that happened in none before: those that were cut. */
  distinctRuns: number;
  cuts: number;
  /** Outcomes of these cuts: those tried, and all that there are. */
  outcomes: number;
  outcomesPossible: number;
  /** Cuts of which not all outcomes were tried. */
  boundedCuts: number;
  /** Distinct recovered states that no shorter workload had led to. */
  states: number;
  /** Broken promises, in all outcomes. */
  broken: number;
}

/** The first failing workload: no shorter one fails. */
export interface ShortFailure {
  readonly operations: readonly ShortOperation[];
  readonly failing: FailingCase;
  readonly violation: Violation;
}

export interface ShortResult {
  readonly levels: readonly ShortLevel[];
  readonly report: CampaignReport;
  readonly first: ShortFailure | null;
}

/** A workload whose operations have their moments, and what can come after it. */
interface Begun {
  readonly operations: readonly ShortOperation[];
  readonly actions: readonly Action[];
  /** Where a next operation makes a difference, us from assembly on. */
  readonly everyMomentUs: readonly number[];
  readonly fewMomentsUs: readonly number[];
}

/**
 * All workloads of up to `length` operations on two regions of the smallest array, the shortest first, each cut after
 * every event with all outcomes of both cards. Nothing of it is random, and nothing is chosen by hand: operations come
 * in one fixed order, and each is tried at once after the one before, after each event that this one leads to, and when
 * nothing happens any more. In workloads of three the moments of the third one are fewer: at once, after each time
 * that a card has sampled a data buffer, and when nothing happens any more.
 * Workloads that are the same but for the names of the regions are run once; of runs in which the same happened in the
 * same order, one is cut.
 */
export function enumerateShort(options: ShortEnumerationOptions): ShortResult {
  return new ShortEnumeration(options).run();
}

class ShortEnumeration {
  private readonly report = new CampaignReport();
  private readonly campaign: Campaign;
  private readonly levels: ShortLevel[] = [];
  private readonly seenEffects = new Set<string>();
  private readonly seenRuns = new Set<string>();
  private first: ShortFailure | null = null;

  constructor(private readonly options: ShortEnumerationOptions) {
    const { length } = options;
    if (!Number.isInteger(length) || length < 1 || length > SHORT_LENGTH_MAX) {
      throw new Error(`short workloads have 1 to ${SHORT_LENGTH_MAX} operations, not ${length}`);
    }
    this.campaign = new Campaign(options.binary, TINY, options.arrays, options.checks);
  }

  run(): ShortResult {
    let begun: Begun[] = [{ operations: [], actions: [], everyMomentUs: [0], fewMomentsUs: [0] }];
    for (let length = 1; length <= this.options.length && !this.ended; length++) {
      const level = newLevel(length);
      this.levels.push(level);
      begun = this.longer(begun, level);
    }
    return { levels: this.levels, report: this.report, first: this.first };
  }

  private get ended(): boolean {
    return this.report.brokenTotal > 0 && this.report.violations.length >= (this.options.bail ?? Infinity);
  }

  private longer(begun: readonly Begun[], level: ShortLevel): Begun[] {
    const longer: Begun[] = [];
    const sequences = new Set<string>();
    for (const before of begun) {
      for (const next of SHORT_OPERATIONS) {
        if (!isCanonicalNext(before.operations, next)) continue;
        const operations = [...before.operations, next];
        const timesUs = level.length <= FINE_LENGTH ? before.everyMomentUs : before.fewMomentsUs;
        for (const atUs of timesUs) {
          if (this.ended) break;
          sequences.add(JSON.stringify(operations));
          const action = shortAction(next, atUs, this.options.holes ?? NO_HOLES);
          const made = this.try(operations, [...before.actions, action], level);
          if (made !== null && level.length < this.options.length) longer.push(made);
        }
      }
      this.options.onProgress?.(this.report);
    }
    level.enumerated = sequences.size;
    return longer;
  }

  /** @returns null where an equal run was tried before */
  private try(
    operations: readonly ShortOperation[],
    actions: readonly Action[],
    level: ShortLevel,
  ): Begun | null {
    const { campaign, report, options } = this;
    const scenario = this.scenarioOf(actions);
    const trace = new RunTrace(campaign.geometry.dataStart);
    const boots = scenario.boots.length;
    campaign.run(scenario, boots, Number.MAX_SAFE_INTEGER, { observer: trace });
    level.runs++;
    if (seen(this.seenRuns, trace.whole)) return null;
    if (!seen(this.seenEffects, trace.effect)) {
      const left = (options.bail ?? Number.MAX_SAFE_INTEGER) - report.violations.length;
      const found = campaign.runScheduled(scenario, this.options.schedule, left);
      if (this.first === null) nameCases(found, scenario);
      this.count(found, level);
      const [violation] = found.violations;
      if (violation !== undefined) {
        this.first ??= { operations, failing: caseOf(scenario, violation), violation };
      }
    }
    const lastUs = actions.at(-1)!.atUs;
    return {
      operations,
      actions,
      everyMomentUs: moments(lastUs, trace.timesUs, trace.timesUs),
      fewMomentsUs: moments(lastUs, trace.sampledUs, trace.timesUs),
    };
  }

  private count(found: CampaignReport, level: ShortLevel): void {
    this.report.add(found);
    level.distinctRuns++;
    level.cuts += found.cuts;
    level.outcomes += found.pairs;
    level.outcomesPossible += found.possible;
    level.boundedCuts += found.bounded;
    level.states += found.distinct;
    level.broken += found.brokenTotal;
  }

  private scenarioOf(actions: readonly Action[]): Scenario {
    const { policy, profiles, timing = 0, bug = BUG_NONE, settings = {} } = this.options;
    const atUs = ASSEMBLY_US + actions.at(-1)!.atUs + TAIL_US;
    return {
      ...PLAIN_SETTINGS,
      // The weakest sync that the contract allows answers the driver; the application's own flush.
      syncKinds: [SYNC_DIRTY_ONLY],
      policy,
      profiles,
      timing,
      bug,
      ...settings,
      boots: [{ actions, end: { topology: END_POWER, atUs, pick: 0 } }],
    };
  }
}

/** At once, after each of the times, and after the last one of all. */
function moments(lastUs: number, timesUs: readonly number[], allUs: readonly number[]): number[] {
  const quietUs = Math.max(lastUs, allUs.at(-1) ?? 0) + 1;
  const between = timesUs.filter((timeUs) => timeUs >= lastUs).map((timeUs) => timeUs + 1);
  return [...new Set([lastUs, ...between, quietUs])];
}

/** Whether the text was there; it is from now on. */
function seen(texts: Set<string>, text: string): boolean {
  if (texts.has(text)) return true;
  texts.add(text);
  return false;
}

function newLevel(length: number): ShortLevel {
  const { all, canonical } = sequenceCounts(length);
  return {
    length,
    sequences: all,
    canonical,
    enumerated: 0,
    runs: 0,
    distinctRuns: 0,
    cuts: 0,
    outcomes: 0,
    outcomesPossible: 0,
    boundedCuts: 0,
    states: 0,
    broken: 0,
  };
}
