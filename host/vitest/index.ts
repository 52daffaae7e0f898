// syncgate/vitest: importing it gives vitest's expect the matcher toSurvivePowerCuts.
import { expect } from "vitest";
import { adapterUnderTest, type CardAdapter } from "../dut/adapter-dut.js";
import type { DeviceUnderTest } from "../dut/device-under-test.js";
import { tortureDevice, type DutCampaignOptions } from "../dut/dut-campaign.js";
import { vacuity, type DutReport, type OutcomeCounts } from "../dut/dut-report.js";

/** What `toSurvivePowerCuts` takes. */
export type PowerCutOptions = DutCampaignOptions;

declare module "vitest" {
  // oxlint-disable-next-line no-explicit-any -- has to be declared as vitest does
  interface Matchers<T = any> {
    /**
     * Cuts the power of a device under test, or of an adapter, at its moments, and has each state that is left
     * checked. Of a device that does not survive it tells the smallest case. A campaign that proves nothing fails,
     * with `not` too.
     * @throws DutError for a device or check that does not work without any cut
     */
    toSurvivePowerCuts(options?: PowerCutOptions): Promise<void>;
  }
}

expect.extend({
  async toSurvivePowerCuts(received: unknown, options: PowerCutOptions = {}) {
    const report = await tortureDevice(deviceOf(received), options);
    const vacuous = vacuity(report);
    if (vacuous !== null) throw new Error(`${report.dut}: the campaign proves nothing, ${vacuous}`);
    return { pass: report.failing === 0, message: () => messageOf(report) };
  },
});

function deviceOf(received: unknown): DeviceUnderTest {
  const given = received as Partial<DeviceUnderTest & CardAdapter<unknown>> | null;
  if (typeof given?.judge === "function") return given as DeviceUnderTest;
  if (typeof given?.boot === "function") return adapterUnderTest(given as CardAdapter<unknown>);
  throw new TypeError("toSurvivePowerCuts is for a device under test or an adapter: see docs/rig.md");
}

/** Never a bare count. */
function outcomesOf({ outcomesTried, outcomesPossible }: OutcomeCounts): string {
  return outcomesTried < outcomesPossible
    ? `${outcomesTried} of ${outcomesPossible} outcomes (bounded)`
    : `all ${outcomesTried} outcomes`;
}

function messageOf(report: DutReport): string {
  const { dut, profile, failing, distinct, cuts, moments, recovery } = report;
  const at = cuts < moments ? `${cuts} of ${moments} cuts (bounded)` : `all ${cuts} cuts`;
  const more =
    recovery === null ? "" : `, and ${recovery.distinct} of cut recoveries with ${outcomesOf(recovery)}`;
  const judged = `${distinct} states after ${at} with ${outcomesOf(report)}${more}`;
  if (failing === 0) return `${dut} on cards of class ${profile} survived: ${judged}`;
  const told = report.shrunk ?? report.cases[0]!;
  const story = report.shrunk?.story ?? `The check: ${told.wrong}`;
  return `${dut} on cards of class ${profile} does not survive ${failing} of ${judged}\n\n${story}\n\ncase ${told.id}`;
}
