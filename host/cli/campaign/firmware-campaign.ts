import { createHash } from "node:crypto";
import { concludeFirmware, firmwareCampaignOf } from "../../dut/firmware/firmware-campaign.js";
import { firmwareVacuity } from "../../dut/firmware/firmware-report.js";
import { dutOptions } from "../dut-options.js";
import { EXIT_HELD } from "../exit-codes.js";
import { exitCodeOfFirmware, firmwareJson, firmwareText, replayLine } from "../firmware/firmware-text.js";
import { firmwareUnderTest } from "../firmware/torture-firmware-options.js";
import type { Terminal } from "../terminal.js";
import type { CampaignPlan } from "./campaign-plan.js";
import type { CampaignRequest } from "./campaign-request.js";
import { benchSetting, limitsOf, type FirmwareResult } from "./firmware-part.js";
import { reportOf } from "./part-trouble.js";
import { unitsJson } from "./units-run.js";

/**
 * `syncgate torture --dut x.uf2`: the firmware runs once without a cut, and the search of its cuts is cut into units.
 * @throws UsageError; DutError for firmware or a check that does not work even without a cut; DutHang
 */
export async function firmwareCampaign(
  request: CampaignRequest,
  terminal: Terminal,
): Promise<CampaignPlan<FirmwareResult>> {
  const options = dutOptions(request)!;
  const dut = firmwareUnderTest(request, options);
  const campaign = await firmwareCampaignOf(dut, benchSetting(options), limitsOf(options));
  const { search, digest } = campaign;
  const fingerprint = createHash("sha256")
    .update(JSON.stringify([options, request]))
    .digest("hex");
  const plan: CampaignPlan<FirmwareResult> = {
    units: search.ranges.map(({ from, to }) => ({
      title: `${dut.name}: cuts ${from + 1} to ${to} of ${search.cycles.length}`,
      unit: { kind: "firmware", digest, options: fingerprint, from, to },
    })),
    firmware: { request, moments: search.moments, stop: stopWord(terminal.interrupted) },
    conclude: async (run) => {
      const done = [...run.results, ...(run.stopped ?? [])].filter((result) => result !== null);
      const results = done.map(({ report }) => reportOf(report)).toSorted((a, b) => a.from - b.from);
      if (options.cases) terminal.progress(`${dut.name}: shrinking a case`);
      const { interrupted } = terminal;
      const report = await concludeFirmware(campaign, results, options.cases, interrupted);
      const exitCode = exitCodeOfFirmware(report, interrupted.aborted ? "interrupted" : run.ended);
      const found = report.shrunk ?? report.cases[0];
      return {
        exitCode,
        text: (colour) => firmwareText(report, request, options, run, colour),
        json: firmwareJson(report, exitCode, unitsJson(plan, run)),
        checks: [
          {
            group: "firmware",
            name: `${report.dut}, ${report.profile}, ${report.power}`,
            passed: exitCode === EXIT_HELD,
            message: found?.wrong ?? firmwareVacuity(report) ?? `${report.distinct} states, all of them well`,
            failing:
              found === undefined
                ? null
                : {
                    id: found.id,
                    story: report.shrunk?.story ?? "",
                    replay: replayLine(found.id, request, options),
                  },
          },
        ],
      };
    },
  };
  return plan;
}

/** A word that all threads see: 1 once the signal came. */
function stopWord(signal: AbortSignal): Int32Array {
  const word = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  const stop = (): void => {
    Atomics.store(word, 0, 1);
  };
  if (signal.aborted) stop();
  signal.addEventListener("abort", stop);
  return word;
}
