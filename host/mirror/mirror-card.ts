import { SECTOR_BYTES } from "../../assembly/layout.js";
import { SdCard, type DeadCard, type SdCardOptions } from "../sdcard-emulator/card.js";
import { Prng } from "../sdcard-emulator/prng.js";
import { UNREADABLE, type SectorContents } from "../sdcard-emulator/sector-contents.js";

/** One card of a mirror: an SdCard that chooses its crash outcome itself, from its seed, when nobody else does. */
export class MirrorCard extends SdCard {
  private readonly chance: Prng;
  private readonly contents: SectorContents;
  private power = true;

  constructor(options: SdCardOptions) {
    super(options);
    this.contents = options.contents;
    // Not the seed of the card's timing, or the first outcomes would follow the first delays.
    this.chance = new Prng(~options.seed);
  }

  /** Whether the card has power. Without it, it answers nothing. */
  get hasPower(): boolean {
    return this.power;
  }

  /** Number of crash outcomes that the fault model allows at this moment; 1 when nothing is at stake. */
  get crashOutcomes(): number {
    return this.crashSpace().reduce((product, axis) => product * axis.options.length, 1);
  }

  /**
   * Cuts this card's power; a card without power is left as it is.
   * @param choice for each axis of crashSpace(), in its order, the index of one of its options; default: any, by seed
   * @throws Error, and nothing happens, for a choice that does not fit the crash space
   */
  override cutPower(choice?: readonly number[]): void {
    if (!this.power) return;
    super.cutPower(choice ?? this.anyOutcome());
    this.power = false;
  }

  /** The card re-initialises; see SdCard. @param choice as for cutPower; default: any, by seed */
  override reinitialise(choice?: readonly number[]): void {
    super.reinitialise(choice ?? this.anyOutcome());
  }

  /** The card dies; see SdCard. @param choice as for cutPower; default: any, by seed */
  override die(answers: DeadCard, choice?: readonly number[]): void {
    super.die(answers, choice ?? this.anyOutcome());
  }

  override powerUp(): void {
    super.powerUp();
    this.power = true;
  }

  /**
   * What this card would return for a sector now, without asking the driver.
   * @param sector counted from the first sector of the card
   * @returns SECTOR_BYTES bytes, or null when the sector reads as an error
   */
  bytesOf(sector: number): Uint8Array | null {
    const content = this.view(sector);
    if (content === UNREADABLE) return null;
    const bytes = new Uint8Array(SECTOR_BYTES);
    this.contents.copySector(content, bytes, 0);
    return bytes;
  }

  private anyOutcome(): number[] {
    return this.crashSpace().map((axis) => this.chance.next() % axis.options.length);
  }
}
