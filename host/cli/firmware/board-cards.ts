/** The two cards of an emulated board: blank, from raw images, or stored cards; and how they are put away again. */
import { existsSync, mkdirSync } from "node:fs";
import path from "node:path";
import { SECTOR_BYTES } from "../../../assembly/layout.js";
import { cardClass } from "../../dut/card-class.js";
import type { ChipTime } from "../../rp2040/index.js";
import { CardImage } from "../../sdcard-emulator/card-image.js";
import { loadImage, saveImage } from "../../sdcard-emulator/image/raw-image.js";
import { loadCard, saveCard, stateFileOf, type StoredCard } from "../../sdcard-emulator/image/stored-card.js";
import { characteristicsOf, identityOf } from "../../sdcard-emulator/profile/profiled-card.js";
import { UNREADABLE, type SectorContents } from "../../sdcard-emulator/sector-contents.js";
import { SpiCard } from "../../sdcard-emulator/spi/spi-card.js";
import { sectorsOfSize } from "../sectors-of-size.js";
import { storedCardProfile } from "../stored-card-profile.js";
import { UsageError } from "../usage-error.js";

/** Of an SDHC card's size: 512 KiB (SD Physical Layer Simplified Specification, 5.3.3). */
const CARD_STEP = 1024;
const DEFAULT_CLASS = "mlc";
const NAMES = ["a.img", "b.img"] as const;

/** What the command line says of both cards. */
export interface BoardCardTexts {
  readonly cardA?: string;
  readonly cardB?: string;
  readonly size: string;
  readonly profile?: string;
}

/** A card, and the files that it came from. */
export interface BoardCardFile {
  readonly card: SpiCard;
  /** null: it was blank. */
  readonly file: string | null;
  /** null: it is a raw image, without a flash of its own. */
  readonly stored: StoredCard | null;
}

/**
 * Makes both cards.
 * @param seed of the first one's times; the second one has the next
 * @throws UsageError, CardImageError, ProfileError
 */
export function boardCards(
  texts: BoardCardTexts,
  { time, contents, seed }: { time: ChipTime; contents: SectorContents; seed: number },
): readonly [BoardCardFile, BoardCardFile] {
  const cardOf = (file: string | undefined, slot: number): BoardCardFile => {
    const common = { time, contents, seed: seed + slot };
    if (file !== undefined && existsSync(stateFileOf(file))) {
      const stored = loadCard(file, contents, (name) => storedCardProfile(file, name, texts.profile));
      const { profile, media, flash, registers } = stored;
      const characteristics = characteristicsOf(profile);
      // A card that was on a bus before has its registers; a new one gets its number from its slot.
      const identity =
        registers === null ? { identity: { ...identityOf(profile), serialNumber: slot + 1 } } : {};
      const card = new SpiCard({ ...common, ...identity, media, characteristics, physics: flash, registers });
      return { card, file, stored };
    }
    const media = file === undefined ? new CardImage(sectorsOfSize(texts.size)) : rawImage(file, contents);
    if (media.sectors % CARD_STEP !== 0)
      throw new UsageError(`--size is "${texts.size}": a card has a multiple of 512 KiB`);
    const characteristics = cardClass(texts.profile ?? DEFAULT_CLASS);
    const card = new SpiCard({ ...common, media, characteristics, identity: { serialNumber: slot + 1 } });
    return { card, file: file ?? null, stored: null };
  };
  return [cardOf(texts.cardA, 0), cardOf(texts.cardB, 1)];
}

/**
 * A raw image of a size that a card may have.
 * @throws UsageError, CardImageError
 */
export function rawImage(file: string, contents: SectorContents): CardImage {
  const media = loadImage(file, contents);
  if (media.sectors % CARD_STEP === 0) return media;
  throw new UsageError(`${file} has ${media.sectors * SECTOR_BYTES} bytes: a card has a multiple of 512 KiB`);
}

/**
 * Saves the cards, which have no power any more: each file whole or as it was.
 * @param folder for all of them, as a.img and b.img; null: into the files that they came from
 * @returns a line for each file
 * @throws CardImageError; UsageError for a folder that cannot be made
 */
export function putAway(
  cards: readonly BoardCardFile[],
  folder: string | null,
  contents: SectorContents,
): string[] {
  if (folder !== null) makeFolder(folder);
  const lines: string[] = [];
  for (const [slot, { card, file, stored }] of cards.entries()) {
    const to = folder === null ? file : path.join(folder, NAMES[slot]!);
    if (to === null) continue;
    const { media, registers } = card;
    const unreadable = [...media.written()].filter((sector) => media.get(sector) === UNREADABLE).length;
    if (stored !== null) saveCard(to, { ...stored, media, registers }, contents);
    else saveImage(to, media, contents, { overlay: card.overlay });
    const lost =
      unreadable === 0 || stored !== null
        ? ""
        : `; ${unreadable} sectors read as errors, and the image has what they held before`;
    lines.push(`wrote ${to}${lost}`);
  }
  return lines;
}

function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true });
  } catch (error) {
    throw new UsageError(
      `${folder} cannot be made (${(error as Error).message}): give --out the path of a folder`,
    );
  }
}
