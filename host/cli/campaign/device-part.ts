import { searchOf } from "../../dut/dut-campaign.js";
import type { DutSearch, RangeResult, StateRange } from "../../dut/dut-search.js";
import type { WriteLog } from "../../dut/write-log.js";
import { deviceOf } from "../dut-device.js";
import { campaignOf, dutOptions } from "../dut-options.js";
import type { CampaignRequest } from "./campaign-request.js";
import { reportOrTrouble, type PartTrouble } from "./part-trouble.js";

/** A part of the search of a campaign on a device, and what tells that campaign from others. */
export interface DeviceUnit extends StateRange {
  readonly kind: "device";
  /** Of the log. */
  readonly digest: string;
  /** Of the options and the adapter's file, if there is one. */
  readonly options: string;
}

/** What a thread needs to make the device and its search. */
export interface DeviceSource {
  readonly request: CampaignRequest;
  readonly log: WriteLog;
}

/** A part for a thread. */
export interface DevicePartTask {
  readonly kind: "device";
  readonly unit: DeviceUnit;
  readonly source: DeviceSource;
}

/** What came of a part: data that JSON can hold. */
export interface DeviceResult {
  readonly report: RangeResult | PartTrouble;
}

/** The search that this thread had last. */
let last: { readonly key: string; readonly search: Promise<DutSearch> } | null = null;

/** Does a part of a search. */
export async function runDevicePart({ unit, source }: DevicePartTask): Promise<DeviceResult> {
  const key = JSON.stringify([unit.digest, unit.options, source.request]);
  if (last?.key !== key) last = { key, search: openSearch(source) };
  const { search } = last;
  return { report: await reportOrTrouble(async () => (await search).run(unit)) };
}

async function openSearch({ request, log }: DeviceSource): Promise<DutSearch> {
  const options = dutOptions(request)!;
  return searchOf(await deviceOf(options), campaignOf(options), log);
}
