import { CardImage } from "../sdcard-emulator/card-image.js";
import type { SdCard } from "../sdcard-emulator/card.js";
import type { CrashAxis } from "../sdcard-emulator/crash-space.js";
import { UNREADABLE, type SectorContents } from "../sdcard-emulator/sector-contents.js";
import { SECTOR_BYTES } from "../../assembly/layout.js";

/** A sector that a cut has left unreadable was read. */
export class UnreadableSector extends Error {
  override readonly name = "UnreadableSector";
  constructor(readonly sector: number) {
    super(`sector ${sector} reads as an error`);
  }
}

/** A card as a cut left it, for the user's check. Read-only. */
export class CrashImage {
  constructor(
    /** Content ids; for the rig. */
    readonly image: CardImage,
    readonly contents: SectorContents,
  ) {}

  get sectors(): number {
    return this.image.sectors;
  }

  /** Whether a read of this sector gives bytes. @throws Error outside the card */
  readable(sector: number): boolean {
    return this.image.get(sector) !== UNREADABLE;
  }

  /** The bytes of `count` sectors. @throws UnreadableSector; Error outside the card */
  read(sector: number, count = 1): Uint8Array {
    const bytes = new Uint8Array(count * SECTOR_BYTES);
    for (let i = 0; i < count; i++) {
      const content = this.image.get(sector + i);
      if (content === UNREADABLE) throw new UnreadableSector(sector + i);
      this.contents.copySector(content, bytes, i * SECTOR_BYTES);
    }
    return bytes;
  }
}

/** What a check is given: what a cut has left of each card, and what the firmware had said before. */
export interface CrashState {
  readonly images: readonly CrashImage[];
  readonly marks: readonly string[];
}

/** What is asked of a card whose power is cut; both faces have it. */
export type CutCard = Pick<SdCard, "crashSpace" | "media" | "view">;

/** The axes of all cards, one after another. */
export function axesOf(cards: readonly CutCard[]): CrashAxis[] {
  return cards.flatMap((card) => card.crashSpace());
}

/** For each axis the option that leaves what was written last. */
export function newestOptions(cards: readonly CutCard[]): number[] {
  return cards.flatMap((card) =>
    card.crashSpace().map(({ options }) => {
      const touched = new Set(options.flatMap(({ sectors }) => [...sectors]));
      const isNewest = (option: (typeof options)[number]): boolean =>
        [...touched].every((sector) => {
          const at = option.sectors.indexOf(sector);
          return (at < 0 ? card.media.get(sector) : option.contents[at]!) === card.view(sector);
        });
      return Math.max(0, options.findIndex(isNewest));
    }),
  );
}

/** The cards' images after a cut with this outcome. @param choice an option for each axis of axesOf(cards) */
export function imagesAfter(cards: readonly CutCard[], choice: readonly number[]): CardImage[] {
  let at = 0;
  return cards.map((card) => {
    const image = card.media.fork();
    for (const { options } of card.crashSpace()) {
      const { sectors, contents } = options[choice[at++]!]!;
      for (let i = 0; i < sectors.length; i++) image.set(sectors[i]!, contents[i]!);
    }
    return image;
  });
}

/** Tells two states apart: by 64 bits of hash a card, and by what was said before. */
export function keyOf(images: readonly CardImage[], marks: readonly string[]): string {
  const hashes = images.map(({ hashLow, hashHigh }) => `${hashLow}.${hashHigh}`).join(":");
  return `${hashes}:${marks.join("\n")}`;
}
