/** A mirror that is quick to fill: 128 regions of 4 KiB at most. */
import { createMirror, MirrorCard, type Mirror, type MirrorOptions } from "../../host/index.js";

/** Sectors of a region of it. */
export const REGION = 8;
const STRIDE = 8;
/** First data sector on its cards. */
export const DATA_START = 4 * STRIDE;
const SMALL = { regionKilobytes: 4, metadataStride: STRIDE } as const;

export function smallCard(seed: number, profile = "mlc", megabytes = 0.25): MirrorCard {
  return new MirrorCard({ profile, megabytes, seed });
}

/** Two cards of class "mlc" unless `options` give others. */
export function smallMirror(options: MirrorOptions = {}): Promise<Mirror> {
  const cards = options.profiles === undefined ? { cards: [smallCard(1), smallCard(2)] as const } : {};
  return createMirror({ ...SMALL, ...cards, ...options });
}

/** The array that is on these cards. */
export function assembled(
  cards: readonly [MirrorCard | null, MirrorCard | null],
  options: MirrorOptions = {},
): Promise<Mirror> {
  return createMirror({ cards, format: "none", metadataStride: STRIDE, ...options });
}

/** Sectors full of one value. */
export function block(value: number, sectors = 1): Uint8Array {
  return new Uint8Array(512 * sectors).fill(value);
}
