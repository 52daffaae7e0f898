import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { concludeSearch, searchOf } from "../../dut/dut-campaign.js";
import { vacuity } from "../../dut/dut-report.js";
import { digestOf, type WriteLog } from "../../dut/write-log.js";
import { deviceOf } from "../dut-device.js";
import { campaignOf, type DutOptions } from "../dut-options.js";
import { dutJson, dutText, exitCodeOfDut, replayText, savedLog } from "../dut-text.js";
import { EXIT_HELD } from "../exit-codes.js";
import type { CampaignPlan } from "./campaign-plan.js";
import type { CampaignRequest } from "./campaign-request.js";
import type { DeviceResult } from "./device-part.js";
import { reportOf } from "./part-trouble.js";
import { unitsJson, unitsText } from "./units-run.js";

/** How a campaign on a device is begun. */
export interface DeviceCampaignOptions {
  readonly options: DutOptions;
  readonly request: CampaignRequest;
  /** Where the log of the case goes, if somebody asked for it. */
  readonly save: string | undefined;
  /** Of a campaign that was begun before: the device is not run again. */
  readonly recorded: WriteLog | undefined;
}

/**
 * `syncgate torture --dut`: the device is run once, and its search is cut into units.
 * @throws UsageError; DutError for a device or check that does not work even without a cut; DutHang
 */
export async function deviceCampaign(given: DeviceCampaignOptions): Promise<CampaignPlan<DeviceResult>> {
  const { options, request, save, recorded } = given;
  const dut = await deviceOf(options);
  const search = await searchOf(dut, campaignOf(options), recorded);
  if (recorded === undefined) await search.checkUncut();
  const digest = digestOf(search.log);
  const fingerprint = optionsText(options);
  const plan: CampaignPlan<DeviceResult> = {
    units: search.ranges.map(({ from, to }) => ({
      title: `${dut.name}: states ${from + 1} to ${to} of ${search.states.length}`,
      unit: { kind: "device", digest, options: fingerprint, from, to },
    })),
    device: { request, log: search.log },
    conclude: async (run, _pool, terminal) => {
      const results = run.results.map((result) => (result === null ? null : reportOf(result.report)));
      const shrinks = options.cases && !terminal.interrupted.aborted;
      if (shrinks) terminal.progress(`${dut.name}: shrinking a case`);
      const report = await concludeSearch(dut, search, results, shrinks);
      const log = savedLog(options, save, report);
      const exitCode = exitCodeOfDut(report, run.ended);
      const found = report.shrunk ?? report.cases[0];
      return {
        exitCode,
        text: (colour) => dutText(report, options, log, colour, unitsText(run)),
        json: dutJson(report, exitCode, log, unitsJson(plan, run)),
        checks: [
          {
            group: "device",
            name: `${report.dut}, ${report.profile}`,
            passed: exitCode === EXIT_HELD,
            message:
              found?.wrong ?? vacuity(report) ?? `${report.distinct} states, none that is not accepted`,
            failing:
              found === undefined
                ? null
                : {
                    id: found.id,
                    story: report.shrunk?.story ?? "",
                    replay: replayText(found.id, options, log, report.shrunk?.workload ?? null),
                  },
          },
        ],
      };
    },
  };
  return plan;
}

/** Tells two campaigns on one log apart: their options, and the adapter as it is. */
function optionsText(options: DutOptions): string {
  const hash = createHash("sha256").update(JSON.stringify(options));
  if (options.dut !== "nbd" && options.dut !== "log") hash.update(readFileSync(options.dut));
  return hash.digest("hex");
}
