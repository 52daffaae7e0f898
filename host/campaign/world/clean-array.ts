import {
  BITMAP_SERIAL,
  OPTION_BITMAP_SCHEME,
  POLICY_SYNC_GATED,
  COUNTER_REGIONS_TO_SYNC,
  COUNTER_REGIONS_UNPROVEN,
  STATUS_OK,
} from "../../../assembly/layout.js";
import type { DriverModule } from "../../mirror/driver-module.js";
import type { DriverOptions } from "../../mirror/driver-options.js";
import { CardImage } from "../../sdcard-emulator/card-image.js";
import type { SectorContents } from "../../sdcard-emulator/sector-contents.js";
import type { ArrayGeometry } from "./array-geometry.js";
import { newPair } from "./new-pair.js";

const STEPS_MAX = 50_000_000;
const NONCE = 0xc1ea;

/**
 * Images of two cards with a new array, resynchronised, every region CLEAN, stopped: where campaigns begin.
 * @param scheme BITMAP_...
 */
export function cleanArray(
  driver: DriverModule,
  contents: SectorContents,
  geometry: ArrayGeometry,
  scheme: number = BITMAP_SERIAL,
): readonly [CardImage, CardImage] {
  const asked: number[] = [];
  const sync = { onSyncRequested: (epoch: number): void => void asked.push(epoch) };
  const blank = (): CardImage => new CardImage(geometry.cardSectors);
  const { clock, mirror, cards } = newPair(driver, contents, geometry, blank, sync);
  const options: DriverOptions = {
    cardSectors: geometry.cardSectors,
    baseSector: geometry.baseSector,
    metadataStride: geometry.metadataStride,
    epochMs: 1,
    // A driver that has its options from elsewhere keeps them.
    ...(scheme === BITMAP_SERIAL ? {} : { more: new Map([[OPTION_BITMAP_SCHEME, scheme]]) }),
  };
  let steps = 0;
  const runUntil = (what: string, reached: () => boolean): void => {
    while (!reached()) {
      if (steps++ === STEPS_MAX) throw new Error(`a new array does not come to the end of its ${what}`);
      clock.step();
      for (const epoch of asked.splice(0)) mirror.syncDone(epoch, STATUS_OK);
    }
    if (mirror.modeStatus !== STATUS_OK) throw new Error(`${what} ended with status ${mirror.modeStatus}`);
  };
  mirror.format(options, geometry.regionShift, NONCE);
  runUntil("format", () => mirror.modeStatus >= 0);
  mirror.boot(options, POLICY_SYNC_GATED, NONCE + 1);
  runUntil("assembly", () => mirror.modeStatus >= 0);
  const { counter } = driver.exports;
  runUntil("resync", () => counter(COUNTER_REGIONS_TO_SYNC) + counter(COUNTER_REGIONS_UNPROVEN) === 0);
  mirror.stop();
  runUntil("stop", () => mirror.modeStatus >= 0);
  mirror.halt();
  return [cards[0].media, cards[1].media];
}
