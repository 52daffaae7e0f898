import type { CardCompletion } from "../sdcard-emulator/card-options.js";
import type { FingerprintKind } from "../sdcard-emulator/fingerprint.js";
import type { SectorContents } from "../sdcard-emulator/sector-contents.js";
import type { VirtualClock } from "../sdcard-emulator/virtual-clock.js";

/** What all cards in the slots of one mirror share. */
export interface CardBench {
  readonly clock: VirtualClock;
  readonly contents: SectorContents;
  /** What the cards say of the bytes that they accept. */
  readonly fingerprint: FingerprintKind;
  /** First card sector behind the mirror's metadata. */
  readonly metadataEnd: number;
  /** Takes the cards' answers to the driver. */
  readonly onComplete: CardCompletion;
}
