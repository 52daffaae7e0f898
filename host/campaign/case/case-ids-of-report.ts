import type { CampaignReport } from "../campaign-report.js";
import type { Scenario } from "../world/scenario.js";
import { encodeCase } from "./case-id.js";
import { caseOf } from "./failing-case.js";

/** Violations of one run that are named: the first ones say what the others do. */
const NAMED_MAX = 3;

/**
 * Gives the first violations of a report their case ids. What threads were to do after the cut is left out of them.
 * @param scenario that the report is of, and of no other one
 */
export function nameCases(report: CampaignReport, scenario: Scenario): void {
  for (let i = 0; i < Math.min(NAMED_MAX, report.violations.length); i++) {
    const violation = report.violations[i]!;
    const { boot, timeUs } = violation;
    // A boot's actions count from the end of its assembly on, the time of the cut from the first boot on.
    const boots = scenario.boots.map((one, index) =>
      index < boot ? one : { ...one, actions: one.actions.filter(({ atUs }) => atUs <= timeUs) },
    );
    const caseId = encodeCase(caseOf({ ...scenario, boots }, violation));
    report.violations[i] = { ...violation, caseId };
  }
}
