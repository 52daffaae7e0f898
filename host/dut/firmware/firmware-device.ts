/** Firmware for the RP2040 under test: what is run, on which cards, how its power goes, and how it is judged. */
import { createHash } from "node:crypto";
import type { FirmwareImage, VerdictPatterns } from "../../rp2040/index.js";
import type { CardImage } from "../../sdcard-emulator/card-image.js";
import type { SectorContents } from "../../sdcard-emulator/sector-contents.js";
import type { Check } from "../check-command.js";

/** How the power goes at a cut. */
export interface BoardPower {
  /** POWER_... */
  readonly topology: number;
  /** The card that loses its power first, or alone. */
  readonly first: 0 | 1;
  /** Of POWER_SKEW, µs. */
  readonly skewUs: number;
}

export interface FirmwareUnderTest {
  /** For people: the file. */
  readonly name: string;
  readonly firmware: FirmwareImage;
  /** What the cards hold at first. */
  readonly base: (contents: SectorContents) => readonly [CardImage, CardImage];
  /** GPIO of each card's chip select. */
  readonly chipSelectPins: readonly [number, number];
  /** Stop at what the chip would not forgive. */
  readonly strict: boolean;
  readonly power: BoardPower;
  /** What the UART says after the boot behind a cut when all is well, and when not; and how long it may take. */
  readonly verdict: VerdictPatterns;
  /** Judges both cards besides, as the firmware has left them after that boot; null: the UART alone. */
  readonly check: Check | null;
  /** Real time of a check. */
  readonly deadlineMs: number;
}

/**
 * 12 characters of base 36 that tell two devices apart: the first 60 bits of the SHA-256 of flash, wiring and what the cards
 * hold. Not of how the power goes, which a case says itself.
 */
export function digestOfFirmware(dut: FirmwareUnderTest, contents: SectorContents): string {
  const { firmware, chipSelectPins, strict } = dut;
  const hash = createHash("sha256").update(`firmware 1 ${chipSelectPins.join(" ")} ${Number(strict)}\n`);
  hash.update(firmware.flash).update(firmware.loaded);
  const bytes = new Uint8Array(512);
  for (const image of dut.base(contents)) {
    hash.update(`card ${image.sectors}\n`);
    for (const sector of image.written()) {
      contents.copySector(image.get(sector), bytes, 0);
      hash.update(`${sector}\n`).update(bytes);
    }
  }
  return (hash.digest().readBigUInt64BE(0) >> 4n).toString(36).padStart(12, "0");
}
