import type { CampaignReport } from "../campaign/campaign-report.js";
import { PROMISES, type BrokenPromise } from "../campaign/oracle/violation.js";
import { EXIT_BROKEN, EXIT_HANG, EXIT_HELD, EXIT_TRAPPED, EXIT_VACUOUS } from "./exit-codes.js";

/** What a run shows about a policy. */
export type Verdict = "safe" | "UNSAFE" | "vacuous";

/** What a policy that clears too early breaks; anything else it breaks is a bug of its own. */
const EXCUSED: readonly BrokenPromise[] = ["P1", "P2", "P3"];

export function verdictOf(report: CampaignReport, clearsExpected: boolean): Verdict {
  if (report.brokenTotal > 0) return "UNSAFE";
  return report.vacuous(clearsExpected).length > 0 ? "vacuous" : "safe";
}

/** Exit code for a policy that is judged as it is. */
export function exitCodeOf(report: CampaignReport, clearsExpected: boolean): number {
  const verdict = verdictOf(report, clearsExpected);
  if (verdict === "safe") return EXIT_HELD;
  return verdict === "vacuous" ? EXIT_VACUOUS : brokenExitCode(report);
}

/** Exit code for a policy of which theory says whether it holds: one that does not must be caught. */
export function exitCodeAgainstTheory(
  report: CampaignReport,
  clearsExpected: boolean,
  holds: boolean,
): number {
  if (holds) return exitCodeOf(report, clearsExpected);
  if (PROMISES.some((promise) => report.broken[promise] > 0 && !EXCUSED.includes(promise))) {
    return brokenExitCode(report);
  }
  return report.broken.P1 > 0 && report.broken.P3 > 0 ? EXIT_HELD : EXIT_VACUOUS;
}

/** Exit code of a report in which something is broken. */
export function brokenExitCode({ broken, brokenTotal }: CampaignReport): number {
  if (broken.trap > 0) return EXIT_TRAPPED;
  return broken.P5 === brokenTotal ? EXIT_HANG : EXIT_BROKEN;
}

/** The code that says most about several results: a trap, a broken promise, a hang, then a vacuous run. */
export function gravest(codes: readonly number[]): number {
  const order = [EXIT_TRAPPED, EXIT_BROKEN, EXIT_HANG, EXIT_VACUOUS];
  return order.find((code) => codes.includes(code)) ?? EXIT_HELD;
}

/** "P1 214 P3 98", or "-" if nothing is broken. */
export function brokenText(report: CampaignReport): string {
  const counts = PROMISES.filter((promise) => report.broken[promise] > 0);
  return counts.map((promise) => `${promise} ${report.broken[promise]}`).join(" ") || "-";
}
