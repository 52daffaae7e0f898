import { cardClass } from "../../dut/card-class.js";
import {
  FirmwareSearch,
  type CutRange,
  type CutRangeResult,
  type FirmwareLimits,
} from "../../dut/firmware/firmware-search.js";
import type { BenchSetting } from "../../dut/firmware/firmware-bench.js";
import { SectorContents } from "../../sdcard-emulator/sector-contents.js";
import { dutOptions, type DutOptions } from "../dut-options.js";
import { firmwareUnderTest } from "../firmware/torture-firmware-options.js";
import type { CampaignRequest } from "./campaign-request.js";
import { reportOrTrouble, type PartTrouble } from "./part-trouble.js";

/** A part of the search of a campaign on firmware, and what tells that campaign from others. */
export interface FirmwareUnit extends CutRange {
  readonly kind: "firmware";
  /** Of the firmware and its cards. */
  readonly digest: string;
  /** Of the options. */
  readonly options: string;
}

/** What a thread needs to make the board and its search. */
export interface FirmwareSource {
  readonly request: CampaignRequest;
  /** Of the run without a cut. */
  readonly moments: readonly number[];
  /** Shared by all threads: a word that is not 0 once the campaign is to end. */
  readonly stop: Int32Array;
}

/** A part for a thread. */
export interface FirmwarePartTask {
  readonly kind: "firmware";
  readonly unit: FirmwareUnit;
  readonly source: FirmwareSource;
}

/** What came of a part: data that JSON can hold. */
export interface FirmwareResult {
  readonly report: CutRangeResult | PartTrouble;
  /** It was stopped within, and is not whole. */
  readonly stopped?: true;
}

/** The search that this thread had last: its board stands where the last part has left it. */
let last: { readonly key: string; readonly search: FirmwareSearch } | null = null;

/** Does a part of a search. */
export async function runFirmwarePart({ unit, source }: FirmwarePartTask): Promise<FirmwareResult> {
  const { request, moments, stop } = source;
  const key = JSON.stringify([unit.digest, unit.options, request]);
  if (last?.key !== key) {
    const options = dutOptions(request)!;
    const dut = firmwareUnderTest(request, options);
    last = { key, search: new FirmwareSearch(dut, benchSetting(options), limitsOf(options), moments) };
  }
  const { search } = last;
  const report = await reportOrTrouble(async () => search.run(unit, () => Atomics.load(stop, 0) !== 0));
  return { report, ...("stopped" in report && report.stopped && { stopped: true }) };
}

/** New cards of the class that was asked for. */
export function benchSetting({ profile, seed }: DutOptions): BenchSetting {
  return { contents: new SectorContents(), characteristics: cardClass(profile), seed };
}

export function limitsOf({ cuts, depth, outcomesPerCut }: DutOptions): FirmwareLimits {
  return { cuts, depth, outcomesPerCut };
}
