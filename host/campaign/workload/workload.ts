import type { CampaignReport } from "../campaign-report.js";
import type { CleanArrays } from "../world/clean-arrays.js";
import type { Checks } from "../oracle/checks.js";
import type { CutSchedule } from "../search/cut-schedule.js";
import type { PolicyChoice } from "../world/policy-choice.js";
import type { WorldSettings } from "../world/scenario.js";
import type { Holes } from "../world/scenario-generator.js";

/** What may be set for any workload; see WorldSettings. */
export type ExtraSettings = Pick<WorldSettings, "options" | "collides">;

/** How a workload is run. The same options give the same report. */
export interface WorkloadOptions {
  /** The rig build of the driver. */
  readonly binary: Uint8Array;
  /** Any integer; its low 32 bits decide races, timing and the moments of the cuts. */
  readonly seed: number;
  /** Moments at which the power is cut, or could be under a schedule; each workload has its own default. */
  readonly budget?: number | undefined;
  /** Seeded bug of the driver, BUG_...; default none. */
  readonly bug?: number | undefined;
  /** The mail's two holes, where the workload has a thread that can open them; default none. */
  readonly holes?: Holes | undefined;
  /** Violations after which the run ends; default: it goes on. */
  readonly bail?: number | undefined;
  /** Profiles of card A and card B; default: the workload's own. */
  readonly profiles?: readonly [string, string] | undefined;
  /** Settings of the world beside the workload's own: options of the driver, colliding stores; default none. */
  readonly settings?: ExtraSettings | undefined;
  /** The promises that are looked at; default: all. */
  readonly checks?: Checks | undefined;
  /** At which moments the power is cut. Default: after each event, or at a sample of them; see Workload.scheduled. */
  readonly schedule?: CutSchedule | undefined;
  /** New arrays made before, to be shared by the runs of a table. */
  readonly arrays?: CleanArrays | undefined;
  /** Told after each part of the run, with the report as it stands. */
  readonly onProgress?: ((report: CampaignReport) => void) | undefined;
}

/** Something that uses a mirror while its power is cut. */
export interface Workload {
  readonly name: string;
  /** One line for a person. */
  readonly title: string;
  /** Cuts if the options name no budget: a second or two. */
  readonly budget: number;
  /**
   * Whether it is cut after every event unless a schedule says otherwise; others are cut at a sample of their moments, as
   * many as their budget says, and run under a schedule only if they are named.
   */
  readonly scheduled: boolean;
  /** Whether its recoveries can be cut (depth N). */
  readonly deep: boolean;
  run(policy: PolicyChoice, options: WorkloadOptions): Promise<CampaignReport>;
}
