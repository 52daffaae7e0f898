// syncgate/rig: runs the driver on emulated cards, cuts their power, and judges what recovery makes of it.

/** Scenarios, run and cut after every event. */
export { Campaign } from "./campaign.js";
/** New arrays, made once for several campaigns. */
export { CleanArrays } from "./world/clean-arrays.js";
/** What a campaign did and found. */
export { CampaignReport } from "./campaign-report.js";
/** The promises that are looked at. */
export { ALL_CHECKS, Checks } from "./oracle/checks.js";
/** Broken promises. */
export { PROMISES, type BrokenPromise, type Violation } from "./oracle/violation.js";
/** Clearing policies. */
export { policyTitle, POLICY_NAMES, type PolicyChoice, type PolicyName } from "./world/policy-choice.js";
/** Scenarios: what decides a run. */
export {
  ACTION_DIRECT,
  ACTION_DIRECT_STORE,
  ACTION_FORGET,
  ACTION_READ,
  ACTION_STORE,
  ACTION_SYNC,
  END_POWER,
  END_RESET,
  TINY,
  type Action,
  type Boot,
  type BootEnd,
  type Scenario,
  type ScenarioGeometry,
  type WorldSettings,
} from "./world/scenario.js";
/** Scenarios from a seed: of any kind, or the mail's story. */
export { generateScenario, NO_HOLES, type GeneratorOptions, type Holes } from "./world/scenario-generator.js";
export { generateMailScenario } from "./world/mail-scenario.js";
/** All short workloads, the shortest first. */
export {
  enumerateShort,
  type ShortEnumerationOptions,
  type ShortFailure,
  type ShortLevel,
  type ShortResult,
} from "./short/short-enumeration.js";
export { operationsText, type ShortOperation } from "./short/short-operation.js";
/** Named workloads: synthetic, recorded traces, job files, a real file system. */
export { workload, WORKLOADS } from "./workload/workloads.js";
export { type Workload, type WorkloadOptions } from "./workload/workload.js";
export { WorkloadError } from "./workload/workload-error.js";
/** Failing cases as short ids; replay, shrink and tell them. */
export { caseOf, type FailingCase } from "./case/failing-case.js";
export { decodeCase, encodeCase } from "./case/case-id.js";
export { CaseIdError } from "./case/case-id-text.js";
export { replayCase, type Replayed, type ReplayEnding } from "./case/replay.js";
export { shrinkCase, type Shrunk, type ShrinkOptions } from "./case/shrink.js";
export { headlineOf, storyOf, traceOf } from "./case/story.js";
/** How large a case is. */
export { caseSize, isSmall, SIZE_GOAL, type CaseSize } from "./case/case-size.js";
/** Mistakes of the driver that the rig must catch. */
export { BugHunt, huntSeeds, killSeededBug, type HuntOptions, type Kill } from "./bugs/bug-hunt.js";
export { HIDDEN_BUGS } from "./bugs/hidden-bugs.js";
export { type SeededBug } from "./bugs/seeded-bug.js";
export { SEEDED_BUGS } from "./bugs/seeded-bugs.js";
/** The module that a campaign runs: the rig build. */
export { readDriver, type DriverBuild } from "../mirror/driver-binary.js";
/** Other devices than the driver. */
export * from "../dut/index.js";
