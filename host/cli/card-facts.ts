import { SECTOR_BYTES } from "../../assembly/layout.js";
import type { StoredCard } from "../sdcard-emulator/image/stored-card.js";
import { UNREADABLE } from "../sdcard-emulator/sector-contents.js";
import { grouped } from "./number-text.js";

const MIB = 2 ** 20;

/** What a card's files say, in figures. */
export interface CardFacts {
  readonly profile: string;
  readonly sectors: number;
  /** Sectors that are not all zeros, and those of them that read as an error. */
  readonly written: number;
  readonly unreadable: number;
  /** Erases of each block: of the least, the median and the most worn one; and what they stand on average. */
  readonly wear: { readonly least: number; readonly median: number; readonly most: number };
  readonly enduranceErases: number;
  readonly badBlocks: number;
  readonly spareBlocks: number;
  /** The spare blocks have run out: nothing more is taken. */
  readonly worn: boolean;
  readonly openUnits: readonly number[];
  readonly mappedPages: number;
  readonly pages: number;
  readonly hostSectors: number;
  /** Bytes programmed for each byte written; 0 before the first. */
  readonly writeAmplification: number;
  /** Whether the card has a password (CMD42); null: it was never on an SPI bus. */
  readonly password: boolean | null;
}

export function cardFacts({ profile, media, flash, registers }: StoredCard): CardFacts {
  let written = 0;
  let unreadable = 0;
  for (const sector of media.written()) {
    written++;
    if (media.get(sector) === UNREADABLE) unreadable++;
  }
  const { layer, work } = flash;
  const { pool, open, size } = layer;
  const wear = Array.from({ length: pool.blocks }, (_, block) => pool.wearOf(block)).toSorted(
    (a, b) => a - b,
  );
  let mappedPages = 0;
  for (let page = 0; page < size.pages; page++) if (layer.locate(page) >= 0) mappedPages++;
  return {
    profile: profile.name,
    sectors: media.sectors,
    written,
    unreadable,
    wear: { least: wear[0]!, median: wear[wear.length >> 1]!, most: wear.at(-1)! },
    enduranceErases: profile.flash.enduranceErases.value,
    badBlocks: pool.retired,
    spareBlocks: size.spareBlocks,
    worn: flash.worn,
    openUnits: [...open.unit].filter((unit) => unit >= 0),
    mappedPages,
    pages: size.pages,
    hostSectors: work.hostSectors,
    writeAmplification: flash.writeAmplification,
    password: registers === null ? null : registers.password !== "",
  };
}

export function cardText(facts: CardFacts): string {
  const { wear, openUnits } = facts;
  const password = facts.password === null ? "never on an SPI bus" : facts.password ? "set" : "none";
  const rows: [string, string][] = [
    ["Profile", facts.profile],
    [
      "Capacity",
      `${grouped(facts.sectors)} sectors, ${((facts.sectors * SECTOR_BYTES) / MIB).toFixed(1)} MiB`,
    ],
    ["Holds", `${grouped(facts.written)} sectors that are not zero, ${facts.unreadable} of them unreadable`],
    [
      "Wear",
      `${wear.least} / ${wear.median} / ${wear.most} erases a block (least, median, most); ${grouped(facts.enduranceErases)} are its endurance`,
    ],
    [
      "Blocks",
      `${facts.badBlocks} bad, ${facts.spareBlocks} spare${facts.worn ? ": worn out, writes are refused" : ""}`,
    ],
    [
      "Mapping",
      `${grouped(facts.mappedPages)} of ${grouped(facts.pages)} pages; open units: ${openUnits.join(", ") || "none"}`,
    ],
    [
      "Written",
      `${grouped(facts.hostSectors)} sectors, write amplification ${facts.writeAmplification.toFixed(2)}`,
    ],
    ["Password", password],
  ];
  return `${rows.map(([name, text]) => `${name.padEnd(9)} ${text}`).join("\n")}\n`;
}
