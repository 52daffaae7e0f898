import { Checks } from "../../campaign/oracle/checks.js";
import { PROMISES, type BrokenPromise } from "../../campaign/oracle/violation.js";
import {
  runUnit,
  type FirstFailure,
  type UnitResult,
  type WorkUnit,
} from "../../campaign/units/work-unit.js";
import type { QuietPart } from "../../campaign/bugs/bug-free-worlds.js";
import type { BugTrial, TrialResult } from "../../campaign/bugs/bug-trial.js";
import type { ReportData } from "../../campaign/campaign-report.js";
import { CleanArrays } from "../../campaign/world/clean-arrays.js";
import { readDriverFile } from "../driver-file.js";
import type { PolicyRow } from "../policy-rows.js";
import { tellCase, type ToldCase } from "../told-case.js";
import type { DevicePartTask, DeviceResult } from "./device-part.js";
import type { FirmwarePartTask, FirmwareResult } from "./firmware-part.js";
import { smallestCase } from "./smallest-case.js";

/** The search for a small case in which a policy breaks P1 and P3. */
export interface CaseTask {
  readonly kind: "case";
  readonly row: PolicyRow;
  readonly seed: number;
  /** The promises that are looked at; default: all. */
  readonly promises?: readonly BrokenPromise[];
}

/** The shrinking of the first failure of a unit. */
export interface ShrinkTask {
  readonly kind: "shrink";
  readonly first: FirstFailure;
  /** The promises that are looked at; default: all. */
  readonly promises?: readonly BrokenPromise[];
}

/** A seeded bug against one check. */
export interface BugTask {
  readonly kind: "bug";
  readonly trial: BugTrial;
}

/** Worlds that must break nothing. */
export interface QuietTask {
  readonly kind: "quiet";
  readonly part: QuietPart;
}

/** What a thread is given to do, and what it answers. */
export interface TaskResults {
  unit: UnitResult;
  device: DeviceResult;
  firmware: FirmwareResult;
  /** null if none was found. */
  case: ToldCase | null;
  /** The case's id. */
  shrink: string;
  bug: TrialResult;
  quiet: ReportData;
}
export type Task =
  | { readonly kind: "unit"; readonly unit: WorkUnit }
  | DevicePartTask
  | FirmwarePartTask
  | CaseTask
  | ShrinkTask
  | BugTask
  | QuietTask;

/** The driver that this thread had last. */
let last: {
  readonly file: string | undefined;
  readonly binary: Uint8Array;
  readonly arrays: CleanArrays;
} | null = null;

/**
 * Does one task: what each thread of the pool is started with. The driver and new arrays are kept for the next one, and
 * change no result.
 */
export default async function runTask(
  task: Task & { readonly driver?: string },
): Promise<TaskResults[Task["kind"]]> {
  if (task.kind === "device") return (await import("./device-part.js")).runDevicePart(task);
  if (task.kind === "firmware") return (await import("./firmware-part.js")).runFirmwarePart(task);
  if (last === null || last.file !== task.driver) {
    const read = readDriverFile(task.driver);
    last = { file: task.driver, binary: read, arrays: new CleanArrays(read) };
  }
  const { binary, arrays } = last;
  switch (task.kind) {
    case "unit":
      return runUnit(task.unit, binary, arrays);
    case "case":
      return tellCase(
        binary,
        arrays,
        task.row,
        task.seed,
        new Checks(task.promises ?? PROMISES),
        task.driver,
      );
    case "shrink":
      return smallestCase(binary, task.first, task.promises);
    case "bug":
      return (await import("../../campaign/bugs/bug-trial.js")).runBugTrial(task.trial, binary, arrays);
    case "quiet":
      return (await import("../../campaign/bugs/bug-free-worlds.js"))
        .runQuietPart(task.part, binary, arrays)
        .data();
  }
}
