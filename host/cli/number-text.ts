import type { CampaignReport } from "../campaign/campaign-report.js";
import { SECTOR_BYTES } from "../../assembly/layout.js";

/** 12480 as "12 480". */
export function grouped(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, " ");
}

/** A count of any size: "12 480", from ten million on "3.1e9". */
export function large(count: number): string {
  return count < 1e7 ? grouped(count) : count.toExponential(1).replace("e+", "e");
}

const UNITS = ["B", "KiB", "MiB", "GiB"] as const;

/** Sectors as a volume: "4 KiB", "24.7 MiB". */
export function volume(sectors: number): string {
  let amount = sectors * SECTOR_BYTES;
  let unit = 0;
  while (amount >= 1024 && unit + 1 < UNITS.length) {
    amount /= 1024;
    unit++;
  }
  return `${Number.isInteger(amount) ? amount : amount.toFixed(1)} ${UNITS[unit]}`;
}

/** A share of a whole: "12 %". Never rounded up to 100 % or down to 0 %. */
export function share(part: number, whole: number): string {
  if (whole === 0 || part >= whole) return "100 %";
  if (part === 0) return "0 %";
  const percent = (part / whole) * 100;
  if (percent < 0.01) return "< 0.01 %";
  if (percent < 1) return `${percent.toFixed(2)} %`;
  if (percent < 99) return `${Math.round(percent)} %`;
  return percent < 99.99 ? `${percent.toFixed(2)} %` : "> 99.99 %";
}

/** Outcomes tried, of how many: "100 % of 3 736", "12 % of 3.1e9 (bounded)". */
export function outcomesText(report: Pick<CampaignReport, "pairs" | "possible" | "bounded">): string {
  const { pairs, possible, bounded } = report;
  return `${share(pairs, possible)} of ${large(possible)}${bounded > 0 ? " (bounded)" : ""}`;
}

/** Seconds with one decimal: "1.8 s". */
export function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}
