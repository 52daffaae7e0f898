import {
  FAULT_CLEAN_AND_FLIPS,
  FAULT_CLEAN_BUT_DIFFERENT,
  FAULT_FLIPPED,
  FAULT_NO_END,
  FAULT_STATUS,
  FAULT_STILL_DIFFERENT,
} from "../search/recovery-fault.js";
import {
  VERDICT_INVENTED,
  VERDICT_LOST,
  VERDICT_STALE,
  VERDICT_UNREADABLE_NOT_IN_FLIGHT,
  type Verdict,
} from "./sector-verdict.js";

/** The promises of the blueprint that a campaign checks, and the driver stopping itself. */
export type BrokenPromise = "P1" | "P2" | "P3" | "P4" | "P5" | "P6" | "P7" | "trap";

export const PROMISES: readonly BrokenPromise[] = ["P1", "P2", "P3", "P4", "P5", "P6", "P7", "trap"];

/** One broken promise, with everything that is needed to see it again. */
export interface Violation {
  readonly promises: readonly BrokenPromise[];
  /** Index of the boot in which it happened, and the event step in it. */
  readonly boot: number;
  readonly step: number;
  readonly timeUs: number;
  /** The crash outcome of each card (options of its crash space), or null for a fault of the running system. */
  readonly choices: readonly [readonly number[], readonly number[]] | null;
  /** Data sector concerned; -1 for none. */
  readonly sector: number;
  readonly text: string;
  /** Id of the case, by workloads that are scenarios: replays alone, whatever becomes of the workload. */
  readonly caseId?: string;
}

/** Which promises a fault of a recovery breaks. */
export function promisesOfFault(fault: number): readonly BrokenPromise[] {
  switch (fault) {
    case FAULT_CLEAN_AND_FLIPS:
      return ["P1", "P3"];
    case FAULT_CLEAN_BUT_DIFFERENT:
      return ["P1"];
    case FAULT_FLIPPED:
    case FAULT_STILL_DIFFERENT:
      return ["P3"];
    case FAULT_NO_END:
      return ["P5"];
    case FAULT_STATUS:
      return ["P7"];
    default:
      return ["trap"];
  }
}

/** Which promises contents break that the history does not permit. */
export function promisesOfVerdict(verdict: Verdict): readonly BrokenPromise[] {
  if (verdict === VERDICT_LOST || verdict === VERDICT_STALE) return ["P2"];
  if (verdict === VERDICT_INVENTED || verdict === VERDICT_UNREADABLE_NOT_IN_FLIGHT) return ["P4"];
  return ["P3"];
}
