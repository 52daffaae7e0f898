import { replayCommandLine, type ReplayFlags } from "../../campaign/case/replay-command-line.js";
import { firmwareVacuity, type BootCounts, type FirmwareReport } from "../../dut/firmware/firmware-report.js";
import type { CampaignRun } from "../campaign/campaign-plan.js";
import { unitsText } from "../campaign/units-run.js";
import type { DutOptions } from "../dut-options.js";
import { grouped } from "../number-text.js";
import { exitCodeOfSurvival, outcomeCountsText, survivalText } from "../survival.js";
import type { FirmwareTexts } from "./firmware-options.js";

/** @param ended of the run of its units, and of the shrinking */
export function exitCodeOfFirmware(report: FirmwareReport, ended: CampaignRun["ended"]): number {
  return exitCodeOfSurvival(report.failing, ended, firmwareVacuity(report) !== null);
}

/** For a person. */
export function firmwareText(
  report: FirmwareReport,
  texts: FirmwareTexts,
  options: DutOptions,
  run: CampaignRun<unknown>,
  colour: boolean,
): string {
  const { cases, shrunk, failing, recovery } = report;
  const lines = [
    `${report.dut} with two cards of class ${report.profile}, power: ${report.power}`,
    `ran       ${grouped(report.cycles)} cycles, said ${grouped(report.marks)} lines; digest ${report.digest}`,
    `cuts      ${grouped(report.cuts)} of ${grouped(report.moments)} moments`,
    `outcomes  ${outcomeCountsText(report)}`,
    `states    ${grouped(report.distinct)} distinct, ${grouped(failing - (recovery?.failing ?? 0))} not well`,
    ...(recovery === null ? [] : bootLines(recovery)),
  ];
  const found = shrunk ?? cases[0];
  if (shrunk !== null) {
    const { cycle, recoveries } = shrunk.failing;
    const more = recoveries.length === 0 ? "" : `, and ${recoveries.length} more cuts of boots behind it`;
    const earlier = `cycle ${cycle} of ${report.cycles}, found at ${shrunk.cycleBefore}${more}`;
    lines.push("", `The smallest case (${earlier}; ${shrunk.lost} choices of the cut):`, shrunk.story);
  } else if (found !== undefined) lines.push("", `The verdict: ${found.wrong}`);
  if (found !== undefined)
    lines.push("", `case    ${found.id}`, `replay  ${replayLine(found.id, texts, options)}`);
  const vacuous = firmwareVacuity(report);
  if (run.ended === "budget") lines.push("", unitsText(run).trimEnd());
  else if (report.interrupted) lines.push("", "Interrupted: this is what was done until then.");
  else if (failing === 0 && vacuous !== null) lines.push("", `Proves nothing: ${vacuous}.`);
  lines.push("", survivalText(report, vacuous, colour));
  return `${lines.join("\n")}\n`;
}

function bootLines(recovery: BootCounts): string[] {
  const { depth, boots, cuts, distinct, failing } = recovery;
  return [
    `recovery  ${grouped(boots)} boots cut at ${grouped(cuts)} moments, up to ${depth} cuts a case`,
    `outcomes  ${outcomeCountsText(recovery)}`,
    `states    ${grouped(distinct)} more, ${grouped(failing)} not well`,
  ];
}

/** The command that shows a case again. */
export function replayLine(id: string, texts: FirmwareTexts, options: DutOptions): string {
  return replayCommandLine(id, flagsOf(texts, options));
}

/** What a replay needs besides the id. */
function flagsOf(texts: FirmwareTexts, { dut, check, sectors }: DutOptions): ReplayFlags {
  const { cardA, cardB, csA, csB, pass, fail, maxCycles, lenient } = texts;
  return {
    dut,
    "card-a": cardA,
    "card-b": cardB,
    size: sectors === undefined ? undefined : sectors * 512,
    "cs-a": csA,
    "cs-b": csB,
    pass,
    fail,
    "max-cycles": maxCycles,
    check,
    lenient,
  };
}

/** For a program. */
export function firmwareJson(
  { shrunk, cases, ...counts }: FirmwareReport,
  exitCode: number,
  units: Record<string, unknown>,
): Record<string, unknown> {
  return {
    ...counts,
    campaign: "firmware",
    exitCode,
    cases: cases.map(({ id, wrong }) => ({ id, wrong })),
    shrunk:
      shrunk === null
        ? null
        : {
            id: shrunk.id,
            wrong: shrunk.wrong,
            cycle: shrunk.failing.cycle,
            cycleBefore: shrunk.cycleBefore,
            lost: shrunk.lost,
            lostBefore: shrunk.lostBefore,
            story: shrunk.story.split("\n"),
          },
    units,
  };
}
