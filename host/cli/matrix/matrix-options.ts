import { cellWorkload } from "../../campaign/matrix/matrix-cell.js";
import { workersOf } from "../campaign/run-options.js";
import type { PolicyRow } from "../policy-rows.js";
import { SEED_MAX } from "../dut-options.js";
import { numberIn, wholeNumberIn } from "../usage-error.js";
import { MATRIX_POLICIES, matrixPolicy } from "./matrix-policies.js";
import { MATRIX_PROFILES, matrixProfile, type MatrixProfile } from "./matrix-profiles.js";

/** What was asked of `bench matrix`, as texts. */
export interface MatrixTexts {
  readonly policy?: string;
  readonly profile?: string;
  readonly workload: string;
  readonly seed: string;
  readonly scale: string;
  readonly workers?: string;
  readonly json?: boolean;
}

/** The same, checked. */
export interface MatrixOptions {
  readonly policies: readonly PolicyRow[];
  readonly profiles: readonly MatrixProfile[];
  readonly workload: string;
  readonly seed: number;
  readonly scale: number;
  readonly workers: number;
  /** Every policy on every class. */
  readonly whole: boolean;
}

/** Some blocks are hot, and a second thread goes on modifying what was written: of 100 writes after 60. */
export const MATRIX_WORKLOAD = "hotspot:blocks=64:ops=300:modified=60";
const SCALE_MIN = 0.01;
const SCALE_MAX = 10_000;

/** @throws UsageError, WorkloadError, ProfileError of one sentence that says what to give instead */
export function matrixOptions(texts: MatrixTexts): MatrixOptions {
  return {
    policies: namesOf(texts.policy, MATRIX_POLICIES).map(matrixPolicy),
    profiles: namesOf(texts.profile, MATRIX_PROFILES).map(matrixProfile),
    workload: cellWorkload(texts.workload).name,
    seed: wholeNumberIn("--seed", texts.seed, 0, SEED_MAX),
    scale: numberIn("--scale", texts.scale, SCALE_MIN, SCALE_MAX),
    workers: workersOf(texts.workers),
    whole: texts.policy === undefined && texts.profile === undefined,
  };
}

function namesOf(text: string | undefined, usual: readonly string[]): string[] {
  return text === undefined ? [...usual] : [...new Set(text.split(",").map((name) => name.trim()))];
}
