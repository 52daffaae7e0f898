import { searchOf } from "../../dut/dut-campaign.js";
import { DutError, DutHang } from "../../dut/device-under-test.js";
import type { DutSearch, RangeResult, StateRange } from "../../dut/dut-search.js";
import type { WriteLog } from "../../dut/write-log.js";
import { deviceOf } from "../dut-device.js";
import { campaignOf, dutOptions } from "../dut-options.js";
import type { CampaignRequest } from "./campaign-request.js";

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
  readonly report: RangeResult | DeviceTrouble;
}

/** An error that a thread cannot throw as what it is. */
export interface DeviceTrouble {
  readonly trouble: "DutError" | "DutHang";
  readonly message: string;
}

/** The search that this thread had last. */
let last: { readonly key: string; readonly search: Promise<DutSearch> } | null = null;

/** Does a part of a search. */
export async function runDevicePart({ unit, source }: DevicePartTask): Promise<DeviceResult> {
  const key = JSON.stringify([unit.digest, unit.options, source.request]);
  if (last?.key !== key) last = { key, search: openSearch(source) };
  try {
    const search = await last.search;
    return { report: await search.run(unit) };
  } catch (error) {
    const trouble = error instanceof DutError ? "DutError" : error instanceof DutHang ? "DutHang" : null;
    if (trouble === null) throw error;
    return { report: { trouble, message: (error as Error).message } };
  }
}

async function openSearch({ request, log }: DeviceSource): Promise<DutSearch> {
  const options = dutOptions(request)!;
  return searchOf(await deviceOf(options), campaignOf(options), log);
}

/** The error again. @throws DutError, DutHang */
export function rangeOf({ report }: DeviceResult): RangeResult {
  if (!("trouble" in report)) return report;
  throw report.trouble === "DutHang" ? new DutHang(report.message) : new DutError(report.message);
}
