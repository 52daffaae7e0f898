import type { CampaignOutcome } from "../campaign/campaign-plan.js";
import { githubReport } from "./github-report.js";
import { junitReport } from "./junit-report.js";

/** How a campaign's result is told, by the name that --report takes. */
export const REPORTERS = {
  line: (outcome: CampaignOutcome, colour: boolean, elapsedMs: number): string =>
    outcome.text(colour, elapsedMs),
  json: (outcome: CampaignOutcome): string => `${JSON.stringify(outcome.json, null, 2)}\n`,
  junit: (outcome: CampaignOutcome): string => junitReport(outcome.checks),
  github: (outcome: CampaignOutcome): string => githubReport(outcome.checks),
} as const;

export type ReporterName = keyof typeof REPORTERS;
export const REPORTER_NAMES = Object.keys(REPORTERS) as ReporterName[];
