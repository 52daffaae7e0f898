import { InputError } from "../../input-error.js";

/** A workload that can't be run as it was asked for: one sentence that says what is wrong, where, and the remedy. */
export class WorkloadError extends InputError {
  constructor(message: string) {
    super(message);
    this.name = "WorkloadError";
  }
}
