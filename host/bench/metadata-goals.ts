import type { TraceName } from "../clients/trace.js";
import type { BitmapScheme } from "./bitmap-settings.js";
import { MD_5_S } from "./other-mirrors.js";
import type { TraceMeasurement } from "./trace-run.js";

/** One goal and what was measured. */
export interface GoalResult {
  readonly what: string;
  readonly measured: number;
  readonly most: number;
  readonly met: boolean;
}

/** Share of md's metadata writes that a scheme may take on a trace; seq has one goal for both. */
const SHARE_MAX: Readonly<Record<TraceName, Readonly<Record<BitmapScheme, number>>>> = {
  seq: { serial: 0.3, single: 0.3 },
  rand: { serial: 1.05, single: 0.55 },
};

/** Metadata sectors of a run, those included that the quiet after its last write took. */
export function metadataSectors({ metadata, metadataAfterwards }: TraceMeasurement): number {
  return metadata.sectors + metadataAfterwards.sectors;
}

/** Metadata sectors as a share of md's. */
export function shareOfMd(trace: TraceName, measurement: TraceMeasurement): number {
  return metadataSectors(measurement) / MD_5_S.metadataSectors[trace];
}

/** The goals for a scheme on a whole trace: fewer writes than this share of md's, and no more marked than md. */
export function goalResults(
  scheme: BitmapScheme,
  trace: TraceName,
  measurement: TraceMeasurement,
): GoalResult[] {
  const share = SHARE_MAX[trace][scheme];
  const most = Math.floor(share * MD_5_S.metadataSectors[trace]);
  return [
    goal(`metadata sectors, ${share} of md's`, metadataSectors(measurement), most),
    goal("regions marked on average, md's", measurement.marked.average, MD_5_S.resynchronised[trace]!),
  ];
}

function goal(what: string, measured: number, most: number): GoalResult {
  return { what, measured, most, met: measured <= most };
}
