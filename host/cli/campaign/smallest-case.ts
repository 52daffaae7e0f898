import { encodeCase } from "../../campaign/case/case-id.js";
import { caseOf } from "../../campaign/case/failing-case.js";
import { shrinkCase } from "../../campaign/case/shrink.js";
import { Checks } from "../../campaign/oracle/checks.js";
import { PROMISES, type BrokenPromise } from "../../campaign/oracle/violation.js";
import type { FirstFailure } from "../../campaign/units/work-unit.js";

/**
 * Id of the first failure of a unit, shrunk.
 * @param binary the rig build of the driver
 * @param promises those that are looked at
 */
export function smallestCase(
  binary: Uint8Array,
  first: FirstFailure,
  promises: readonly BrokenPromise[] = PROMISES,
): string {
  const checks = new Checks(promises);
  return encodeCase(shrinkCase(binary, caseOf(first.scenario, first.violation), { checks }).failing);
}
