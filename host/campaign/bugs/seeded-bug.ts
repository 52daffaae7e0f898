import type { BrokenPromise } from "../oracle/violation.js";
import type { MemberGeneratorOptions } from "../world/member-scenario.js";
import type { GeneratorOptions } from "../world/scenario-generator.js";
import type { Scenario, ScenarioGeometry } from "../world/scenario.js";

/** A mistake that the rig build can make, and the check that must notice it. */
export interface SeededBug {
  /** BUG_... of layout.ts. */
  readonly bug: number;
  readonly name: string;
  /** What the driver does wrong. */
  readonly mistake: string;
  /** The promise whose check catches it. */
  readonly check: BrokenPromise;
  /** Profile of both cards on which it shows. */
  readonly profile: string;
  /** Worlds tried at most. */
  readonly seedsMax: number;
  /** Shows only when recoveries are cut too. */
  readonly depthTwo?: true;
  /** Shows only when cards come and go, in worlds of this kind. */
  readonly members?: Pick<MemberGeneratorOptions, "holes" | "spares" | "more">;
  /** Shows only in worlds with these settings. */
  readonly settings?: Pick<GeneratorOptions, "more" | "empty">;
  /** Shows seldom but in worlds of a family of their own. */
  readonly generate?: (seed: number, options: GeneratorOptions) => Scenario;
  /** Shows only on arrays of this size; default TINY. */
  readonly geometry?: ScenarioGeometry;
}

/** A seeded bug that no campaign has shown. */
export interface HiddenBug {
  readonly bug: number;
  readonly name: string;
  /** "impossible": another rule of the driver hides it, whatever happens; "not yet": some campaign should find it. */
  readonly verdict: "impossible" | "not yet";
  /** Of an impossible one, the proof in short. */
  readonly reason: string;
}
