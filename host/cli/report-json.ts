import type { CampaignReport } from "../campaign/campaign-report.js";

/** A report's counts, for --json: plain numbers, no times but virtual ones. */
export function reportJson(report: CampaignReport): Record<string, unknown> {
  const { resyncs: _resyncs, coverage: _coverage, violations, ...counts } = report;
  return {
    ...counts,
    resyncSectorsP99: report.resyncPercentile(99),
    firstViolations: violations.slice(0, 3).map(({ promises, boot, step, timeUs, sector, text, caseId }) => ({
      promises,
      boot,
      step,
      timeUs,
      sector,
      text,
      ...(caseId === undefined ? {} : { caseId }),
    })),
  };
}
