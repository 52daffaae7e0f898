import type { Recovered } from "./recovery.js";
import type { ScratchPair } from "./scratch-pair.js";

/** Looks at recovered arrays as a client of the mirror would: mounts a file system, say. */
export interface RecoveryInspector {
  /** Changes whenever an answer of `judge` may have changed. */
  readonly version: number;
  /**
   * A state was recovered that was not met before. The pair holds both images as recovery left them: resynchronised
   * if `recovered.resynced`. It must not be changed.
   */
  stateRecovered(pair: ScratchPair, recovered: Recovered): void;
  /** What is wrong with a recovered state if the power was cut now, in one sentence; empty when nothing is. */
  judge(recovered: Recovered): string;
}
