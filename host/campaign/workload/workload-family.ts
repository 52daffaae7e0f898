import type { Workload } from "./workload.js";

/** Workloads that are made from parameters. */
export interface WorkloadFamily {
  readonly name: string;
  /** How it is written: the name, and what may follow. */
  readonly form: string;
  /** One line for a person. */
  readonly title: string;
  /**
   * @param parameters what follows the colon after the name; empty for none
   * @throws WorkloadError
   */
  make(parameters: string): Workload;
}
