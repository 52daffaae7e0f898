import type { UnitResult, WorkUnit } from "../../campaign/units/work-unit.js";
import type { CampaignCheck } from "./campaign-check.js";
import type { DeviceSource, DeviceUnit } from "./device-part.js";
import type { FirmwareSource, FirmwareUnit } from "./firmware-part.js";
import type { TaskPool } from "./task-pool.js";
import type { Terminal } from "../terminal.js";

/** A unit of a campaign, and what it is called while it is run. */
export interface PlannedUnit {
  readonly title: string;
  readonly unit: WorkUnit | DeviceUnit | FirmwareUnit;
}

/** How much of a campaign was run, and why no more. */
export interface CampaignRun<Result = UnitResult> {
  /** By unit; null for one that was not run. */
  readonly results: readonly (Result | null)[];
  readonly ended: "complete" | "budget" | "interrupted";
  /** Whether the time budget is used up: what a conclusion would run besides is not begun then. */
  readonly isOver: () => boolean;
  /** What came of units that were stopped within: told, but not kept. */
  readonly stopped?: readonly Result[];
}

/** What a campaign came to. */
export interface CampaignOutcome {
  readonly exitCode: number;
  /** For a person. @param elapsedMs the only thing in it that differs between two runs with one seed */
  text(colour: boolean, elapsedMs: number): string;
  /** For a program; two runs with one seed give the same. */
  readonly json: Readonly<Record<string, unknown>>;
  /** What had to hold, one by one. */
  readonly checks: readonly CampaignCheck[];
}

/** A campaign: its units, and what to make of their results. */
export interface CampaignPlan<Result = UnitResult> {
  readonly units: readonly PlannedUnit[];
  /** What a thread is given to run a unit of a device; default: the unit is all that it needs. */
  readonly device?: DeviceSource;
  /** The same of firmware. */
  readonly firmware?: FirmwareSource;
  conclude(run: CampaignRun<Result>, pool: TaskPool, terminal: Terminal): Promise<CampaignOutcome>;
}
