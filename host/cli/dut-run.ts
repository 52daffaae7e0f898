import { writeFileSync } from "node:fs";
import { DutHang } from "../dut/device-under-test.js";
import { writeDmLog } from "../dut/dm-log-writes.js";
import { tortureDevice } from "../dut/dut-campaign.js";
import { vacuity, type DutReport } from "../dut/dut-report.js";
import { deviceOf } from "./dut-device.js";
import type { DutOptions } from "./dut-options.js";
import { EXIT_BROKEN, EXIT_HANG, EXIT_HELD, EXIT_INTERRUPTED, EXIT_VACUOUS } from "./exit-codes.js";
import { grouped, outcomesText } from "./number-text.js";
import { styled } from "./style.js";
import type { Terminal } from "./terminal.js";

/** What a run of `syncgate torture --dut` needs beside the device. */
export interface DutRunSetting {
  readonly profile: string;
  readonly seed: number;
  /** Whether a failing case is made small. */
  readonly cases: boolean;
  readonly json: boolean;
  readonly terminal: Terminal;
}

/** `syncgate torture --dut`. @returns the exit code. @throws UsageError */
export async function runDut(options: DutOptions, setting: DutRunSetting): Promise<number> {
  const { terminal, profile, seed, cases, json } = setting;
  try {
    const report = await tortureDevice(await deviceOf(options), {
      profile,
      seed,
      cuts: options.cuts,
      outcomesPerCut: options.outcomesPerCut,
      shrink: cases,
      signal: terminal.interrupted,
      onProgress: (text) => terminal.progress(text),
    });
    terminal.progress("");
    const log = savedLog(options, report);
    const exitCode = exitCodeOf(report);
    terminal.print(json ? dutJson(report, exitCode, log) : dutText(report, options, log, terminal.colour));
    return exitCode;
  } catch (error) {
    if (!(error instanceof DutHang)) throw error;
    terminal.complain(
      `error: ${error.message}: give it more time by --deadline, or see why it does not end\n`,
    );
    return EXIT_HANG;
  }
}

function exitCodeOf(report: DutReport): number {
  if (report.failing > 0) return EXIT_BROKEN;
  if (report.interrupted) return EXIT_INTERRUPTED;
  return vacuity(report) === null ? EXIT_HELD : EXIT_VACUOUS;
}

/**
 * The log that the case is of: without it nobody can replay the case of a process, whose next run may write
 * otherwise. Of a log that was given the user has the file.
 * @returns its path; null when there is nothing to keep
 */
function savedLog({ save, dut, log }: DutOptions, report: DutReport): string | null {
  const kept = report.shrunk?.log ?? report.log;
  const isSame = dut === "log" && kept === report.log;
  if (save === undefined && (report.failing === 0 || dut !== "nbd")) return isSame ? log! : null;
  const file = save ?? `${(report.shrunk ?? report.cases[0])!.failing.digest}.log`;
  writeFileSync(file, writeDmLog(kept));
  return file;
}

function dutText(report: DutReport, options: DutOptions, log: string | null, colour: boolean): string {
  const { outcomesTried, outcomesPossible, boundedCuts, cases, shrunk, failing } = report;
  const lines = [
    `${report.dut} on a card of class ${report.profile}`,
    `written   ${writtenText(report)}; log ${report.digest}`,
    `cuts      ${grouped(report.cuts)} of ${grouped(report.moments)} moments`,
    `outcomes  ${outcomesText({ pairs: outcomesTried, possible: outcomesPossible, bounded: boundedCuts })}`,
    `states    ${grouped(report.distinct)} distinct, ${grouped(failing)} not accepted`,
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
  if (report.interrupted) lines.push("", "Interrupted: this is what was done until then.");
  else if (failing === 0 && vacuous !== null) lines.push("", `Proves nothing: ${vacuous}.`);
  lines.push("", failing > 0 ? styled("It does not survive.", "bad", colour) : survived(report, colour));
  return `${lines.join("\n")}\n`;
}

function writtenText({ writes, flushes, marks }: DutReport): string {
  return `${grouped(writes)} writes, ${grouped(flushes)} flushes, ${grouped(marks)} marks`;
}

function survived(report: DutReport, colour: boolean): string {
  if (report.interrupted || vacuity(report) !== null) return styled("Nothing is known.", "doubtful", colour);
  return styled("It survived.", "good", colour);
}

function replayText(
  id: string,
  { dut, check }: DutOptions,
  log: string | null,
  workload: number | null,
): string {
  if (dut !== "nbd" && dut !== "log")
    return `npx syncgate replay ${id} --dut ${dut}${workload === null ? "" : ` --ops ${workload}`}`;
  return `npx syncgate replay ${id} --log ${log} --check ${JSON.stringify(check)}`;
}

function dutJson(report: DutReport, exitCode: number, log: string | null): string {
  const { log: _log, shrunk, cases, ...counts } = report;
  const result = {
    ...counts,
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
  };
  return `${JSON.stringify(result, null, 2)}\n`;
}
