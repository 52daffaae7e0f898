import { writeFileSync } from "node:fs";
import type { Command } from "commander";
import type { CampaignOutcome } from "../campaign/campaign-plan.js";
import type { Terminal } from "../terminal.js";
import { oneOf, UsageError } from "../usage-error.js";
import { REPORTERS, REPORTER_NAMES, type ReporterName } from "./reporter.js";

/** How a result is told, as texts. */
export interface ReportTexts {
  readonly report?: string;
  readonly reportFile?: string;
  readonly json?: boolean;
}

export interface ReportOptions {
  readonly reporter: ReporterName;
  readonly file: string | undefined;
}

/** Adds the options of ReportTexts to a command. */
export function withReportOptions(command: Command): Command {
  return command
    .option("--report <name>", `how the result is told: ${REPORTER_NAMES.join(", ")}; default line`)
    .option("--report-file <file>", "write that report to a file, and the lines for a person to the terminal")
    .option("--json", "the same as --report json");
}

/** @throws UsageError of one sentence */
export function reportOptions({ report, reportFile, json }: ReportTexts): ReportOptions {
  if (json === true && report !== undefined && report !== "json") {
    throw new UsageError(`--json and --report ${report} are two reports: ask for one of them`);
  }
  return {
    reporter: oneOf("reporter", report ?? (json === true ? "json" : "line"), REPORTER_NAMES),
    file: reportFile,
  };
}

/** Prints the result, or writes it to the file. @throws UsageError when that cannot be written */
export function tellOutcome(
  outcome: CampaignOutcome,
  { reporter, file }: ReportOptions,
  terminal: Terminal,
  elapsedMs: number,
): void {
  terminal.progress("");
  if (file === undefined) {
    terminal.print(REPORTERS[reporter](outcome, terminal.colour, elapsedMs));
    return;
  }
  try {
    writeFileSync(file, REPORTERS[reporter](outcome, false, elapsedMs));
  } catch (error) {
    throw new UsageError(`the report cannot be written to ${file}: ${(error as Error).message}`);
  }
  terminal.print(REPORTERS.line(outcome, terminal.colour, elapsedMs));
}
