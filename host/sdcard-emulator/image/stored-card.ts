/**
 * A card that is kept in files while it has no power: its sectors as a raw image, and beside it, in `FILE.card.json`, what
 * its flash and its registers know. Either face goes on with it.
 */
import { createHash } from "node:crypto";
import * as nodeFiles from "node:fs";
import { SECTOR_BYTES } from "../../../assembly/layout.js";
import { fileErrorMeaning } from "../../wasi/file-error.js";
import { CardImage } from "../card-image.js";
import type { FlashPhysics } from "../flash/flash-physics.js";
import type { CardProfile } from "../profile/profile-schema.js";
import { checkRegisters } from "../spi/saved-registers.js";
import { physicsOf, restoredPhysicsOf } from "../profile/profiled-card.js";
import { UNREADABLE, ZEROS, type SectorContents } from "../sector-contents.js";
import { CardImageError } from "./card-image-error.js";
import {
  CARD_STATE_FORMAT,
  CARD_STATE_VERSION,
  cardStateSchema,
  type CardState,
  type RegisterState,
} from "./card-state.js";
import { freshImage, loadImage } from "./raw-image.js";
import { replaceFiles, writeWhole, type ImageFiles } from "./replaced-files.js";

const NUMBER_BYTES = 4;
const SEED_MAX = 0xffff_ffff;
const USED_MAX = 100;

/** A card without power, and what either face of it is made of. */
export interface StoredCard {
  readonly profile: CardProfile;
  /** What the image says, with UNREADABLE where a sector reads as an error. */
  readonly media: CardImage;
  readonly flash: FlashPhysics;
  /** Of the card's making; what chance the flash has had is in its state. */
  readonly seed: number;
  /** What SpiCard.registers told of and takes back; null: the card was never on an SPI bus. */
  readonly registers: RegisterState | null;
}

/** A new card. @param used percent of its endurance that is used up, and filled: it was written from end to end before */
export function newStoredCard(
  profile: CardProfile,
  sectors: number,
  seed: number,
  { filled = false, usedPercent = 0 } = {},
): StoredCard {
  if (!(Number.isInteger(seed) && seed >= 0 && seed <= SEED_MAX))
    throw new Error(`a card's seed is a whole number from 0 to ${SEED_MAX}, not ${seed}`);
  if (!(usedPercent >= 0 && usedPercent <= USED_MAX))
    throw new Error(`0 to ${USED_MAX} percent of a card's endurance can be used up, not ${usedPercent}`);
  const flash = physicsOf(profile, { sectors, seed, filled, usedPercent });
  return { profile, media: new CardImage(sectors), flash, seed, registers: null };
}

/** Where the state of a card lies. @param file its image */
export function stateFileOf(file: string): string {
  return `${file}.card.json`;
}

/**
 * Writes a card to its two files: all of it, or nothing.
 * @param files the file functions that are used: Node's, or a test's that fail
 * @throws CardImageError when the disk refuses or is full; both files are then as they were
 */
export function saveCard(
  file: string,
  card: StoredCard,
  contents: SectorContents,
  files: ImageFiles = nodeFiles,
): void {
  const unreadable = [...card.media.written()].filter((sector) => card.media.get(sector) === UNREADABLE);
  const readable = card.media.fork();
  for (const sector of unreadable) readable.set(sector, ZEROS);
  const text = new TextEncoder().encode(stateText(card, contentsSum(readable, contents), unreadable));
  // A crash between the two leaves a state that does not belong to its image, which loading refuses.
  replaceFiles(
    [
      { file: stateFileOf(file), write: (fd) => writeWhole(files, fd, text, text.length, 0) },
      freshImage(file, readable, contents, files),
    ],
    files,
  );
}

/**
 * Reads a card from its two files.
 * @param profileNamed gives the profile that the state names
 * @throws CardImageError for files that are missing, damaged, or do not belong to each other or to the profile
 */
export function loadCard(
  file: string,
  contents: SectorContents,
  profileNamed: (name: string) => CardProfile,
): StoredCard {
  const stateFile = stateFileOf(file);
  const state = readState(stateFile);
  const { sectors, seed } = state;
  const profile = profileNamed(state.profile.name);
  if (profileSum(profile) !== state.profile.sha256) {
    throw new CardImageError(
      `${stateFile}: the figures of profile ${state.profile.name} have changed since the card was saved: ` +
        "make a new card of it, or take the old profile back",
    );
  }
  const media = loadImage(file, contents, { sectors });
  if (contentsSum(media, contents) !== state.contents) {
    throw new CardImageError(
      `${file} is not what was saved with ${stateFile}: take both from the same copy, or make a new card`,
    );
  }
  for (const sector of state.unreadable) {
    if (sector >= sectors)
      throw new CardImageError(
        `${stateFile}: sector ${sector} lies outside the card: take both files from a copy`,
      );
    media.set(sector, UNREADABLE);
  }
  try {
    const { registers } = state;
    if (registers !== null) checkRegisters(registers, sectors);
    const flash = restoredPhysicsOf(profile, { sectors, seed }, state.flash);
    return { profile, media, flash, seed, registers };
  } catch (error) {
    throw new CardImageError(
      `${stateFile} does not fit the card: ${(error as Error).message}: take both files from a copy`,
    );
  }
}

function stateText(
  { profile, media, flash, seed, registers }: StoredCard,
  sum: string,
  unreadable: number[],
): string {
  const state: Omit<CardState, "sum"> = {
    format: CARD_STATE_FORMAT,
    version: CARD_STATE_VERSION,
    profile: { name: profile.name, sha256: profileSum(profile) },
    sectors: media.sectors,
    contents: sum,
    seed,
    unreadable,
    flash: flash.save(),
    registers,
  };
  return `${JSON.stringify({ ...state, sum: sumOf(state) })}\n`;
}

/** SHA-256 over number (4 bytes, little endian) and bytes of every sector that is not all zeros; hexadecimal. */
function contentsSum(media: CardImage, contents: SectorContents): string {
  const hash = createHash("sha256");
  const record = new Uint8Array(NUMBER_BYTES + SECTOR_BYTES);
  const view = new DataView(record.buffer);
  for (const sector of media.written()) {
    view.setUint32(0, sector, true);
    contents.copySector(media.get(sector), record, NUMBER_BYTES);
    hash.update(record);
  }
  return hash.digest("hex");
}

function readState(file: string): CardState {
  if (!nodeFiles.existsSync(file))
    throw new CardImageError(`${file} is not there: it lies beside an image that was saved as a card`);
  let text: string;
  try {
    text = nodeFiles.readFileSync(file, "utf8");
  } catch (error) {
    throw new CardImageError(`${file} can't be read: ${fileErrorMeaning(error)}`);
  }
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new CardImageError(
      `${file} is cut off or no JSON (${(error as Error).message}): take it from a copy`,
    );
  }
  const { format, version } = (json ?? {}) as { format?: unknown; version?: unknown };
  if (format !== CARD_STATE_FORMAT)
    throw new CardImageError(`${file} is not the state of a card: name the image that it belongs to`);
  if (version !== CARD_STATE_VERSION)
    throw new CardImageError(
      `${file} has version ${String(version)}, and this is for ${CARD_STATE_VERSION}: use the release that wrote it`,
    );
  const result = cardStateSchema.safeParse(json);
  if (!result.success) {
    const { path: field, message } = result.error.issues[0]!;
    throw new CardImageError(
      `${file}: ${field.join(".") || "the state"} is wrong (${message}): take both files from a copy`,
    );
  }
  // As it stands there, in the order of its fields.
  const { sum, ...rest } = json as CardState;
  if (sumOf(rest) !== sum)
    throw new CardImageError(`${file} was damaged or changed by hand: take both files from a copy`);
  return result.data;
}

/** Of the figures alone: names of sources and measurements may change. */
function profileSum({ faults, wire, flash, timing, identity }: CardProfile): string {
  return sumOf({ faults, wire, flash, timing, identity });
}

function sumOf(value: unknown): string {
  return createHash("sha256").update(JSON.stringify(value)).digest("hex");
}
