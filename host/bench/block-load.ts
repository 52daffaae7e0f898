/** Writes through the block face of a card with its flash behind it: the load of the card benchmark. */
import { CARD_WRITE } from "../../assembly/layout.js";
import type { TransferBuffer } from "../sdcard-emulator/card-options.js";
import { CardImage } from "../sdcard-emulator/card-image.js";
import { SdCard } from "../sdcard-emulator/card.js";
import { loadCardProfile } from "../sdcard-emulator/profile/load-profile.js";
import type { CardProfile } from "../sdcard-emulator/profile/profile-schema.js";
import { characteristicsOf, physicsOf } from "../sdcard-emulator/profile/profiled-card.js";
import { SectorContents } from "../sdcard-emulator/sector-contents.js";
import { VirtualClock } from "../sdcard-emulator/virtual-clock.js";

/** 64 MiB: 16 erase blocks of 4 MiB. */
const CARD_SECTORS = 131_072;
/** Distinct pieces that are written, a power of two: more than fit a cache of the machine. */
const DISTINCT = 8192;
const STRIDE = 40_503;

/** One used card of a profile, its clock, and a buffer whose contents change with every write. */
export class BlockLoad {
  private readonly clock = new VirtualClock();
  private readonly card: SdCard;
  private readonly buffer: TransferBuffer;
  private next = 0;
  private turn = 0;

  constructor(profileName: string) {
    const profile = everlasting(loadCardProfile(profileName));
    const contents = new SectorContents();
    const pieces = Int32Array.from({ length: DISTINCT }, (_, n) => contents.stamp(n + 1));
    this.buffer = {
      samplePiece: (sector, piece) => pieces[(2 * sector + piece + this.turn) & (DISTINCT - 1)]!,
      storeSector: () => undefined,
    };
    this.card = new SdCard({
      clock: this.clock,
      contents,
      media: new CardImage(CARD_SECTORS),
      characteristics: characteristicsOf(profile),
      physics: physicsOf(profile, { sectors: CARD_SECTORS, seed: 1, filled: true }),
      seed: 1,
      onComplete: () => undefined,
    });
  }

  /** Writes `count` sectors where the last write ended. */
  writeInOrder(count: number): void {
    if (this.next + count > CARD_SECTORS) this.next = 0;
    this.write(this.next, count);
    this.next += count;
  }

  /** Writes `count` sectors somewhere else each time. */
  writeScattered(count: number): void {
    const places = Math.floor(CARD_SECTORS / count);
    this.write(((this.turn * STRIDE) % places) * count, count);
  }

  private write(sector: number, count: number): void {
    this.turn++;
    this.card.submit(CARD_WRITE, sector, count, this.buffer, 0, this.turn);
    while (this.clock.step());
  }
}

/** A card that does not wear out while it is measured: a worn one is quick to refuse. */
function everlasting(profile: CardProfile): CardProfile {
  const enduranceErases = { value: 1e9, source: "of the benchmark" };
  return { ...profile, flash: { ...profile.flash, enduranceErases } };
}
