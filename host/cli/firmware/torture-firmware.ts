import { replayCommandLine, type ReplayFlags } from "../../campaign/case/replay-command-line.js";
import { cardClass } from "../../dut/card-class.js";
import { tortureFirmware } from "../../dut/firmware/firmware-campaign.js";
import { firmwareVacuity, type FirmwareReport } from "../../dut/firmware/firmware-report.js";
import { dutOptions, type DutOptions } from "../dut-options.js";
import { EXIT_BROKEN, EXIT_HELD, EXIT_INTERRUPTED, EXIT_VACUOUS } from "../exit-codes.js";
import { grouped, outcomesText } from "../number-text.js";
import { styled } from "../style.js";
import type { Terminal } from "../terminal.js";
import type { TortureTexts } from "../torture-options.js";
import { UsageError } from "../usage-error.js";
import type { FirmwareTexts } from "./firmware-options.js";
import { firmwareUnderTest } from "./torture-firmware-options.js";

/** Of campaigns in units, and of logs: firmware runs in one piece, on a board. */
const NOT_FOR_FIRMWARE = [
  "save",
  "workers",
  "shard",
  "budget",
  "out",
  "resume",
  "report",
  "reportFile",
] as const;

/** `syncgate torture --dut x.uf2`. @returns the exit code. @throws UsageError, DutError; DutHang of a check */
export async function runFirmwareTorture(
  texts: TortureTexts & FirmwareTexts & { readonly save?: string },
  terminal: Terminal,
): Promise<number> {
  const given = NOT_FOR_FIRMWARE.find((option) => texts[option] !== undefined);
  if (given !== undefined) {
    const name = given.replace("reportFile", "report-file");
    throw new UsageError(`--${name} is not for firmware, which is tortured in one piece: leave it out`);
  }
  const options = dutOptions(texts)!;
  const report = await tortureFirmware(firmwareUnderTest(texts, options), {
    characteristics: cardClass(options.profile),
    seed: options.seed,
    cuts: options.cuts,
    outcomesPerCut: options.outcomesPerCut,
    shrink: options.cases,
    signal: terminal.interrupted,
    onProgress: (text) => terminal.progress(text),
  });
  terminal.progress("");
  const exitCode = exitCodeOf(report);
  const told =
    texts.json === true ? reportJson(report, exitCode) : reportText(report, texts, options, terminal.colour);
  terminal.print(told);
  return exitCode;
}

function exitCodeOf(report: FirmwareReport): number {
  if (report.failing > 0) return EXIT_BROKEN;
  if (report.interrupted) return EXIT_INTERRUPTED;
  return firmwareVacuity(report) === null ? EXIT_HELD : EXIT_VACUOUS;
}

function reportText(
  report: FirmwareReport,
  texts: FirmwareTexts,
  options: DutOptions,
  colour: boolean,
): string {
  const { outcomesTried, outcomesPossible, boundedCuts, cases, shrunk, failing } = report;
  const lines = [
    `${report.dut} with two cards of class ${report.profile}, power: ${report.power}`,
    `ran       ${grouped(report.cycles)} cycles, said ${grouped(report.marks)} lines; digest ${report.digest}`,
    `cuts      ${grouped(report.cuts)} of ${grouped(report.moments)} moments`,
    `outcomes  ${outcomesText({ pairs: outcomesTried, possible: outcomesPossible, bounded: boundedCuts })}`,
    `states    ${grouped(report.distinct)} distinct, ${grouped(failing)} not well`,
  ];
  const found = shrunk ?? cases[0];
  if (shrunk !== null) {
    const earlier = `cycle ${shrunk.failing.cycle} of ${report.cycles}, found at ${shrunk.cycleBefore}`;
    lines.push("", `The smallest case (${earlier}; ${shrunk.lost} choices of the cut):`, shrunk.story);
  } else if (found !== undefined) lines.push("", `The verdict: ${found.wrong}`);
  if (found !== undefined) {
    lines.push("", `case    ${found.id}`, `replay  ${replayCommandLine(found.id, flagsOf(texts, options))}`);
  }
  const vacuous = firmwareVacuity(report);
  if (report.interrupted) lines.push("", "Interrupted: this is what was done until then.");
  else if (failing === 0 && vacuous !== null) lines.push("", `Proves nothing: ${vacuous}.`);
  lines.push("", failing > 0 ? styled("It does not survive.", "bad", colour) : survived(report, colour));
  return `${lines.join("\n")}\n`;
}

function survived(report: FirmwareReport, colour: boolean): string {
  if (report.interrupted || firmwareVacuity(report) !== null)
    return styled("Nothing is known.", "doubtful", colour);
  return styled("It survived.", "good", colour);
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

function reportJson({ shrunk, cases, ...counts }: FirmwareReport, exitCode: number): string {
  const result = {
    ...counts,
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
  };
  return `${JSON.stringify(result, null, 2)}\n`;
}
