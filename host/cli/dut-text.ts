import { replayCommandLine } from "../campaign/case/replay-command-line.js";
import { writeFileSync } from "node:fs";
import { writeDmLog } from "../dut/dm-log-writes.js";
import { vacuity, type DutReport, type RecoveryCounts } from "../dut/dut-report.js";
import type { CampaignRun } from "./campaign/campaign-plan.js";
import type { DutOptions } from "./dut-options.js";
import { grouped } from "./number-text.js";
import { exitCodeOfSurvival, outcomeCountsText, survivalText } from "./survival.js";

/** @param ended of the run of its units */
export function exitCodeOfDut(report: DutReport, ended: CampaignRun["ended"]): number {
  return exitCodeOfSurvival(report.failing, ended, vacuity(report) !== null || report.distinct === 0);
}

/**
 * The log that the case is of: without it nobody can replay the case of a process, whose next run may write
 * otherwise. Of a log that was given the user has the file.
 * @returns its path; null when there is nothing to keep
 */
export function savedLog(
  { dut, log }: DutOptions,
  save: string | undefined,
  report: DutReport,
): string | null {
  const kept = report.shrunk?.log ?? report.log;
  const isSame = dut === "log" && kept === report.log;
  if (save === undefined && (report.failing === 0 || dut !== "nbd")) return isSame ? log! : null;
  const file = save ?? `${(report.shrunk ?? report.cases[0])!.failing.digest}.log`;
  writeFileSync(file, writeDmLog(kept));
  return file;
}

/** For a person. @param unfinished what was not run, a line; "" for nothing */
export function dutText(
  report: DutReport,
  options: DutOptions,
  log: string | null,
  colour: boolean,
  unfinished: string,
): string {
  const { cases, shrunk, failing, distinct, states, recovery } = report;
  const lines = [
    `${report.dut} on a card of class ${report.profile}`,
    `written   ${writtenText(report)}; log ${report.digest}`,
    `cuts      ${grouped(report.cuts)} of ${grouped(report.moments)} moments`,
    `outcomes  ${outcomeCountsText(report, distinct < states)}`,
    `states    ${grouped(distinct)} distinct, ${grouped(failing - (recovery?.failing ?? 0))} not accepted`,
    ...(recovery === null ? [] : recoveryLines(recovery, distinct < states)),
  ];
  const found = shrunk ?? cases[0];
  if (found !== undefined) {
    if (shrunk !== null) {
      const ops = shrunk.workload === null ? "" : ` at a workload of ${shrunk.workload}`;
      const writes = `${grouped(shrunk.writes)} of the run's ${grouped(report.writes)} writes`;
      lines.push("", `The smallest case (${writes}${ops}):`, shrunk.story);
    } else {
      lines.push("", `The check: ${found.wrong}`);
    }
    lines.push(
      "",
      `case    ${found.id}`,
      `replay  ${replayText(found.id, options, log, shrunk?.workload ?? null)}`,
    );
  }
  const vacuous = vacuity(report);
  if (unfinished !== "") lines.push("", unfinished.trimEnd());
  else if (failing === 0 && vacuous !== null) lines.push("", `Proves nothing: ${vacuous}.`);
  lines.push("", survivalText(report, vacuous, colour));
  return `${lines.join("\n")}\n`;
}

function recoveryLines(recovery: RecoveryCounts, partly: boolean): string[] {
  const { depth, recoveries, cuts, distinct, failing } = recovery;
  return [
    `recovery  ${grouped(recoveries)} recoveries cut at ${grouped(cuts)} moments, up to ${depth} cuts a case`,
    `outcomes  ${outcomeCountsText(recovery, partly)}`,
    `states    ${grouped(distinct)} more, ${grouped(failing)} not accepted`,
  ];
}

function writtenText({ writes, flushes, marks }: DutReport): string {
  return `${grouped(writes)} writes, ${grouped(flushes)} flushes, ${grouped(marks)} marks`;
}

/** The command that shows a case again. */
export function replayText(
  id: string,
  { dut, check, recover }: DutOptions,
  log: string | null,
  workload: number | null,
): string {
  if (dut !== "nbd" && dut !== "log") return replayCommandLine(id, { dut, ops: workload ?? undefined });
  return replayCommandLine(id, { log: log ?? undefined, check, recover });
}

/** For a program. */
export function dutJson(
  report: DutReport,
  exitCode: number,
  log: string | null,
  units: Record<string, unknown>,
): Record<string, unknown> {
  const { log: _log, shrunk, cases, ...counts } = report;
  return {
    ...counts,
    campaign: "device",
    exitCode,
    logFile: log,
    cases: cases.map(({ id, wrong }) => ({ id, wrong })),
    shrunk:
      shrunk === null
        ? null
        : {
            id: shrunk.id,
            wrong: shrunk.wrong,
            workload: shrunk.workload,
            writes: shrunk.writes,
            writesBefore: shrunk.writesBefore,
            story: shrunk.story.split("\n"),
          },
    units,
  };
}
