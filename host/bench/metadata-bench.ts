import { arrayGeometry } from "../campaign/world/array-geometry.js";
import { cleanArray } from "../campaign/world/clean-array.js";
import { TRACE_GEOMETRY } from "../campaign/workload/trace-workload.js";
import { readTrace, tracePrefix, type TraceName } from "../clients/trace.js";
import type { CardImage } from "../sdcard-emulator/card-image.js";
import type { CardCharacteristics } from "../sdcard-emulator/characteristics.js";
import { SectorContents } from "../sdcard-emulator/sector-contents.js";
import { TunedDriver, tuningOf, type BitmapScheme, type BitmapSettings } from "./bitmap-settings.js";
import { callWork, type CallWork } from "./call-work.js";
import { goalResults, shareOfMd, type GoalResult } from "./metadata-goals.js";
import { runTrace, type TraceMeasurement } from "./trace-run.js";

/** What is measured, and on what. */
export interface MetadataBenchOptions {
  /** Each is measured on each trace. */
  readonly settings: readonly BitmapSettings[];
  readonly traces: readonly TraceName[];
  readonly characteristics: CardCharacteristics;
  /** Writes of each trace, from its beginning; null for all of them. */
  readonly writes: number | null;
}

/** One row of the result. */
export interface MetadataRow {
  readonly settings: BitmapSettings;
  readonly trace: TraceName;
  readonly measurement: TraceMeasurement;
  /** Metadata sectors as a share of what md wrote on the whole trace; null for a part of it. */
  readonly shareOfMd: number | null;
  /** Empty for a part of a trace. */
  readonly goals: readonly GoalResult[];
  /** Largest work of one call of the driver in the run. */
  readonly work: CallWork;
}

const { cardSectors, regionShift, metadataStride } = TRACE_GEOMETRY;
const GEOMETRY = arrayGeometry(cardSectors, regionShift, metadataStride);

/**
 * Replays the traces with each of the settings, one row at a time. Every replay begins on the same array: all regions
 * written, equal and clean, as md's was.
 * @param binary the production build of the driver
 * @throws TraceError, PackageFileMissing when a trace can't be used
 */
export function* benchMetadata(binary: Uint8Array, options: MetadataBenchOptions): Generator<MetadataRow> {
  const contents = new SectorContents();
  const arrays = new Map<BitmapScheme, readonly [CardImage, CardImage]>();
  for (const settings of options.settings) {
    const driver = new TunedDriver(binary, tuningOf(settings));
    // Making an array takes longer than a replay, and only the scheme is written on the cards.
    const images = arrays.get(settings.scheme) ?? cleanArray(driver, contents, GEOMETRY);
    arrays.set(settings.scheme, images);
    for (const name of options.traces) {
      const whole = readTrace(name);
      const trace = options.writes === null ? whole : tracePrefix(whole, options.writes);
      const { characteristics } = options;
      const parts = {
        driver,
        contents,
        geometry: GEOMETRY,
        images,
        characteristics,
        epochMs: settings.epochMs,
      };
      const measurement = runTrace(parts, trace);
      const comparable = options.writes === null;
      yield {
        settings,
        trace: name,
        measurement,
        shareOfMd: comparable ? shareOfMd(name, measurement) : null,
        goals: comparable ? goalResults(settings.scheme, name, measurement) : [],
        work: callWork(driver.exports),
      };
    }
  }
}

/** Every combination of the values, the last name varying fastest. */
export function settingsOf(values: {
  readonly [K in keyof BitmapSettings]: readonly BitmapSettings[K][];
}): BitmapSettings[] {
  return values.scheme.flatMap((scheme) =>
    values.epochMs.flatMap((epochMs) =>
      values.markAhead.flatMap((markAhead) =>
        values.markedMax.flatMap((markedMax) =>
          values.quietMs.map((quietMs) => ({ scheme, epochMs, markAhead, markedMax, quietMs })),
        ),
      ),
    ),
  );
}
