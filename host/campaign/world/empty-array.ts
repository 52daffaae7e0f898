import { FORMAT_EMPTY, STATUS_OK } from "../../../assembly/layout.js";
import type { DriverModule } from "../../mirror/driver-module.js";
import type { DriverOptions } from "../../mirror/driver-options.js";
import { CardImage } from "../../sdcard-emulator/card-image.js";
import { PIECES_PER_SECTOR, type SectorContents } from "../../sdcard-emulator/sector-contents.js";
import type { ArrayGeometry } from "./array-geometry.js";
import { newPair } from "./new-pair.js";

const STEPS_MAX = 1_000_000;
const NONCE = 0xe397;
/** Of the values that lie on the cards from before: no thread stores one of them. */
const GARBAGE_STAMP = 0x6a000000;
/** Sectors at either end of the data that hold garbage: all of a small array, and little enough of a large one to read. */
const GARBAGE_SECTORS = 8;

/**
 * Images of two cards on which an empty array was just made, over what lay there before, which is not the same on both.
 * Nobody has assembled it: the records are those of the format.
 * @param options with the seeded bug, if the format is to make it too
 */
export function emptyArray(
  driver: DriverModule,
  contents: SectorContents,
  geometry: ArrayGeometry,
  options: DriverOptions,
): readonly [CardImage, CardImage] {
  const sync = { onSyncRequested: (): void => undefined };
  const garbage = (member: number): CardImage => imageOfGarbage(contents, geometry, member);
  const { clock, mirror, cards } = newPair(driver, contents, geometry, garbage, sync);
  mirror.format({ ...options, format: FORMAT_EMPTY }, geometry.regionShift, NONCE);
  for (let steps = 0; mirror.modeStatus < 0; steps++) {
    if (steps === STEPS_MAX) throw new Error("a format does not come to its end");
    clock.step();
  }
  if (mirror.modeStatus !== STATUS_OK) throw new Error(`format ended with status ${mirror.modeStatus}`);
  mirror.halt();
  return [cards[0].media, cards[1].media];
}

function imageOfGarbage(contents: SectorContents, geometry: ArrayGeometry, member: number): CardImage {
  const image = new CardImage(geometry.cardSectors);
  const { dataStart, dataSectors } = geometry;
  for (let sector = 0; sector < dataSectors; sector++) {
    if (sector >= GARBAGE_SECTORS && sector < dataSectors - GARBAGE_SECTORS) continue;
    const first = GARBAGE_STAMP + (member * dataSectors + sector) * PIECES_PER_SECTOR;
    image.set(dataStart + sector, contents.sectorOf(contents.stamp(first), contents.stamp(first + 1)));
  }
  return image;
}
