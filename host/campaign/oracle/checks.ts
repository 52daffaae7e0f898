import { PROMISES, type BrokenPromise } from "./violation.js";

/**
 * The promises that are looked at. One that is off is neither reported nor a reason to end anything: a recovery that
 * breaks it is looked at further, as far as it goes, so that each check can be seen to work by itself.
 */
export class Checks {
  private readonly on: ReadonlySet<BrokenPromise>;

  /** @throws Error when there is none, or one that does not exist */
  constructor(readonly promises: readonly BrokenPromise[]) {
    const unknown = promises.find((promise) => !PROMISES.includes(promise));
    if (unknown !== undefined || promises.length === 0) {
      throw new Error(`checks are of ${PROMISES.join(", ")}, at least one: not "${unknown ?? ""}"`);
    }
    this.on = new Set(promises);
  }

  has(promise: BrokenPromise): boolean {
    return this.on.has(promise);
  }

  /** Whether one of these is looked at. */
  hasAny(promises: readonly BrokenPromise[]): boolean {
    return promises.some((promise) => this.on.has(promise));
  }

  /** Those of the broken promises that are looked at. */
  of(promises: readonly BrokenPromise[]): readonly BrokenPromise[] {
    return promises.every((promise) => this.on.has(promise))
      ? promises
      : promises.filter((promise) => this.on.has(promise));
  }
}

/** Every promise, and that the driver does not stop itself: how everything is judged unless asked otherwise. */
export const ALL_CHECKS = new Checks(PROMISES);
