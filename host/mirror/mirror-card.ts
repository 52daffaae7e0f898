import { SECTOR_BYTES } from "../../assembly/layout.js";
import { CardImage } from "../sdcard-emulator/card-image.js";
import { SdCard, type DeadCard } from "../sdcard-emulator/card.js";
import type { CardCharacteristics } from "../sdcard-emulator/characteristics.js";
import type { CrashAxis } from "../sdcard-emulator/crash-space.js";
import { Prng } from "../sdcard-emulator/prng.js";
import { SectorContents, UNREADABLE, ZEROS } from "../sdcard-emulator/sector-contents.js";
import type { TransientFaults } from "../sdcard-emulator/transient-faults.js";
import { VirtualClock } from "../sdcard-emulator/virtual-clock.js";
import type { CardBench } from "./card-bench.js";
import { cardClass, cardSectors, checkKnown, checkWhole, WORD_MAX } from "./option-limits.js";

/** How a card is made; everything has a default. */
export interface MirrorCardOptions {
  /** Its class: the name of a profile ("slc", "mlc", "tlc-cached", ...) or characteristics of your own; default "mlc". */
  readonly profile?: string | CardCharacteristics;
  /** Its size, MiB; default 4, at most 1024. */
  readonly megabytes?: number;
  /** Decides its timing and the outcomes of its power cuts, and its id; default 1. Cards of one mirror differ in it. */
  readonly seed?: number;
  /** What its CID register would say, two words; default made of the seed. */
  readonly id?: readonly [number, number];
  /**
   * Faults that pass, from a script or by chance: `TransientFaults` of `syncgate/sdcard`; default none. Of one card alone.
   * Commands are counted anew in each mirror that the card is put into. Those that are never answered are noticed by
   * `deadlineMs`.
   */
  readonly transients?: TransientFaults;
}

const OPTIONS = ["profile", "megabytes", "seed", "id", "transients"] as const;
const ID_WORD = 0xca4d;

/** What a card is on while it is in no slot. */
function looseBench(): CardBench {
  return {
    clock: new VirtualClock(),
    contents: new SectorContents(),
    fingerprint: "none",
    metadataEnd: 0,
    onComplete: () => undefined,
  };
}

/**
 * An emulated SD card to be put into a slot of a mirror. It has power only there. What is on it stays on it when it is
 * pulled, also into another mirror. It chooses its crash outcomes itself, from its seed, when nobody else does.
 */
export class MirrorCard {
  readonly characteristics: CardCharacteristics;
  readonly id: readonly [number, number];
  /** Its faults that pass, to be switched off and on (`quiet`) and counted (`met`); null for a card without. */
  readonly transients: TransientFaults | null;
  /** Boot nonces up to this one were used by controllers that this card was in. Kept by the mirror. */
  bootsSeen = 0;
  private readonly seed: number;
  private readonly chance: Prng;
  private bench: CardBench;
  private chip: SdCard;
  private inSlot = false;
  private power = true;
  private death: DeadCard | null = null;

  /** @throws Error that names the option which is outside its limits */
  constructor(options: MirrorCardOptions = {}) {
    checkKnown("a card", options, OPTIONS);
    const { profile = "mlc", megabytes = 4, seed = 1 } = options;
    checkWhole("seed", seed, 0, WORD_MAX);
    this.characteristics = cardClass(profile);
    this.seed = seed;
    this.transients = options.transients ?? null;
    this.id = options.id ?? [ID_WORD, seed];
    for (const word of this.id) checkWhole("id", word, 0, WORD_MAX);
    if (this.id.length !== 2) throw new Error(`id has ${this.id.length} words, but a card id has two`);
    // Not the seed of the card's timing, or the first outcomes would follow the first delays.
    this.chance = new Prng(~seed);
    this.bench = looseBench();
    this.chip = this.makeChip(new CardImage(cardSectors(megabytes)));
    this.cutPower();
  }

  /** Size in sectors of SECTOR_BYTES bytes. */
  get sectors(): number {
    return this.chip.media.sectors;
  }

  /** Durable contents, as content ids of the mirror that the card is or was in. */
  get media(): CardImage {
    return this.chip.media;
  }

  /** Whether the card has power. Without it, it answers nothing. */
  get hasPower(): boolean {
    return this.power;
  }

  /** Whether the card has died. */
  get dead(): boolean {
    return this.death !== null;
  }

  /** All crash outcomes of this moment: axes that vary independently, each with its options. */
  crashSpace(): readonly CrashAxis[] {
    return this.chip.crashSpace();
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
  cutPower(choice?: readonly number[]): void {
    if (!this.power) return;
    this.chip.cutPower(choice ?? this.anyOutcome());
    this.power = false;
  }

  /**
   * Gives the card its power back, with an empty cache. A controller that runs must be told: `members.reinitialised`.
   * @throws Error if it has power, or is in no slot
   */
  powerUp(): void {
    if (!this.inSlot) throw new Error("the card is in no slot and gets no power: insert() it into a mirror");
    this.chip.powerUp();
    this.power = true;
  }

  /**
   * The card re-initialises of itself: its cache is lost, the commands that it owes fail. The driver notices only if
   * there are any; otherwise tell it: `members.reinitialised`.
   * @param choice as for cutPower
   * @throws Error, and nothing happens, for a choice that does not fit the crash space, or without power
   */
  reinitialise(choice?: readonly number[]): void {
    this.chip.reinitialise(choice ?? this.anyOutcome());
  }

  /**
   * The card dies, for good: power does not bring it back.
   * @param answers "failing": it fails every command. "silent": it never answers, which only deadlineMs notices
   * @param choice  as for cutPower
   * @throws Error, and nothing happens, for a choice that does not fit the crash space
   */
  die(answers: DeadCard = "failing", choice?: readonly number[]): void {
    this.chip.die(answers, choice ?? this.anyOutcome());
    this.death = answers;
  }

  /**
   * A latent error: what is durable in a card sector goes bad until the sector is written again.
   * @param sector counted from the first sector of the card
   * @param bytes what it returns from now on, without any error; default: it reads as an error
   * @throws Error outside the card, or for bytes that are no sector
   */
  spoil(sector: number, bytes?: Uint8Array): void {
    if (bytes !== undefined && bytes.length !== SECTOR_BYTES) {
      throw new Error(`a sector is spoiled with ${SECTOR_BYTES} bytes, not ${bytes.length}`);
    }
    this.chip.spoil(sector, bytes === undefined ? UNREADABLE : this.bench.contents.internSector(bytes, 0));
  }

  /**
   * What this card would return for a sector now, without asking the driver.
   * @param sector counted from the first sector of the card
   * @returns SECTOR_BYTES bytes, or null when the sector reads as an error
   */
  bytesOf(sector: number): Uint8Array | null {
    const content = this.chip.view(sector);
    if (content === UNREADABLE) return null;
    const bytes = new Uint8Array(SECTOR_BYTES);
    this.bench.contents.copySector(content, bytes, 0);
    return bytes;
  }

  /**
   * Another card with the same contents, and without faults that pass: an image written to a second card.
   * @param seed of the copy
   * @throws Error while the card has power: what is in its cache has no durable contents yet
   */
  copy(seed: number): MirrorCard {
    if (this.power) throw new Error("the card has power: pull() it before it is copied");
    const copy = new MirrorCard({ profile: this.characteristics, seed });
    copy.bootsSeen = this.bootsSeen;
    copy.bench = looseBench();
    copy.chip = copy.makeChip(this.imageFor(copy.bench.contents));
    copy.chip.cutPower([]);
    return copy;
  }

  /** The mirror's call; nobody else's. The card is in a slot now and has power. @returns what answers commands */
  plugIn(bench: CardBench): SdCard {
    if (this.inSlot) throw new Error("the card is in a slot already: pull() it there first");
    if (bench !== this.bench) this.moveTo(bench);
    this.inSlot = true;
    this.powerUp();
    return this.chip;
  }

  /** The mirror's call; nobody else's. The card loses its power and leaves its slot. */
  unplug(): void {
    this.cutPower();
    this.inSlot = false;
  }

  /** The mirror's call; nobody else's. The controller was reset; see SdCard.controllerReset. */
  resetController(): void {
    this.chip.controllerReset();
  }

  private moveTo(bench: CardBench): void {
    const image = this.imageFor(bench.contents);
    this.bench = bench;
    this.chip = this.makeChip(image);
    if (this.death !== null) this.chip.die(this.death, []);
    this.chip.cutPower([]);
  }

  /** What is durable on this card, in the numbers of another table of contents. */
  private imageFor(contents: SectorContents): CardImage {
    const image = new CardImage(this.sectors);
    for (let sector = 0; sector < this.sectors; sector++) {
      if (this.media.get(sector) === ZEROS) continue;
      const bytes = this.bytesOf(sector);
      image.set(sector, bytes === null ? UNREADABLE : contents.internSector(bytes, 0));
    }
    return image;
  }

  private makeChip(media: CardImage): SdCard {
    const { characteristics, seed, transients } = this;
    const faults = transients === null ? {} : { transients };
    return new SdCard({ ...this.bench, media, characteristics, seed, ...faults });
  }

  private anyOutcome(): number[] {
    return this.crashSpace().map((axis) => this.chance.next() % axis.options.length);
  }
}
