import { SECTOR_BYTES } from "../../../assembly/layout.js";
import { CardImage } from "../../sdcard-emulator/card-image.js";
import { UNREADABLE, type SectorContents } from "../../sdcard-emulator/sector-contents.js";
import { SuperblockRecords, type SuperblockRecord } from "../oracle/superblock-record.js";
import type { ArrayGeometry } from "./array-geometry.js";
import { CARDS, CARD_FOREIGN, CARD_SPARE } from "./scenario.js";

/** All cards of a world by their number, in a slot or not: the two of the array, a blank spare, one of another array. */
export class CardShelf {
  private readonly images: (CardImage | undefined)[] = [];
  private readonly superblocks: SuperblockRecords;

  constructor(
    private readonly contents: SectorContents,
    private readonly geometry: ArrayGeometry,
    first: readonly [CardImage, CardImage],
  ) {
    this.images[0] = first[0].fork();
    this.images[1] = first[1].fork();
    this.superblocks = new SuperblockRecords(contents, geometry);
  }

  /** The card's durable contents; whoever puts it into a slot owns them from then on. */
  image(card: number): CardImage {
    if (!(card >= 0 && card < CARDS)) throw new Error(`there is no card ${card}`);
    let image = this.images[card];
    if (image === undefined) {
      image = card === CARD_FOREIGN ? this.foreign() : new CardImage(this.geometry.cardSectors);
      this.images[card] = image;
    }
    return image;
  }

  /** What the card holds from now on. */
  put(card: number, image: CardImage): void {
    this.images[card] = image;
  }

  superblockOn(read: (sector: number) => number): SuperblockRecord | null {
    return this.superblocks.onCard(read);
  }

  /** A card of another array: every byte of card 0's metadata, the array's identity and the checksum changed by format. */
  private foreign(): CardImage {
    const image = new CardImage(this.geometry.cardSectors);
    const own = this.images[0]!;
    const bytes = new Uint8Array(SECTOR_BYTES);
    for (let sector = 0; sector < this.geometry.dataStart; sector++) {
      const content = own.get(sector);
      if (content === UNREADABLE) continue;
      this.contents.copySector(content, bytes, 0);
      image.set(sector, this.contents.internSector(this.superblocks.ofAnotherArray(bytes), 0));
    }
    return image;
  }
}

/** Whether a card number stands for one that never was of the array. */
export function isStranger(card: number): boolean {
  return card === CARD_SPARE || card === CARD_FOREIGN;
}
