import { Draw } from "./draw.js";
import { generatedSettings } from "./generated-settings.js";
import type { GeneratorOptions } from "./scenario-generator.js";
import { END_POWER, type Boot, type Scenario, type ScenarioGeometry } from "./scenario.js";

/**
 * Just more regions than one bitmap sector holds: records of the second one lie in the erase blocks of the first one's,
 * so that an interrupted program of one may destroy the other.
 */
export const TWO_BITMAP_SECTORS: ScenarioGeometry = {
  cardSectors: 1936,
  regionShift: 0,
  metadataStride: 2,
  sectorsPerPage: 1,
};

const SALT = 0xf125;
/** The superblocks and the slots of one bitmap sector have been read. */
const READ_US = 900;
/** The records of both bitmap sectors are on both cards. */
const RECORDED_US = 5500;

/**
 * An array that was just formatted, over garbage, and a chain of boots each of which is cut in its first records: what
 * the format has written is all that there is. A record of the format may be destroyed beside an interrupted one, on
 * one card and then on the other.
 */
export function generateFirstRecordsScenario(seed: number, options: GeneratorOptions): Scenario {
  const draw = new Draw(seed, SALT);
  const boots = Array.from({ length: 2 + draw.below(3) }, (): Boot => {
    const atUs = READ_US + draw.below(RECORDED_US - READ_US);
    return { actions: [], end: { topology: END_POWER, atUs, pick: draw.below(1 << 30) } };
  });
  return {
    ...generatedSettings(options, draw),
    geometry: TWO_BITMAP_SECTORS,
    boots,
    empty: 1,
  };
}
