import type { CardProfile, Measurement } from "../sdcard-emulator/profile/profile-schema.js";
import { repeatMeasurement } from "../sdcard-emulator/profile/repeat-measurement.js";

/** One measurement on a real card, beside what the model makes of it. */
export interface ModelError {
  readonly profile: string;
  /** The kind of measurement and its conditions. */
  readonly what: string;
  readonly cited: number;
  readonly modelled: number;
  /** Of the cited value; positive: the model has more. */
  readonly errorPercent: number;
  /** A figure of the profile was chosen by this measurement. */
  readonly fitted: boolean;
  readonly source: string;
}

/** All measurements of a profile, repeated. */
export function profileErrors(profile: CardProfile): ModelError[] {
  return profile.measured.map((measurement) => {
    const modelled = repeatMeasurement(profile, measurement);
    const { value, source, fitted = false } = measurement;
    return {
      profile: profile.name,
      what: describe(measurement),
      cited: value,
      modelled,
      errorPercent: (modelled / value - 1) * 100,
      fitted,
      source,
    };
  });
}

/** "streams-write-mb-s, 3 streams, 256 KiB". */
function describe(measurement: Measurement): string {
  const parts: string[] = [measurement.what];
  if ("streams" in measurement) parts.push(`${measurement.streams} streams`);
  if ("chunkKiB" in measurement) parts.push(`${measurement.chunkKiB} KiB`);
  if ("order" in measurement) parts.push(measurement.order);
  return parts.join(", ");
}
