import type { DriverModule } from "../../mirror/driver-module.js";
import { TimedMirror, type TimedMirrorOptions } from "../../mirror/timed-mirror.js";
import type { CardImage } from "../../sdcard-emulator/card-image.js";
import { SdCard } from "../../sdcard-emulator/card.js";
import { profile } from "../../sdcard-emulator/characteristics.js";
import type { SectorContents } from "../../sdcard-emulator/sector-contents.js";
import { VirtualClock } from "../../sdcard-emulator/virtual-clock.js";
import type { ArrayGeometry } from "./array-geometry.js";

/** A mirror on two cards of the simplest class, on which a new array is to be made. */
export interface NewPair {
  readonly clock: VirtualClock;
  readonly mirror: TimedMirror;
  readonly cards: readonly [SdCard, SdCard];
}

/** @param imageOf what lies on each card from before */
export function newPair(
  driver: DriverModule,
  contents: SectorContents,
  { dataSectors }: ArrayGeometry,
  imageOf: (member: number) => CardImage,
  sync: TimedMirrorOptions["sync"],
): NewPair {
  const clock = new VirtualClock();
  const mirror = new TimedMirror({ driver, clock, contents, tickUs: 1000, sync, dataSectors });
  const card = (member: number): SdCard =>
    new SdCard({
      clock,
      contents,
      media: imageOf(member),
      characteristics: profile("slc"),
      seed: member + 1,
      onComplete: mirror.onCardDone,
    });
  const cards = [card(0), card(1)] as const;
  mirror.insertCards(...cards);
  return { clock, mirror, cards };
}
