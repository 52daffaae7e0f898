import { encodeCase } from "../../campaign/case/case-id.js";
import { caseOf } from "../../campaign/case/failing-case.js";
import { shrinkCase } from "../../campaign/case/shrink.js";
import type { FirstFailure } from "../../campaign/units/work-unit.js";

/** Id of the first failure of a unit, shrunk. @param binary the rig build of the driver */
export function smallestCase(binary: Uint8Array, first: FirstFailure): string {
  return encodeCase(shrinkCase(binary, caseOf(first.scenario, first.violation)).failing);
}
